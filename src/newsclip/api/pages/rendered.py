"""Templates to responses, with the headers that every page carries."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, make_response, render_template, url_for
from markupsafe import Markup

from newsclip.api.marks import marked_words, passage
from newsclip.api.pages.prose import headline, teaser
from newsclip.api.rendering import doubt_text, reason_text

# Pages need no script but one file of ours, no frame and nothing from another host; if markup ever
# slipped through the escaping, a browser would still refuse to run or to load it.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; "
        "img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def render(template: str, status: int = 200, **context: Any) -> Response:
    """The page that ``templates/pages/<template>`` makes of ``context``."""
    site_name = current_app.extensions["newsclip"].settings.site_name
    text = render_template(f"pages/{template}", site_name=site_name, **_HELPERS, **context)
    response = make_response(text, status)
    response.headers.update(_HEADERS)
    return response


def render_error(status: int, title: str, detail: str) -> Response:
    """An error as a page, for every path that a reader's browser may have asked for.

    Works without an archive: it is what a reader sees when the archive cannot be read.
    """
    return render("error.html", status, title=title, detail=detail, error_status=status)


def day(instant: datetime) -> str:
    """A date as a newspaper prints it, such as ``January 8, 2026`` (in UTC)."""
    return f"{instant:%B} {instant.day}, {instant.year}"


def web_url(url: str | None) -> str | None:
    """``url`` if a reader may safely follow it: ``http`` or ``https``, with a host."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def language_tag(language: str | None) -> str:
    """An article's language as an HTML ``lang``; empty means unknown."""
    return (language or "").replace("_", "-")


def suggesting() -> Markup:
    """The attributes of a box that suggests while one types: where to ask, where articles are."""
    article = url_for("pages.article", id="x").removesuffix("x")
    attributes = Markup('data-suggest="{}" data-article="{}"')
    return attributes.format(url_for("suggest"), article)


def names(authors: tuple[str, ...]) -> str:
    """``A``, ``A and B``, or ``A, B and C``."""
    return " and ".join(filter(None, [", ".join(authors[:-1]), authors[-1]])) if authors else ""


_HELPERS: dict[str, Any] = {
    "day": day,
    "doubt_text": doubt_text,
    "headline": headline,
    "language_tag": language_tag,
    "marked_words": marked_words,
    "names": names,
    "passage": passage,
    "reason_text": reason_text,
    "suggesting": suggesting,
    "teaser": teaser,
    "web_url": web_url,
}
