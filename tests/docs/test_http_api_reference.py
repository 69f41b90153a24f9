"""The page about the HTTP API: every route is on it, and every request on it works as shown.

After a change to an answer, write the new ones into the page with:
python -m tests.docs.test_http_api_reference
"""

import json
import re
import shlex
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from newsclip.api import problems
from newsclip.api.app import create_app, service_of
from newsclip.api.openapi import document
from newsclip.api.routes import OPERATIONS
from newsclip.api.settings import Settings
from newsclip.index.archive import Archive
from newsclip.index.importing import import_articles
from newsclip.index.sources.jsonlines import read_articles

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "http-api.md"
HOST = "http://127.0.0.1:8000"
STALE = "the page shows an old answer: python -m tests.docs.test_http_api_reference"
VARIES = {"store_bytes", "revision", "created_at", "at"}  # with the platform, order and hour
BLOCK = re.compile(
    r"```console\n\$ (?P<command>curl.*?)\n(?P<answer>[{\[]\n.*?|\d+\n|)```", re.DOTALL
)


@dataclass
class Request:
    """A curl line taken apart."""

    method: str
    address: str
    headers: dict[str, str]
    body: bytes | None
    shows_status: bool
    shows_body: bool

    @classmethod
    def of(cls, command: str) -> "Request":
        words = iter(shlex.split(command.replace("\\\n", " "))[1:])
        method, address, headers, body, status, shown = "GET", "", {}, None, False, True
        for word in words:
            match word:
                case "-s":
                    pass
                case "-X":
                    method = next(words)
                case "-H":
                    name, _, value = next(words).partition(": ")
                    headers[name] = value
                case "-d" if body is not None:
                    body += b"&" + next(words).encode()
                case "-d":
                    method, body = "POST" if method == "GET" else method, next(words).encode()
                case "-w":
                    assert next(words) == "%{http_code}\\n"
                    status = True
                case "-o":
                    shown = not next(words)
                case _:
                    assert word.startswith(HOST), word
                    address = word.removeprefix(HOST)
        if body is not None:  # as curl has it
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        return cls(method, address, headers, body, status, shown)

    def send(self, client: FlaskClient) -> TestResponse:
        return client.open(self.address, method=self.method, data=self.body, headers=self.headers)


def newsroom(directory: Path) -> Iterator[FlaskClient]:
    with Archive.open(directory / "newsroom", create=True) as archive:
        with (files("newsclip.newsroom") / "articles.jsonl").open("rb") as stream:
            import_articles(archive, read_articles(stream))
        app = create_app(archive, Settings())
        service_of(app).load()
        yield app.test_client()


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    yield from newsroom(tmp_path_factory.mktemp("reference"))


def sections() -> dict[str, str]:
    """The text under each heading that names a route."""
    parts = re.split(r"^## ", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    split = (part.partition("\n") for part in parts)
    return {head: text for head, _, text in split if re.match(r"[A-Z]+ /", head)}


def test_every_route_has_its_section_with_all_its_parameters() -> None:
    routes = {
        f"{method.upper()} {path}": operation
        for path, methods in document(OPERATIONS)["paths"].items()
        for method, operation in methods.items()
    }
    assert set(routes) == set(sections())
    for route, operation in routes.items():
        for parameter in operation["parameters"]:
            assert parameter["in"] == "path" or f"`{parameter['name']}`" in sections()[route]


def test_each_section_asks_its_own_route(client: FlaskClient) -> None:
    for heading, text in sections().items():
        block = BLOCK.search(text)
        assert block, heading
        request = Request.of(block["command"])
        adapter = client.application.url_map.bind("localhost")
        path = request.address.partition("?")[0].replace("%2F", "/")
        rule, _ = adapter.match(path, request.method, return_rule=True)
        template = re.sub(r"<\w+:(\w+)>", r"{\1}", rule.rule)
        assert f"{request.method} {template}" == heading


def test_every_answer_is_the_one_that_is_shown(client: FlaskClient) -> None:
    # One test for all: the requests of the page follow each other.
    for block in BLOCK.finditer(PAGE.read_text("utf-8")):
        request = Request.of(block["command"])
        answer = request.send(client)
        assert answer.status_code < 400 or block.start() < PAGE.read_text("utf-8").index("## GET")
        if request.shows_status:
            assert block["answer"] == f"{answer.status_code}\n"
        elif request.shows_body:
            assert_alike(json.loads(block["answer"]), answer.get_json())


def assert_alike(shown: Any, answered: Any, name: str = "") -> None:
    """Equal but for the last digits of scores, and what varies with the platform."""
    if isinstance(shown, dict):
        assert shown.keys() == answered.keys(), STALE
        for key, value in shown.items():
            assert_alike(value, answered[key], key)
    elif isinstance(shown, list):
        assert len(shown) == len(answered), f"{name}: {STALE}"
        for one, other in zip(shown, answered, strict=True):
            assert_alike(one, other, name)
    elif isinstance(shown, float):
        assert answered == pytest.approx(shown, abs=0.01), f"{name}: {STALE}"
    elif name not in VARIES:
        assert answered == shown, f"{name}: {STALE}"


def test_every_kind_of_problem_is_listed() -> None:
    kinds = {kind for kind in vars(problems).values() if isinstance(kind, problems.Kind)}
    listed = re.findall(r"^\| (\d+) \| `([a-z0-9-]+)` \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert {(int(status), code) for status, code in listed} == {(k.status, k.code) for k in kinds}


def refreshed(page: str, client: FlaskClient) -> str:
    """The page with the answers that there are now."""

    def answered(block: re.Match[str]) -> str:
        request = Request.of(block["command"])
        answer = request.send(client)
        text = json.dumps(answer.get_json(silent=True), ensure_ascii=False, indent=2)
        shown = f"{answer.status_code}" if request.shows_status else text
        lines = [f"```console\n$ {block['command']}", *[shown] * request.shows_body, "```"]
        return "\n".join(lines)

    return BLOCK.sub(answered, page)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for reader in newsroom(Path(folder)):
            PAGE.write_text(refreshed(PAGE.read_text("utf-8"), reader), "utf-8")
