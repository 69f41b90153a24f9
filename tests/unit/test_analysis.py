"""Texts to terms: the same as tantivy's analyzer makes of the whole text, and faster."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newsclip.index.analysis import Analyzer
from newsclip.index.chunks import form_analyzer, prepared, spelled_out

ANALYZER = Analyzer()
FORMS = form_analyzer()
any_text = st.text(st.characters(exclude_categories=["Cs"]))
# Words that meet: forms of the same term, capitals, accents, and what may stand between two words.
_long = st.sampled_from(["x" * 59, "y" * 61])
_forms = st.sampled_from(["Fish", "fishing", "FISHES", "die", "dying", "Pony", "ponies", "C3PO"])
_odd = st.sampled_from(["Élève", "eleve", "ⓐ", "İ", "東京", "🙂", "ß", "ﬁsh", "n°", "e\u0301leve"])
_joined = st.sampled_from(["U.S", "U.S.A.", "a", "É.U", "#USRelations", "#Election2026", "#ship"])
_words = _long | _forms | _odd | _joined
_between = st.sampled_from([*" .#“’'—_\x00\x7f\u00a0\u0301", ""])
wordy_text = st.lists(st.tuples(_words, _between).map("".join), max_size=8).map("".join)


def whole(text: str) -> list[tuple[str, str]]:
    """Each term of a text, and the word that it stands for."""
    return [(word.term, text[word.start : word.end]) for word in ANALYZER.words(text)]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Harbour laws, passed!", ["harbour", "law", "pass"]),
        ("Évian ÉLÈVE Søren", ["evian", "elev", "soren"]),
        ("İzmir IZMIR I\u0307zmir ılgın", ["izmir", "izmir", "izmir", "ilgin"]),
        ("state-of-the-art C3PO", ["state", "of", "the", "art", "c3po"]),
        ("won't", ["won", "t"]),
        ("🙂 … —", []),
        ("x" * 59 + " " + "y" * 61, ["x" * 59]),
        ("", []),
        ("новости 新聞", ["новости", "新聞"]),
        (
            "The U.S. and “U.S.A.”, e.g. J.K. Rowling",
            ["the", "us", "and", "usa", "eg", "jk", "rowl"],
        ),
        ("U.S.Senate x.y.com 3.5 4.a", ["us", "senat", "xy", "com", "3", "5", "4", "a"]),
        ("#USRelations #Peru #", ["usrel", "us", "relat", "peru"]),
        ("e\u0301le\u0300ves", ["elev"]),
    ],
)
def test_terms(text: str, terms: list[str]) -> None:
    assert ANALYZER.terms(text) == terms
    assert [word.term for word in ANALYZER.words(text)] == terms


@settings(max_examples=400)
@given(any_text | wordy_text)
@example("Fish\u0301 h\u0323\u0301")
@example("Żółć\x00ß—x_y`z{q[w]\x7f\x80ª½")
@example("#a.A\x800")
@example("#a.B—c.D—EF")
def test_tantivy_finds_the_same_words_in_a_prepared_text(text: str) -> None:
    """Two ways to one result: chunk by chunk from the memo, and the whole text at once."""
    forms = FORMS.analyze(prepared(text))
    assert ANALYZER.forms(text) == forms
    assert ANALYZER.forms(text) == forms, "and from the memo again"
    words = ANALYZER.words(text)
    assert ANALYZER.terms(text) == [word.term for word in words]
    assert len(words) == len(forms)
    for word, form in zip(words, forms, strict=True):
        assert form in FORMS.analyze(prepared(text[word.start : word.end]))


@pytest.mark.parametrize(
    ("language", "text", "terms"),
    [
        ("fr", "Les élections générales", ["le", "elect", "general"]),
        ("fr-CA", "les elections generales", ["le", "elect", "general"]),
        ("DE", "Häuser, hauser", ["haus", "haus"]),
        ("es", "canciones canción", ["cancion", "cancion"]),
        ("ru", "новости новость", ["новост", "новост"]),
        ("sw", "habari zilizotolewa elections", ["habari", "zilizotolewa", "elections"]),
        ("und", "elections", ["elect"]),
        (None, "elections", ["elect"]),
    ],
)
def test_endings_go_by_the_language(language: str | None, text: str, terms: list[str]) -> None:
    assert ANALYZER.terms(text, language) == terms


def test_words_have_their_places_in_characters() -> None:
    text = "🙂 Ça—l’Élève  naïve\n東京 harbour’s"
    words = ANALYZER.words(text)
    assert [text[word.start : word.end] for word in words] == [
        "Ça",
        "l",
        "Élève",
        "naïve",
        "東京",
        "harbour",
        "s",
    ]


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("USRelations", "US Relations"),
        ("GustavoPetro", "Gustavo Petro"),
        ("Election2026", "Election 2026"),
        ("COVID", "COVID"),
        ("OPECMeeting", "OPEC Meeting"),
        ("us_relations", "us relations"),
        ("rock-n-roll", "rock n roll"),
        ("iPhone", "i Phone"),
        ("Space Travel", "Space Travel"),
        ("ÉlanVital", "Élan Vital"),
        ("_", ""),
    ],
)
def test_spelled_out(tag: str, words: str) -> None:
    assert spelled_out(tag) == words


# As it is written


@pytest.mark.parametrize(
    ("text", "term", "written"),
    [
        ("Ships! The ship is shipping", "ship", "Ships"),
        ("A friendship, then SHIPS", "ship", "SHIPS"),
        ("a dying man may die", "die", "die"),
        ("a dying man", "die", "dying"),  # does not begin as its term does
        ("Élèves and eleve", "elev", "eleve"),  # the one that begins as its term does
        ("Élèves", "elev", "Élèves"),
        ("İ is longer in small letters: Fish", "fish", "Fish"),
        ("“Fish”—fish", "fish", "Fish"),
        ("ⓐfish", "fish", None),  # one word, for tantivy
        ("ⓐfish", "afish", "ⓐfish"),
        ("fishmonger", "fish", None),
        ("", "fish", None),
    ],
)
def test_a_term_as_it_is_written(text: str, term: str, written: str | None) -> None:
    expected = {} if written is None else {term: written}
    assert ANALYZER.as_written(text, [term]) == expected


@settings(max_examples=300)
@given(
    wordy_text, st.sets(st.sampled_from(["fish", "die", "poni", "elev", "2026", "ss", "x", "a"]))
)
def test_every_term_of_the_text_has_one_of_its_words(text: str, terms: set[str]) -> None:
    words: dict[str, set[str]] = {}
    for term, word in whole(text):
        if term in terms:
            words.setdefault(term, set()).add(word)
    written = ANALYZER.as_written(text, terms)
    assert written.keys() == words.keys()
    assert all(written[term] in words[term] for term in words)


@settings(max_examples=300)
@given(wordy_text)
def test_words_are_a_sequence(text: str) -> None:
    words = ANALYZER.words(text)
    listed = list(words)
    assert len(words) == len(listed)
    assert words.terms == [word.term for word in listed] == ANALYZER.terms(text)
    assert [words[place] for place in range(len(listed))] == listed
    assert words[1:3] == listed[1:3]
    if listed:
        assert words[-1] == listed[-1]
    with pytest.raises(IndexError):
        words[len(listed)]


def test_words_of_a_text_in_one_language_after_another() -> None:
    analyzer = Analyzer()
    found = [analyzer.words("running laws", language).terms for language in ("en", "fr", "en")]
    assert found == [analyzer.terms("running laws", each) for each in ("en", "fr", "en")]
    assert found[0] != found[1]


# The memo


def test_a_full_memo_starts_over_and_changes_no_answer() -> None:
    analyzer = Analyzer(remembered=3)
    for text in ["fishes ships", "laws fishes", "ships stars", "fishes ships laws stars"]:
        assert analyzer.terms(text) == ANALYZER.terms(text)
        assert len(analyzer._memos["english"]) <= 3


def test_long_chunks_are_not_remembered() -> None:
    analyzer = Analyzer()
    assert analyzer.terms("short " + "東" * 41) == ["short"], "too long a word: 123 bytes"
    assert list(analyzer._memos["english"]) == ["short"]
