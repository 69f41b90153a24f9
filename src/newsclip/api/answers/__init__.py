"""What the routes answer, as the document describes it; `newsclip.api.rendering` writes it.

The tests hold every answer against these schemas, and no field may stand in one that is missing
in the other.
"""
