import json
import re
from pathlib import Path
from typing import Any

import pytest

from newsclip.index.article import Article
from newsclip.index.incoming import parse_article, unknown_fields

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "articles.md").read_text("utf-8")
ROWS = {
    name: (limit, absent)
    for name, limit, absent in re.findall(
        r"^\| `(\w+)` \| .* \| (.*) \| (.*) \|$", PAGE, re.MULTILINE
    )
}


def bounds(schema: dict[str, Any]) -> set[int]:
    """Every greatest length that a field's schema sets."""
    parts = [schema, *schema.get("anyOf", []), schema.get("items", {})]
    return {part[name] for part in parts for name in ("maxLength", "maxItems") if name in part}


SCHEMAS = Article.model_json_schema()["properties"]
BOUNDED = {name: bounds(schema) for name, schema in SCHEMAS.items() if bounds(schema)}


def test_every_field_is_documented_in_the_models_order() -> None:
    assert list(ROWS) == list(Article.model_fields)


@pytest.mark.parametrize("name", BOUNDED)
def test_the_limit_is_the_models(name: str) -> None:
    numbers = re.findall(r"\d[\d,]*", ROWS[name][0])
    assert {int(number.replace(",", "")) for number in numbers} - {1} == BOUNDED[name]


def test_what_an_absent_field_becomes_is_the_models_default() -> None:
    defaults = {name: field.default for name, field in Article.model_fields.items()}
    written = {
        name: f"`{json.dumps(default)}`" for name, default in defaults.items() if name != "id"
    }
    written |= {"id": "refused", "status": f"`{defaults['status']}`"}
    assert {name: absent for name, (_, absent) in ROWS.items()} == written


def test_every_status_is_documented() -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith("| `status`"))
    assert re.findall(r"`(\w+)`", row)[1:-1] == SCHEMAS["status"]["enum"]


def test_the_example_is_an_article_with_every_field() -> None:
    [example] = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    raw = json.loads(example)
    assert list(raw) == list(Article.model_fields)
    assert unknown_fields(raw) == ()
    assert parse_article(raw).status == "published"


@pytest.mark.parametrize("date", re.findall(r"`([\dTWZ:+ -]{10,})`", PAGE.split("## Dates")[1]))
def test_every_date_of_the_page_is_read(date: str) -> None:
    assert parse_article({"id": "1", "title": "t", "published_at": date}).published_at
