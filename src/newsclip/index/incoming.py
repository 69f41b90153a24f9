"""Articles as they are handed in: JSON values, whose bodies may be HTML, are read or refused."""

from collections.abc import Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from newsclip.errors import ArticleInvalid
from newsclip.index.article import MAX_BODY, MAX_LINK, MAX_LINKS, Article
from newsclip.index.markup import is_html, text_and_links

BODY_HTML = "body_html"
"""The field that a body may be handed in by as HTML; an article only keeps its text and links."""

_REMEDIES = {
    "id": 'give each article a short text that names it alone, such as "politics/2026/harbour-law"',
    "tags": 'write tags as a list of texts, such as ["Economy", "USRelations"]',
    "authors": 'write authors as a list of texts, such as ["Ada Byron"]',
    "status": 'use "published", "draft" or "withdrawn"',
    "language": 'use a language code such as "en" or "pt-BR"',
    "title": "give the article a title or a body as text",
    "url": "write the URL as text, or leave it out",
    "links": 'write links as a list of ids and whole URLs, such as ["n-17", "https://…/harbour"]',
}
_DATE_REMEDY = "write the date in ISO 8601, such as 2026-01-08 or 2026-01-08T18:20:00+01:00"
_FIELD_REMEDY = "write it as text within the limit, or leave the field out"

_TAKEN = frozenset({*Article.model_fields, BODY_HTML})


def parse_article(raw: object) -> Article:
    """The article that ``raw``, a parsed JSON value, describes; HTML of its body is reduced.

    Raises ArticleInvalid, which names the first field that breaks a rule.
    """
    if not isinstance(raw, Mapping):
        raise ArticleInvalid("article", raw, 'write {"id": …, "title": …}', "is no JSON object")
    try:
        return Article.model_validate(_with_plain_body(raw))
    except ValidationError as error:
        raise _article_invalid(error.errors(include_url=False)[0], raw) from None


def _with_plain_body(raw: Mapping[str, object]) -> Mapping[str, object]:
    """The fields with the body's HTML, wherever it is, as text and links."""
    field, html = BODY_HTML, raw.get(BODY_HTML)
    if html is None or (isinstance(html, str) and not html.strip()):
        field, html = "body", raw.get("body")
        if not (isinstance(html, str) and is_html(html)):
            return raw
    if not isinstance(html, str) or len(html) > MAX_BODY:
        problem = f"is no text of at most {MAX_BODY:,} characters"
        raise ArticleInvalid(field, html, "write the body's HTML as text", problem)
    return {**raw, **_reduced(field, html, raw)}


def _reduced(field: str, html: str, raw: Mapping[str, object]) -> dict[str, object]:
    url, given = raw.get("url"), raw.get("links")
    try:
        text, found = text_and_links(html, url if isinstance(url, str) else None)
    except ValueError as error:
        raise ArticleInvalid(
            field, html, "close the elements, or hand in text", str(error)
        ) from None
    if given is None:
        given = []
    if isinstance(given, list | tuple):  # else it is refused as it is
        known = [link for link in found if len(link) <= MAX_LINK and link not in given]
        given = [*given, *known[: max(0, MAX_LINKS - len(given))]]
    return {"body": text, "links": given}


def _article_invalid(error: ErrorDetails, raw: Mapping[str, object]) -> ArticleInvalid:
    path = [str(part) for part in error["loc"] if not str(part).startswith("function-")]
    field = ".".join(path) or "title"
    name = path[0] if path else "title"
    remedy = _REMEDIES.get(name, _DATE_REMEDY if name.endswith("_at") else _FIELD_REMEDY)
    if error["type"] == "missing":
        return ArticleInvalid(field, None, remedy, "is missing")
    value = error["input"] if path else raw.get("title")
    problem = (error["msg"][0].lower() + error["msg"][1:]).replace("tuple", "list")
    return ArticleInvalid(field, value, remedy, problem)


def unknown_fields(raw: object) -> tuple[str, ...]:
    """The names in ``raw`` that no field of an article has, and that are therefore ignored."""
    if not isinstance(raw, Mapping):
        return ()
    return tuple(str(name) for name in raw if name not in _TAKEN)
