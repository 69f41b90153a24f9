"""The service under requests that are made from its own document, good ones and bad ones."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.specs.openapi.checks import positive_data_acceptance

from newsclip.api.openapi import document
from newsclip.api.routes import OPERATIONS
from newsclip.index.archive import Archive
from newsclip.index.filters import fold
from newsclip.index.incoming import parse_article

from .conftest import ARTICLES, app_over

EXAMPLES = 200  # of each operation that takes anything; the others run out of variety
CASES = Counter[str]()

pytestmark = pytest.mark.slow

schema = schemathesis.openapi.from_dict(document(OPERATIONS))
schema.config.output.sanitization.update(enabled=False)  # it takes "authors" for a secret


@schemathesis.serializer("application/x-ndjson")
def ndjson(_: schemathesis.SerializationContext, value: object) -> bytes:
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode("utf-8", "replace")


@schemathesis.hook
def filter_body(_: schemathesis.HookContext, body: object) -> bool:
    """What no schema can say; test_curation.py and test_tag_feedback.py show what is answered else.

    Two dates follow each other, two texts differ, a tag stands in one list only, and HTML that has
    to stand for a title or a body says something beside its elements.
    """
    if not isinstance(body, dict):
        return True
    both_dates = body.get("starts_at") and body.get("ends_at")
    same = "target" in body and body.get("source") == body["target"]
    return not (both_dates or same or in_both(body) or is_html_alone(body))


def is_html_alone(body: dict[str, object]) -> bool:
    said = (body.get(name) for name in ("title", "body"))
    return bool(body.get("body_html")) and not any(isinstance(s, str) and s.strip() for s in said)


def in_both(body: dict[str, object]) -> bool:
    lists = [body.get(name) for name in ("accepted", "rejected")]
    if not all(isinstance(tags, list) for tags in lists):
        return False
    one, other = ({fold(str(tag)) for tag in tags} for tags in lists)  # type: ignore[union-attr]
    return bool(one & other)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with Archive.open(tmp_path_factory.mktemp("fuzzed"), create=True) as archive:
        archive.put([parse_article(raw) for raw in ARTICLES])
        yield app_over(archive)


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_no_request_is_answered_with_a_5xx_or_undocumented(case: Case, app: Flask) -> None:
    CASES[case.operation.label] += 1
    case.operation.schema.app = app
    beyond = [positive_data_acceptance] if is_beyond_schemas(case.query or {}) else []
    case.call_and_validate(app=app, excluded_checks=beyond)


def is_beyond_schemas(query: Mapping[str, object]) -> bool:
    """No schema can say which cursor an answer gave, or that scores do not go with dates."""
    by_date = query.get("sort") in ("newest", "oldest")
    return "cursor" in query or (by_date and bool({"recency", "min_score"} & query.keys()))


def test_there_were_enough_cases() -> None:
    assert CASES.total() >= 2_000, CASES
