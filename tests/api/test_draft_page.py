"""The page of a draft: its tags are judged, decisions are kept, and what was typed is not lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from newsclip.index.house_tags import HouseTag
from newsclip.index.incoming import parse_article
from newsclip.index.tag_changes import import_vocabulary

from .page_site import CALL, PETRO, WINE, check_markup, client_of, site

TYPED = {"title": "Colombia waits", "body": "Colombia and the United States keep talking."}
HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    yield from site(tmp_path_factory.mktemp("archive"))


@pytest.fixture
def own(tmp_path: Path) -> Iterator[FlaskClient]:
    """A client over an archive that a test may change."""
    yield from client_of(tmp_path, [parse_article(raw) for raw in (PETRO, CALL, WINE)])


def feedback(client: FlaskClient) -> list[tuple[object, ...]]:
    listed = client.get("/v1/tags/feedback").json["feedback"]
    return [
        (each["author"], each["accepted"], each["rejected"], bool(each["undone_at"]))
        for each in listed
    ]


def test_a_draft_gets_tags_with_evidence_and_similar_articles(client: FlaskClient) -> None:
    answer = client.post("/draft", data=TYPED)
    check_markup(answer, 200)
    assert '<a href="/search?tag=Colombia"' in answer.text
    assert "<mark>Colombia</mark>" in answer.text
    assert "Petro finds diplomatic ground" in answer.text


def test_a_blank_draft_is_told_what_is_missing(client: FlaskClient) -> None:
    answer = client.post("/draft", data={"title": " ", "body": "\r\n"})
    check_markup(answer, 422)
    assert 'role="alert"' in answer.text


def test_the_tags_of_a_draft_are_judged_on_its_page(client: FlaskClient) -> None:
    answer = client.post("/draft", data=TYPED | {"tags": "#Colombia, Vino #Kestrel"})
    page = check_markup(answer, 200)
    assert {"confirmed-heading", "doubtful-heading"} <= set(page.values("id"))
    fit = answer.text[answer.text.index('id="confirmed-heading"') :]
    assert "#Colombia" in fit
    assert "#Kestrel" not in fit
    assert "used by no article" in answer.text
    assert 'value="Colombia, Vino, Kestrel"' in answer.text


def test_a_decision_is_kept_and_undone(own: FlaskClient) -> None:
    decided = own.post("/draft", data=TYPED | {"author": "Ada", "reject": "Colombia"}, headers=HERE)
    check_markup(decided, 200)
    assert 'role="status"' in decided.text
    assert feedback(own) == [("Ada", [], ["Colombia"], False)]
    kept = own.post(
        "/draft", data=TYPED | {"author": "Ada", "tags": "Vino", "accept": "Talks"}, headers=HERE
    )
    assert 'name="tags" value="Vino, Talks"' in kept.text, "what is added is one of its tags"
    removed = own.post(
        "/draft", data=TYPED | {"author": "Ada", "tags": "Vino", "reject": "Vino"}, headers=HERE
    )
    assert 'name="tags" value=""' in removed.text
    own.post("/draft", data=TYPED | {"author": "Bob", "undo": "1"}, headers=HERE)
    assert [each[3] for each in feedback(own)] == [False, False, True]


def test_another_name_of_a_tag_is_exchanged_for_it(own: FlaskClient) -> None:
    colombia = HouseTag("Colombia", aliases=("Kolumbien",))
    archive = own.application.extensions["newsclip"].archive
    import_vocabulary(archive.store, [colombia], False, "ada")
    page = own.post("/draft", data=TYPED | {"tags": "Kolumbien, Vino"})
    check_markup(page, 200)
    assert '<button name="accept" value="Colombia">Use #Colombia</button>' in page.text
    assert 'value="Kolumbien" aria-label' not in page.text, "there is nothing to judge"
    assert 'aria-label="Remove #Vino"' in page.text
    used = TYPED | {"author": "Ada", "tags": "Kolumbien, Vino", "accept": "Colombia"}
    kept = own.post("/draft", data=used, headers=HERE)
    assert 'name="tags" value="Vino, Colombia"' in kept.text
    assert feedback(own) == [("Ada", ["Colombia"], [], False)]


@pytest.mark.parametrize(
    "data",
    [{"reject": "Colombia"}, {"author": "Ada", "reject": "#"}, {"author": "Ada", "undo": "99"}],
)
def test_a_decision_that_cannot_be_kept_says_why(own: FlaskClient, data: dict[str, str]) -> None:
    answer = own.post("/draft", data=TYPED | data, headers=HERE)
    check_markup(answer, 422)
    assert "Not kept:" in answer.text
    assert feedback(own) == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost"}, 200),
        ({}, 200),
    ],
)
def test_a_page_of_another_site_decides_nothing(
    own: FlaskClient, headers: dict[str, str], status: int
) -> None:
    data = TYPED | {"author": "Ada", "reject": "Colombia"}
    check_markup(own.post("/draft", data=data, headers=headers), status)
    assert len(feedback(own)) == (status == 200)
    check_markup(own.post("/draft", data=TYPED, headers=headers), 200)


def test_a_draft_over_the_size_limit_is_refused_with_a_page(client: FlaskClient) -> None:
    limit = client.application.config["MAX_CONTENT_LENGTH"]
    check_markup(client.post("/draft", data={"body": "a" * limit}), 413)


def test_a_draft_keeps_what_was_typed(client: FlaskClient) -> None:
    text = client.post("/draft", data={"title": 'A "quoted" title', "body": "\nIndented"}).text
    assert 'value="A &#34;quoted&#34; title"' in text
    assert ">\n\nIndented</textarea>" in text
