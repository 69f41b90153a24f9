"""Articles to rows: every value that a row holds, by hand."""

from datetime import UTC, datetime

import numpy as np
from tests.doubles import article

from newsclip.index.analysis import Analyzer
from newsclip.index.article import Article
from newsclip.index.columns import Block
from newsclip.index.digest import Digester, field_terms, field_texts
from newsclip.index.filters import ALWAYS, NEVER
from newsclip.index.occurrences import Occurrences
from newsclip.index.strings import UNKNOWN, Strings

NOON = datetime(2026, 1, 8, 12, tzinfo=UTC)
NOON_SECONDS = 20_461 * 86_400 + 12 * 3_600  # 2026-01-08 is day 20,461 after 1970-01-01
TERMS = Analyzer().terms
TITLE, SUMMARY, BODY, TAGS = range(4)


class Desk:
    """A digester with its strings, and what a block holds in their words."""

    def __init__(self) -> None:
        self.terms, self.names = Strings(), Strings()
        self._digester = Digester(TERMS, self.terms, self.names)

    def block(self, *entries: Article) -> Block:
        keyed = dict(enumerate(entries, start=1))
        return self._digester.block(keyed, np.ones((len(keyed), 2), np.float32))

    def words(self, block: Block, row: int) -> dict[tuple[str, int], int]:
        """How often each term stands in each field (by its place)."""
        entries = self._part(block, "term", "entry", row)
        codes = [(entry >> 7, entry & 63) for entry in entries]
        return {(self.terms.text(code // 4), code % 4): count for code, count in codes}

    def attributes(self, block: Block, row: int) -> list[str]:
        return self.names.texts(self._part(block, "attribute", "name", row))

    def tags(self, block: Block, row: int) -> list[str]:
        return self.names.texts(self._part(block, "tag", "written", row))

    def _part(self, block: Block, group: str, value: str, row: int) -> list[int]:
        ends = np.cumsum(block.lengths[group]).tolist()
        start = ends[row - 1] if row else 0
        numbers: list[int] = block.values[f"{group}.{value}"][start : ends[row]].tolist()
        return numbers


def test_the_terms_of_each_field_with_their_counts() -> None:
    desk = Desk()
    block = desk.block(
        article("a", title="Fish, fishes", summary="the fish", body="law Law LAWS ship"),
        article("b", title="ship"),
    )
    assert desk.words(block, 0) == {
        ("fish", TITLE): 2,
        ("the", SUMMARY): 1,
        ("fish", SUMMARY): 1,
        ("law", BODY): 3,
        ("ship", BODY): 1,
    }
    assert desk.words(block, 1) == {("ship", TITLE): 1}
    assert block.wide["field_length"].tolist() == [[2, 2, 4, 0], [1, 0, 0, 0]]
    first = block.values["term.entry"][: block.lengths["term"][0]].tolist()
    assert first == sorted(first)


def test_entries_of_the_body_tell_which_terms_are_among_its_first_sixty_words() -> None:
    body = " ".join([*(f"w{n}" for n in range(59)), "last", "w3", "behind", "last"])
    desk = Desk()
    block = desk.block(article("a", title="behind", body=body))
    entries = block.values["term.entry"].tolist()
    lead = {desk.terms.text(entry >> 7 >> 2) for entry in entries if entry & 64}
    assert lead == {*(f"w{n}" for n in range(59)), "last"}


def test_the_section_and_the_authors_are_searched_beside_the_tags() -> None:
    entry = article("a", tags=["Law"], section="World", authors=["Ada Byron", "Jo Li"])
    assert field_texts(entry)["tags"] == "Law Law World Ada Byron Jo Li"


def test_tags_are_searched_as_written_and_spelled_out() -> None:
    entry = article("a", tags=["USRelations", "Law"])
    assert field_texts(entry)["tags"] == "USRelations US Relations Law Law"
    desk = Desk()
    block = desk.block(entry)
    assert {word: count for word, count in desk.words(block, 0).items() if word[1] == TAGS} == {
        ("usrel", TAGS): 1,
        ("us", TAGS): 1,
        ("relat", TAGS): 1,
        ("law", TAGS): 2,
    }
    assert desk.tags(block, 0) == ["tag=USRelations", "tag=Law"], "in the article's order"


def test_a_term_that_stands_often_counts_63_times_in_a_field_of_its_whole_length() -> None:
    desk = Desk()
    block = desk.block(article("a", title="fish " * 63, body="fish " * 64 + "law"))
    assert desk.words(block, 0) == {("fish", TITLE): 63, ("fish", BODY): 63, ("law", BODY): 1}
    assert block.wide["field_length"].tolist() == [[63, 0, 65, 0]]


def test_attributes_are_kept_folded_and_the_section_as_written() -> None:
    desk = Desk()
    block = desk.block(
        article("a", section="Économie", tags=["#X", "x"], authors=["Ada B"], language="pt_BR"),
        article("b"),
        article("c", section="économie"),
    )
    assert sorted(desk.attributes(block, 0)) == [
        "author/ada b",
        "language/pt",
        "language/pt-br",
        "section/économie",
        "tag/x",
    ]
    assert desk.tags(block, 0) == ["tag=X", "tag=x"]
    assert desk.attributes(block, 1) == ["language/und"]
    assert desk.tags(block, 1) == []
    sections = block.plain["section"].tolist()
    assert sections[1] == -1
    assert desk.names.texts([sections[0], sections[2]]) == ["section=Économie", "section=économie"]


def test_dates() -> None:
    block = Desk().block(
        article("dated", published_at=NOON, expires_at="2026-01-08T12:00:01Z"),
        article("undated"),
        article("draft", published_at=NOON, status="draft"),
        article("old", published_at="1969-12-31T23:59:59Z"),
    )
    assert block.plain["visible_from"].tolist() == [NOON_SECONDS, ALWAYS, NEVER, -1]
    assert block.plain["visible_until"].tolist() == [NOON_SECONDS + 1, NEVER, NEVER, NEVER]
    assert block.plain["published_at"].tolist() == [NOON_SECONDS, NEVER, NOON_SECONDS, -1]
    assert block.plain["key"].tolist() == [1, 2, 3, 4]


def test_what_is_known_keeps_its_number() -> None:
    desk = Desk()
    desk.block(article("a", body="fish ship", tags=["X"]))
    terms, names = desk.terms.texts(range(len(desk.terms))), len(desk.names)
    desk.block(article("b", body="ship fish", tags=["X"]))
    assert desk.terms.texts(range(len(desk.terms))) == terms
    assert len(desk.names) == names
    desk.block(article("c", body="law", tags=["Y"]))
    assert desk.terms.texts(range(len(terms) + 1)) == [*terms, "law"]


def test_a_text_that_is_only_asked_with_teaches_no_term() -> None:
    known = Strings()
    known.add(["fish", "law"])
    terms = field_terms({"body": "a fish, unheard", "title": "Law"}, TERMS)
    found = Occurrences.of([terms]).counted(known.numbers)
    assert found.entries.tolist() == [(0 * 4 + BODY) << 7 | 64 | 1, (1 * 4 + TITLE) << 7 | 1]
    assert found.lengths.tolist() == [[1, 0, 3, 0]]
    assert (len(known), known.number("unheard")) == (2, UNKNOWN)
    found = Occurrences.of([field_terms({}, TERMS)]).counted(known.numbers)
    assert (found.entries.tolist(), found.lengths.tolist()) == ([], [[0] * 4])


def test_terms_beyond_the_last_code_count_for_nothing() -> None:
    def numbers(terms: list[str]) -> np.ndarray:
        return np.array([2**23 - 1 if term == "last" else 2**23 for term in terms], np.int64)

    found = Occurrences.of([field_terms({"tags": "last beyond"}, TERMS)]).counted(numbers)
    assert found.entries.tolist() == [2**32 - 128 + 1], "the highest code in 32 bits"
    assert found.lengths.tolist() == [[0, 0, 0, 2]]
