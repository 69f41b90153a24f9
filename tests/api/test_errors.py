"""What is refused, and how: one shape for every error of every route."""

import json
from typing import Any

import pytest

from newsclip import errors
from newsclip.api import problems
from newsclip.api.problems import kind_of
from newsclip.index.archive import Archive

from .checked_client import PROBLEM, CheckedClient
from .conftest import DRAFT, HARBOUR, app_over

JSON = "application/json"
ARTICLE = "/v1/articles/a"


def refused(response: Any, status: int, code: str) -> dict[str, Any]:
    assert (response.status_code, response.mimetype) == (status, PROBLEM), response.text
    problem: dict[str, Any] = response.get_json()
    assert problem["code"] == code
    return problem


# Address, then the field and a part of the remedy that its error must name.
BAD_QUERIES = [
    ("/v1/search", "q", "words to look for"),
    ("/v1/search?q=", "q", "words to look for"),
    ("/v1/search?q=%20%09", "q", "words to look for"),
    ("/v1/search?q=a%00b", "q", "words to look for"),
    ("/v1/search?q=a&limit=-1", "limit", "1 to 100"),
    ("/v1/search?q=a&limit=0", "limit", "1 to 100"),
    ("/v1/search?q=a&limit=1000000", "limit", "1 to 100"),
    (f"/v1/search?q=a&limit={'9' * 5000}", "limit", "1 to 100"),
    ("/v1/search?q=a&limit=ten", "limit", "1 to 100"),
    ("/v1/search?q=a&limit=1.0", "limit", "1 to 100"),
    ("/v1/search?q=a&limit=", "limit", "1 to 100"),
    ("/v1/search?q=a&limit=1&limit=2", "limit", "once"),
    ("/v1/search?q=a&offset=901", "offset", "0 to 900"),
    ("/v1/search?q=a&mode=fuzzy", "mode", "hybrid"),
    ("/v1/search?q=a&from=soon", "from", "ISO 8601"),
    ("/v1/search?q=a&to=2026-02-30", "to", "ISO 8601"),
    ("/v1/search?q=a&to=0001-01-01T00:00:00%2B05:00", "to", "ISO 8601"),
    ("/v1/search?q=a&section=", "section.0", "section"),
    ("/v1/search?q=a&sektion=World", "sektion", "did you mean section?"),
    ("/v1/search?q=a&querry=b", "querry", "use only"),
    (f"/v1/search?q=a&{'x' * 5000}=b", "x" * 99 + "…", "use only"),
    ("/v1/articles/life%2Frye/similar?min_score=nan", "min_score", "0 to 1"),
    ("/v1/articles/life%2Frye/similar?min_score=1.5", "min_score", "0 to 1"),
    ("/v1/articles/life%2Frye/similar?fallback=maybe", "fallback", "none"),
    ("/v1/articles/life%2Frye?limit=3", "limit", "give no parameter"),
    ("/v1/tags?limit=1001", "limit", "1 to 1000"),
    ("/v1/curation?target=harbour", "target", "section:NAME"),
    ("/v1/curation?source=nowhere", "source", "section:NAME"),
    ("/v1/curation?kind=boost", "kind", "block"),
    ("/v1/audit?before=last", "before", "a lower one"),
    ("/health/live?verbose=1", "verbose", "give no parameter"),
]


@pytest.mark.parametrize(("address", "field", "remedy"), BAD_QUERIES)
def test_a_bad_parameter_is_named_with_its_remedy(
    shared: CheckedClient, address: str, field: str, remedy: str
) -> None:
    problem = refused(shared.get(address), 422, "request-invalid")
    [fault] = problem["errors"]
    assert fault["field"] == field
    assert remedy in fault["remedy"]
    assert len(json.dumps(fault)) < 600


def test_every_fault_of_a_request_is_told_at_once(shared: CheckedClient) -> None:
    problem = refused(shared.get("/v1/search?limit=0&mod=x"), 422, "request-invalid")
    assert {fault["field"] for fault in problem["errors"]} == {"q", "limit", "mod"}


def test_the_last_page_that_can_be_asked_for_is_answered(shared: CheckedClient) -> None:
    assert shared.get("/v1/search?q=a&offset=900&limit=100").status_code == 200


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("/v1/search?q=", "is blank"),
        ("/v1/search?q=%20%09", "is blank"),
        ("/v1/search?q=a&author=%20", "is blank"),
        ("/v1/search?q=a%00b", "holds a NUL character"),
        ("/v1/search?q=a&last=3x", "has the wrong form"),
        ("/v1/similar?url=", "is blank"),
        ("/v1/articles/life%2Frye/similar?exclude=", "is blank"),
        ("/v1/articles/life%2Frye/onward?slots=", "is blank"),
        ("/v1/articles/life%2Frye/onward?slots=story,foo", "has the wrong form"),
    ],
)
def test_what_a_pattern_refuses_is_told_in_words(
    shared: CheckedClient, address: str, problem: str
) -> None:
    [fault] = refused(shared.get(address), 422, "request-invalid")["errors"]
    assert fault["problem"] == problem


MALFORMED = {
    "empty": b"",
    "cut off": b'{"title": "Harbour',
    "followed by more": b"{} {}",
    "a not-a-number": b'{"title": NaN}',
    "nested without end": b"[" * 100_000,
    "a huge number": b'{"title": ' + b"1" * 5_000 + b"}",
    "not UTF-8": b'{"title": "\xff"}',
    "a lone surrogate": b'{"title": "\\ud800"}',
    "with a raw control character": b'{"title": "\x00"}',
    "form data": b"title=Harbour",
}
BODIES = [
    ("put", ARTICLE),
    ("post", "/v1/articles"),
    ("post", "/v1/similar"),
    ("post", "/v1/tags/suggest"),
    ("post", "/v1/tags/feedback"),
    ("post", "/v1/projects/newsclip/suggest-batch"),
    ("post", "/v1/projects/newsclip/learn"),
    ("put", "/v1/curation/front"),
]


@pytest.mark.parametrize(("method", "path"), BODIES)
@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED)
def test_malformed_json_is_called_that_and_located(
    shared: CheckedClient, method: str, path: str, data: bytes
) -> None:
    answer = shared.open(path, method=method, data=data, content_type=JSON)
    problem = refused(answer, 400, "malformed-body")
    assert "malformed JSON" in problem["detail"]
    assert "line 1 column" in problem["detail"]


BAD_DRAFTS: list[tuple[Any, str]] = [
    ([], "body"),
    ("text", "body"),
    (None, "body"),
    (DRAFT | {"limit": "5"}, "limit"),
    (DRAFT | {"limit": -1}, "limit"),
    (DRAFT | {"limit": 1_000_000}, "limit"),
    (DRAFT | {"limit": True}, "limit"),
    (DRAFT | {"min_score": 2}, "min_score"),
    (DRAFT | {"tags": "Harbour"}, "tags"),
    (DRAFT | {"tags": [7]}, "tags.0"),
    (DRAFT | {"titel": "x"}, "titel"),
    (DRAFT | {"language": "English"}, "language"),
    (DRAFT | {"language": "e"}, "language"),
    (DRAFT | {"language": "eng-"}, "language"),
    (DRAFT | {"language": "zz-"}, "language"),
    (DRAFT | {"language": "françois"}, "language"),
    (DRAFT | {"language": ""}, "language"),
    ({"title": 7}, "title"),
]


@pytest.mark.parametrize("path", ["/v1/similar", "/v1/tags/suggest"])
@pytest.mark.parametrize(("draft", "field"), BAD_DRAFTS)
def test_a_bad_draft_is_refused(shared: CheckedClient, path: str, draft: Any, field: str) -> None:
    answer = shared.post(path, data=json.dumps(draft), content_type=JSON)
    problem = refused(answer, 422, "request-invalid")
    assert [fault["field"] for fault in problem["errors"]] == [field]
    assert problem["errors"][0]["remedy"]


@pytest.mark.parametrize("path", ["/v1/similar", "/v1/tags/suggest"])
@pytest.mark.parametrize("draft", [{}, {"title": "", "body": " \n"}, {"section": "World"}])
def test_a_draft_without_text_is_refused(shared: CheckedClient, path: str, draft: Any) -> None:
    refused(shared.post(path, json=draft), 422, "request-invalid")


@pytest.mark.parametrize(
    "field",
    [
        {"title": "Harbour"},
        {"section": "World"},
        {"tags": ["Harbour"]},
        {"language": "en"},
        {"published_at": "2026-01-08"},
    ],
)
@pytest.mark.parametrize("time", ["any", "background", "latest", "around", "evergreen"])
def test_nothing_of_a_draft_stands_beside_articles(
    shared: CheckedClient, field: dict[str, Any], time: str
) -> None:
    asked = {"like": [{"id": HARBOUR["id"]}], "time": time}
    assert shared.post("/v1/similar", json=asked).status_code == 200
    problem = refused(shared.post("/v1/similar", json=asked | field), 422, "request-invalid")
    [fault] = problem["errors"]
    assert (fault["field"], fault["problem"]) == ("like", "stands with a draft")


def test_a_nested_unknown_name_is_compared_with_its_neighbours(shared: CheckedClient) -> None:
    answer = shared.post("/v1/similar", json=DRAFT | {"where": {"tags": ["Harbour"]}})
    [fault] = refused(answer, 422, "request-invalid")["errors"]
    assert (fault["field"], fault["remedy"]) == ("where.tags", "did you mean tag?")


BAD_ARTICLES: list[tuple[Any, str, Any]] = [
    ({}, "title", None),
    ({"title": "A", "published_at": "soon"}, "published_at", "soon"),
    ({"title": "A", "tags": [3]}, "tags.0", 3),
    ({"title": "A", "tags": "Harbour"}, "tags", "Harbour"),
    ({"title": 3}, "title", 3),
    ({"title": "A", "status": "hidden"}, "status", "hidden"),
    ([1], "article", "[1]"),
]


@pytest.mark.parametrize(("article", "field", "value"), BAD_ARTICLES)
def test_a_bad_article_is_refused(
    shared: CheckedClient, article: Any, field: str, value: Any
) -> None:
    problem = refused(shared.put(ARTICLE, json=article), 422, "article-invalid")
    [fault] = problem["errors"]
    assert (fault["field"], fault["value"]) == (field, value)
    assert fault["remedy"]


BAD_IDS = ["x%0Ay", "x%00", "a%2F", "%2Fa", "%20a", "a%2F..%2Fb", "x" * 600]


@pytest.mark.parametrize("article_id", BAD_IDS)
def test_an_id_that_no_path_can_carry_is_refused(shared: CheckedClient, article_id: str) -> None:
    answer = shared.put(f"/v1/articles/{article_id}", json={"title": "A"})
    refused(answer, 422, "article-invalid")


@pytest.mark.parametrize("path", ["/v1/articles/none", "/v1/articles/none%2Fx/similar"])
def test_an_unknown_article_is_404(shared: CheckedClient, path: str) -> None:
    problem = refused(shared.get(path), 404, "article-not-found")
    assert problem["errors"][0]["field"] == "id"


@pytest.mark.parametrize("path", ["/v1/articles/\xff", "/v1/\xc3\x28", "/\xff"])
def test_a_path_that_is_not_utf8_is_refused(shared: CheckedClient, path: str) -> None:
    # As a WSGI server hands on %FF; the test client itself would replace it.
    refused(shared.get("/", environ_overrides={"PATH_INFO": path}), 400, "not-utf-8")


@pytest.mark.parametrize("query", ["q=%FF", "%FF=1"])
def test_a_query_that_is_not_utf8_is_refused(shared: CheckedClient, query: str) -> None:
    refused(shared.get(f"/v1/search?{query}"), 400, "not-utf-8")


@pytest.mark.parametrize("path", ["/v2/search", "/v1", "/v1/articles", "/v1/search/", "/health"])
def test_an_unknown_address_is_404_or_405(shared: CheckedClient, path: str) -> None:
    status, code = (405, "method-not-allowed") if path == "/v1/articles" else (404, "route-unknown")
    refused(shared.get(path), status, code)


def test_an_unknown_address_in_a_browser_is_a_page(shared: CheckedClient) -> None:
    answer = shared.get("/nothing", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


@pytest.mark.parametrize("method", ["POST", "PATCH", "TRACE", "DELETE", "NONSENSE"])
def test_a_wrong_method_is_405_and_names_the_right_ones(shared: CheckedClient, method: str) -> None:
    answer = shared.open("/v1/search", method=method)
    refused(answer, 405, "method-not-allowed")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_head_and_options_are_answered(shared: CheckedClient) -> None:
    head = shared.head("/v1/search?q=harbour")
    assert (head.status_code, head.data) == (200, b"")
    options = shared.options(ARTICLE)
    assert options.status_code == 200
    assert set(options.headers["Allow"].split(", ")) == {"DELETE", "GET", "HEAD", "OPTIONS", "PUT"}


@pytest.mark.parametrize(("method", "path"), BODIES)
@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_wrong_media_type_is_415(
    shared: CheckedClient, method: str, path: str, media_type: str
) -> None:
    answer = shared.open(path, method=method, data=b"{}", content_type=media_type)
    problem = refused(answer, 415, "unsupported-media-type")
    assert JSON in problem["detail"]


def test_a_compressed_body_is_415(shared: CheckedClient) -> None:
    headers = {"Content-Encoding": "gzip"}
    answer = shared.put(ARTICLE, data=b"{}", content_type=JSON, headers=headers)
    refused(answer, 415, "unsupported-media-type")


@pytest.mark.parametrize(("method", "path"), BODIES)
def test_a_body_over_the_limit_is_413(archive: Archive, method: str, path: str) -> None:
    client = app_over(archive, max_request_bytes=1_024).test_client()
    body = json.dumps({"title": "x" * 1_024})
    answer = client.open(path, method=method, data=body, content_type=JSON)
    assert "1,024 bytes" in refused(answer, 413, "body-too-large")["detail"]


@pytest.mark.parametrize(("method", "path"), BODIES)
def test_a_body_that_breaks_off_is_400(shared: CheckedClient, method: str, path: str) -> None:
    answer = shared.open(
        path,
        method=method,
        data=b'{"title": "abc"}',
        content_type=JSON,
        # As from granian, which ends a body that broke off as if it were whole.
        environ_overrides={"CONTENT_LENGTH": "1100", "wsgi.input_terminated": True},
    )
    problem = refused(answer, 400, "malformed-body")
    assert problem["detail"] == "The body broke off after 16 of 1,100 bytes; send it again."


def all_errors(root: type[Any]) -> list[type[Any]]:
    return [root, *(found for child in root.__subclasses__() for found in all_errors(child))]


def test_every_domain_error_has_its_kind() -> None:
    kinds = {error.__name__: kind_of(error) for error in all_errors(errors.NewsclipError)}
    assert kinds["StoreMissing"] is problems.STORE_UNAVAILABLE
    assert kinds["EncoderMismatch"] is problems.ENCODER_UNAVAILABLE
    internal = {name for name, kind in kinds.items() if kind is problems.INTERNAL}
    only_commands = {"SettingInvalid", "RankerError", "RankerInvalid", "TaggerInvalid"}
    only_commands |= {"TooLittleKnown", "TagUnknown", "ChangeUndone"}
    assert internal == {"NewsclipError"} | only_commands


FAILURES = [
    (errors.StoreBusy("process 17"), 503, "store-busy"),
    (errors.StoreUnavailable("/secret/place", "disk full", "free some"), 503, "store-unavailable"),
    (RuntimeError("/secret/place"), 500, "internal-error"),
]


@pytest.mark.parametrize(("failure", "status", "code"), FAILURES)
def test_our_own_failures_tell_nothing_about_the_inside(
    archive: Archive,
    monkeypatch: pytest.MonkeyPatch,
    failure: Exception,
    status: int,
    code: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(*_: object) -> None:
        raise failure

    client = app_over(archive).test_client()
    monkeypatch.setattr(archive, "put", fail)
    answer = client.put(ARTICLE, json={"title": "A"}, headers={"X-Request-Id": "trace-1"})
    refused(answer, status, code)
    assert "secret" not in answer.text
    assert "17" not in answer.text
    assert answer.headers["X-Request-Id"] == "trace-1"


def test_a_request_id_that_is_no_plain_word_is_replaced(shared: CheckedClient) -> None:
    answer = shared.get("/health/live", headers={"X-Request-Id": "a b\tc"})
    assert answer.headers["X-Request-Id"] != "a b\tc"


def test_the_hit_of_a_refused_article_stays_as_it_was(client: CheckedClient) -> None:
    path = "/v1/articles/politics%2F2026%2Fharbour%20law"
    refused(client.put(path, json={"title": "B", "tags": 1}), 422, "article-invalid")
    assert client.get(path).json["title"] == HARBOUR["title"]
