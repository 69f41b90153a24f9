"""Newsclip: related articles, archive search and tag suggestions for a publisher.

Importing the package imports nothing else: the command line must answer at once.
"""

__version__ = "0.1.0"
