"""Articles, filters and moments that meet: few names, few seconds, many coincidences."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from tests.doubles import article

from newsclip.index.analysis import Analyzer
from newsclip.index.article import Article
from newsclip.index.columns import TEXT_FIELDS
from newsclip.index.digest import field_terms, field_texts
from newsclip.index.filters import Filter, Wording

ANALYZER = Analyzer()

NOON = datetime(2026, 1, 8, 12, tzinfo=UTC)

ids = st.sampled_from([*"abcdefgh", "a/b", "é 🙂"])
names = st.sampled_from(["News", "news", "#News", "Économie", "US_Relations", "us-relations", "x"])
languages = st.sampled_from(["en", "EN", "en-GB", "en_GB", "fr", "pt-BR"])
near_noon = st.integers(-3, 3).map(lambda seconds: NOON + timedelta(seconds=seconds))
a_month_before = near_noon.map(lambda moment: moment - timedelta(days=30))
moments = near_noon.flatmap(
    lambda moment: st.sampled_from([0, 1, 500_000, 999_999]).map(
        lambda micro: moment + timedelta(microseconds=micro)
    )
)
texts = st.lists(
    st.sampled_from(["fish", "ship", "vote", "bank", "star", "goal", "law", "the", "Élève", "🙂"]),
    min_size=1,
    max_size=8,
).map(" ".join)


@st.composite
def stories(draw: st.DrawFn) -> str:
    """One of two texts, with a word left out or put in, and figures behind it."""
    words = [
        "fish",
        "ship",
        "vote",
        "bank",
        "star",
        "goal",
        "ship",
        "fish",
        "star",
        "vote",
        "goal",
        "bank",
        "law",
        "Élève",
        "fish",
        "vote",
    ]
    if draw(st.booleans()):
        words.reverse()
    place = draw(st.integers(0, len(words)))
    for edit in draw(st.lists(st.sampled_from(["cut", "put"]), max_size=2)):
        words[place : place + (edit == "cut")] = ["bank"] if edit == "put" else []
    return " ".join([*words, *draw(st.sampled_from(["", "123", "124", "12345", "16789"]))])


queries = st.tuples(texts, st.just("") | names.filter(lambda name: "#" not in name)).map(" ".join)
"""Words of texts, and of tags."""


@st.composite
def articles(draw: st.DrawFn) -> Article:
    """An article near noon, in any state."""
    return article(
        draw(ids),
        title=draw(texts),
        summary=draw(st.just("") | texts),
        body=draw(st.just("") | texts | st.just("law " * 70 + "fish") | stories() | stories()),
        section=draw(st.none() | names),
        tags=draw(st.lists(names, max_size=3)),
        authors=draw(st.lists(names, max_size=2)),
        language=draw(st.none() | languages),
        published_at=draw(st.none() | near_noon | a_month_before),
        expires_at=draw(st.none() | near_noon),
        status=draw(st.sampled_from(["published", "published", "published", "draft", "withdrawn"])),
    )


def _some(values: st.SearchStrategy[str]) -> st.SearchStrategy[frozenset[str]]:
    return st.just(frozenset()) | st.frozensets(values, max_size=2)


def _few(values: st.SearchStrategy[Wording]) -> st.SearchStrategy[frozenset[Wording]]:
    return st.just(frozenset()) | st.just(frozenset()) | st.frozensets(values, max_size=2)


_words = st.sampled_from(["fish", "SHIP", "votes", "law", "the", "élève", "news", "relations"])
runs = st.lists(_words, min_size=1, max_size=2).map(" ".join)
wordings = st.builds(Wording, runs, st.just("") | st.sampled_from(TEXT_FIELDS), st.booleans())
asked = names | st.sampled_from([" news ", "##NEWS", "nobody", "#", "ÉCONOMIE", "X"])
filters = st.builds(
    Filter,
    sections=_some(asked),
    tags=_some(asked),
    authors=_some(asked),
    languages=_some(languages | st.sampled_from(["FR", "de", "pt", "und"])),
    published_from=st.none() | near_noon,
    published_to=st.none() | near_noon,
    exclude_ids=_some(ids),
    exclude_tags=_some(asked),
    exclude_sections=_some(asked),
    exclude_authors=_some(asked),
    wordings=_few(wordings),
    exclude_wordings=_few(wordings),
)


def passes(entry: Article, where: Filter, now: datetime) -> bool:
    """What Filter's documentation says, read literally."""
    return (
        entry.is_visible(now)
        and (not where.sections or _names([entry.section]) & _names(where.sections) != set())
        and (not where.authors or _names(entry.authors) & _names(where.authors) != set())
        and all(_names([tag]) & _names(entry.tags) for tag in where.tags)
        and (not where.languages or any(_speaks(entry, code) for code in where.languages))
        and (where.published_from is None or _from(entry, where.published_from))
        and (where.published_to is None or _before(entry, where.published_to))
        and entry.id not in where.exclude_ids
        and not _names(where.exclude_tags) & _names(entry.tags)
        and not _names(where.exclude_sections) & _names([entry.section])
        and not _names(where.exclude_authors) & _names(entry.authors)
        and all(_reads(entry, wording) for wording in where.wordings)
        and not any(_reads(entry, wording) for wording in where.exclude_wordings)
    )


def _reads(entry: Article, wording: Wording) -> bool:
    """Whether the words stand in one of the fields, next to each other and in that order."""
    exact = wording.exact or " " in wording.text
    read = (lambda text, _: ANALYZER.forms(text)) if exact else ANALYZER.terms
    asked = read(wording.text, entry.language)
    by_field = field_terms(field_texts(entry), read, entry.language)
    return any(
        asked == list(held[at : at + len(asked)])
        for field, held in zip(TEXT_FIELDS, by_field, strict=True)
        if wording.field in ("", field)
        for at in range(len(held))
    )


def _names(values: object) -> set[str]:
    """Letter case, blanks around it and a leading # make no difference."""
    assert isinstance(values, list | tuple | frozenset)
    plain = (
        value.strip().lstrip("#").strip().casefold().replace("_", "-") for value in values if value
    )
    return {name for name in plain if name}


def _speaks(entry: Article, code: str) -> bool:
    """``en`` includes ``en-GB``; ``und`` is the language of those that name none."""
    spoken, asked_for = ((c or "und").casefold().replace("_", "-") for c in (entry.language, code))
    return spoken == asked_for or spoken.startswith(asked_for + "-")


def _from(entry: Article, moment: datetime) -> bool:
    return entry.published_at is not None and entry.published_at >= moment


def _before(entry: Article, moment: datetime) -> bool:
    return entry.published_at is not None and entry.published_at < moment
