"""The web pages: a newsroom front, articles with their rail, search, and the draft box.

Rendered on the server, without scripts and without anything from another host.
"""

from newsclip.api.pages.rendered import render_error
from newsclip.api.pages.views import blueprint

__all__ = ["blueprint", "render_error"]
