"""Reading a draft: an article as JSON, or plain text."""

from newsclip.errors import SourceUnreadable
from newsclip.index.incoming import parse_article
from newsclip.index.sources.jsonlines import parse_json
from newsclip.recommender.draft import Draft

_REMEDY = 'give an article as JSON, {"title": …, "body": …}, or text whose first line is the title'


def read_draft(data: bytes, name: str) -> tuple[Draft, str | None]:
    """The draft in ``data`` and its id; one in JSON has an article's fields, and needs no id.

    Raises:
        SourceUnreadable: there is nothing, it is not UTF-8, or it begins with ``{`` and is no JSON.
        ArticleInvalid: a field breaks a rule.
    """
    if data.lstrip().startswith(b"{"):
        return _from_json(data, name)
    try:
        title, _, body = data.decode("utf-8-sig").strip().partition("\n")
    except UnicodeDecodeError as error:
        problem = f"is not UTF-8 at byte {error.start + 1}"
        raise SourceUnreadable(name, problem, _REMEDY) from error
    if not title:
        raise SourceUnreadable(name, "is empty", _REMEDY)
    return Draft(title=title.strip(), body=body.strip()), None


def _from_json(data: bytes, name: str) -> tuple[Draft, str | None]:
    try:
        raw = parse_json(data)
    except ValueError as error:
        raise SourceUnreadable(name, str(error), _REMEDY) from error
    article = parse_article({"id": "draft"} | raw)
    return Draft.of(article), article.id if "id" in raw else None
