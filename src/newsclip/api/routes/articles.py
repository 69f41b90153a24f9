"""Articles: handed in one by one or many at a time, read back, deleted."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from newsclip.api.answers.articles import BatchAnswer, StoredAnswer
from newsclip.api.article_schema import BATCH, GIVEN, MAX_BATCH, TAKEN
from newsclip.api.operations import Answer, Operations
from newsclip.api.parameters import JSON, NDJSON, Body, parse_json
from newsclip.api.problems import REQUEST_INVALID, Fault, Refusal
from newsclip.api.service import Service
from newsclip.errors import ArticleInvalid, ArticleNotFound, StoreBusy
from newsclip.index.article import Article, article_to_dict
from newsclip.index.incoming import parse_article, unknown_fields

_COUNTED = ("added", "updated", "unchanged", "refused")

operations = Operations("Articles")


@dataclass(frozen=True)
class Item:
    """One of several articles as it was handed in: parsed JSON, or why it did not parse."""

    raw: object = None
    fault: Fault | None = None


def _read_items(data: bytes, media_type: str) -> list[Item]:
    """The items of a JSON array, or one of each line that is not blank."""
    if media_type == NDJSON:
        items = [_read_line(line) for line in data.splitlines() if line.strip()]
    else:
        rows = parse_json(data)
        if not isinstance(rows, list):
            remedy = "send an array, or PUT one article to /v1/articles/{id}"
            raise _refusal(rows, "is no array", remedy)
        items = [Item(raw) for raw in rows]
    if len(items) > MAX_BATCH:
        raise _refusal(len(items), f"holds more than {MAX_BATCH} articles", "send them in parts")
    return items


def _read_line(line: bytes) -> Item:
    try:
        return Item(parse_json(line))
    except Refusal as refusal:
        text = line.decode("utf-8", "replace")
        return Item(fault=Fault("article", text, refusal.detail, "write one JSON object a line"))


def _refusal(value: object, problem: str, remedy: str) -> Refusal:
    fault = Fault("body", value, problem, remedy)
    return Refusal(REQUEST_INVALID, f"The body {problem}: {remedy}.", [fault])


LINES = {"description": "one article a line, as a JSON object with its id"}
ONE = Body({JSON: TAKEN}, lambda data, _: parse_json(data))
MANY = Body({JSON: BATCH, NDJSON: LINES}, _read_items)


@operations.add(
    "PUT",
    "/v1/articles/{id}",
    {200: StoredAnswer, 201: StoredAnswer},
    body=ONE,
    raises=[ArticleInvalid, StoreBusy],
)
def put_article(service: Service, id: str, body: object) -> Answer:
    """Hand in an article.

    Adds it (201), or replaces the one with the same id (200). An article that equals what is
    there already is left alone. Each later request sees the change, on every worker.
    """
    article = parse_article(_with_id(id, body))
    [outcome] = service.archive.put([article])
    return _stored(id, outcome, body), 201 if outcome == "added" else 200


def _with_id(id: str, body: object) -> object:
    """The body with the id of its path, which need not stand in the body, but must not differ."""
    if not isinstance(body, dict):
        return body
    given = body.get("id")
    if given is not None and str(given) != id:
        remedy = "leave the id out of the body, or write there the id of the path"
        raise ArticleInvalid("id", given, remedy, f"is not the id of the path, {id!r}")
    return body | {"id": id}


@operations.add("GET", "/v1/articles/{id}", {200: GIVEN}, raises=[ArticleNotFound])
def get_article(service: Service, id: str) -> Answer:
    """Read an article as it is stored, whether readers may see it or not."""
    return article_to_dict(service.archive.get(id))


@operations.add("DELETE", "/v1/articles/{id}", {204: None}, raises=[ArticleNotFound, StoreBusy])
def delete_article(service: Service, id: str) -> Answer:
    """Delete an article for good.

    To take it from the readers only, hand it in with the status "withdrawn".
    """
    service.archive.delete(id)
    return None


@operations.add("POST", "/v1/articles", {200: BatchAnswer}, body=MANY, raises=[StoreBusy])
def put_articles(service: Service, body: list[Item]) -> Answer:
    """Hand in many articles.

    As a JSON array, or one JSON object a line (application/x-ndjson). Each is taken or refused by
    itself: the answer tells what became of it. At most 10,000 at once.
    """
    parsed = [_parsed(item) for item in body]
    outcomes = iter(service.archive.put([entry for entry in parsed if isinstance(entry, Article)]))
    results: list[dict[str, Any]] = []
    for index, (item, entry) in enumerate(zip(body, parsed, strict=True)):
        if isinstance(entry, Article):
            told = _stored(entry.id, next(outcomes), item.raw)
        else:
            told = {"id": _id_of(item.raw), "error": entry.to_dict()}
        results.append({"index": index} | told)
    counts = Counter(told.get("outcome", "refused") for told in results)
    return {"results": results} | {name: counts[name] for name in _COUNTED}


def _stored(id: str, outcome: str, raw: object) -> dict[str, Any]:
    return {"id": id, "outcome": outcome, "ignored": list(unknown_fields(raw))}


def _parsed(item: Item) -> Article | Fault:
    """The article, or the reason why it is none."""
    if item.fault:
        return item.fault
    try:
        return parse_article(item.raw)
    except ArticleInvalid as error:
        return Fault(error.field, error.value, error.problem, error.remedy)


def _id_of(raw: object) -> str | None:
    """The id that an article was meant to have, as far as it can be told."""
    given = raw.get("id") if isinstance(raw, dict) else None
    return given if isinstance(given, str) else None
