"""Instants: each ISO 8601 form, and the moment in UTC worked out by hand."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from tests.doubles import article

from newsclip.errors import ArticleInvalid
from newsclip.index.article import article_to_dict

NOON = datetime(2026, 1, 8, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # dates alone are midnight in UTC
        ("2026-01-08", "2026-01-08T00:00:00Z"),
        ("20260108", "2026-01-08T00:00:00Z"),
        ("2026-01", "2026-01-01T00:00:00Z"),
        ("2026", "2026-01-01T00:00:00Z"),
        ("2024-02-29", "2024-02-29T00:00:00Z"),
        # week dates: week 1 of 2026 begins on 29 December 2025
        ("2026-W02-4", "2026-01-08T00:00:00Z"),
        ("2026W024", "2026-01-08T00:00:00Z"),
        ("2026-W01-1", "2025-12-29T00:00:00Z"),
        ("2020-W53-7", "2021-01-03T00:00:00Z"),
        # ordinal dates
        ("2026-008", "2026-01-08T00:00:00Z"),
        ("2026008", "2026-01-08T00:00:00Z"),
        ("2024-366", "2024-12-31T00:00:00Z"),
        # times, without a zone as UTC
        ("2026-01-08T18", "2026-01-08T18:00:00Z"),
        ("2026-01-08T18:20", "2026-01-08T18:20:00Z"),
        ("2026-01-08T18:20:30", "2026-01-08T18:20:30Z"),
        ("20260108T182030", "2026-01-08T18:20:30Z"),
        ("2026-01-08 18:20:30", "2026-01-08T18:20:30Z"),
        ("2026-01-08T24:00", "2026-01-09T00:00:00Z"),
        ("2026-12-31T24:00:00Z", "2027-01-01T00:00:00Z"),
        # zones
        ("2026-01-08T18:20:30Z", "2026-01-08T18:20:30Z"),
        ("2026-01-08T18:20:00+01:00", "2026-01-08T17:20:00Z"),
        ("20260108T182000+0100", "2026-01-08T17:20:00Z"),
        ("2026-01-08T18:20:00+01", "2026-01-08T17:20:00Z"),
        ("2026-01-08T00:30:00+05:45", "2026-01-07T18:45:00Z"),
        ("2024-02-29T23:59:59-12:00", "2024-03-01T11:59:59Z"),
        ("2026-01-08T00:00:00+00:00", "2026-01-08T00:00:00Z"),
        ("0001-01-01T12:00:00Z", "0001-01-01T12:00:00Z"),
        ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z"),
        # fractions, which are dropped
        ("2026-01-08T18:20:30.999999Z", "2026-01-08T18:20:30Z"),
        ("2026-01-08T18:20:30,75+01:00", "2026-01-08T17:20:30Z"),
        # as static site generators write it
        ("2023-07-24 9:00:00 -0500", "2023-07-24T14:00:00Z"),
        ("2023-07-24T9:05:00 +05:30", "2023-07-24T03:35:00Z"),
        ("2023-07-24 09:00:00 Z", "2023-07-24T09:00:00Z"),
        ("  2026-01-08\n", "2026-01-08T00:00:00Z"),
    ],
)
def test_every_iso_form_is_stored_in_utc(text: str, expected: str) -> None:
    for name in ("published_at", "updated_at", "expires_at"):
        assert article_to_dict(article("a", **{name: text}))[name] == expected


def test_datetimes_of_python() -> None:
    in_bogota = datetime(2026, 1, 8, 7, 0, 0, 123456, tzinfo=timezone(timedelta(hours=-5)))
    assert article("a", published_at=in_bogota).published_at == NOON
    assert article("a", published_at=datetime(2026, 1, 8, 12)).published_at == NOON  # noqa: DTZ001


@pytest.mark.parametrize(
    "value",
    [
        "yesterday",
        "2026-02-29",
        "2026-13-01",
        "2026-00-10",
        "2026-366",
        "2026-W54-1",
        "08.01.2026",
        "01/08/2026",
        "Thu, 08 Jan 2026 18:20:00 GMT",
        "2026-01-08T25:00",
        "2026-01-08T12:60",
        "2026-01-08T24:30",
        "2026-01-08T18:20:00 CET",
        "2026-01-08T18:20:00+25:00",
        "٢٠٢٦-01-08",
        1767830400,
        20260108,
        1.5,
        True,
        ["2026-01-08"],
        {"$date": "2026-01-08"},
    ],
)
@pytest.mark.parametrize("name", ["published_at", "updated_at", "expires_at"])
def test_a_date_that_is_none(name: str, value: object) -> None:
    with pytest.raises(ArticleInvalid) as caught:
        article("a", **{name: value})
    assert (caught.value.field, caught.value.value) == (name, value)
    assert caught.value.problem == "is no ISO 8601 date"
    assert "2026-01-08T18:20:00+01:00" in caught.value.remedy


@pytest.mark.parametrize(
    "value",
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-01:00", "9999-12-31T24:00"],
)
def test_an_instant_before_or_after_the_calendar(value: str) -> None:
    with pytest.raises(ArticleInvalid) as caught:
        article("a", published_at=value)
    assert caught.value.field == "published_at"
