"""The how-to pages: what they tell the reader to save and to run does what they say."""

import os
import re
import shutil
import subprocess
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from newsclip.api.app import create_app
from newsclip.api.routes import OPERATIONS
from newsclip.api.settings import Settings
from newsclip.index.archive import Archive
from newsclip.index.encoder import BUILTIN_FOLDER
from newsclip.index.incoming import parse_article

from .console import BIN, Block, blocks, check, needs

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to"
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)

STORY = "politics/2026/02/pontclair-accord-initialled"  # as the page's own example has it
ARTICLES = [
    {"id": STORY, "title": "The accord is initialled", "section": "Politics", "url": "/accord"},
    {"id": "1", "title": "Fish & chips <b>accord</b>", "section": "Politics", "url": '/fish?a&b="'},
    {"id": "2", "title": "The accord of the accords", "section": "Politics"},
]


def block_of(page: str, fence: str, number: int = 0) -> Block:
    """One of a page's blocks with the same fence."""
    found = blocks((HOW_TO / page).read_text("utf-8"))
    return [block for block in found if block.fence == fence][number]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service over three articles, with a page at /story that fetches its rail."""
    with Archive.open(tmp_path_factory.mktemp("archive"), create=True) as archive:
        archive.put([parse_article(raw) for raw in ARTICLES])
        app = create_app(archive, Settings())
        script = block_of("show-related-articles.md", "html").text
        app.add_url_rule("/story", view_func=lambda: f"<!doctype html><title>Story</title>{script}")
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.port}"
        server.shutdown()
        server.server_close()


def test_a_search_page_is_built_of_one_answer(address: str) -> None:
    page: dict[str, Any] = {}
    exec(block_of("build-a-search-page.md", "python").text, page)
    page["NEWSCLIP"] = address
    text = page["results_page"]("accord", mode="keyword", sort="oldest")
    assert "<p>3 articles</p>" in text
    assert "Politics (3)" in text
    assert "Fish &amp; chips &lt;b&gt;<mark>accord</mark>&lt;/b&gt;" in text
    first = page["results_page"]("accord", limit="1", mode="keyword")
    assert 'rel="next"' in first


@needs("jq")
def test_an_export_is_mapped_and_imported(tmp_path: Path) -> None:
    check(HOW_TO / "import-your-archive.md", tmp_path)


@needs("jq")
def test_the_nightly_import_skips_what_is_known_and_survives_a_failed_export(
    tmp_path: Path,
) -> None:
    for block in blocks((HOW_TO / "import-your-archive.md").read_text("utf-8")):
        if block.file:
            (tmp_path / block.file).write_text(block.text, "utf-8")
    nightly = tmp_path / "newsclip-nightly"
    text = nightly.read_text("utf-8").replace("/opt/newsclip/bin/", "")
    text = text.replace("--config /etc/newsclip/newsclip.toml", "--data archive")
    nightly.write_text(text.replace("/etc/newsclip/", ""), "utf-8")

    def run(export: str) -> "subprocess.CompletedProcess[str]":
        (tmp_path / "cms-export").write_text(f"#!/bin/sh\n{export}\n")
        (tmp_path / "cms-export").chmod(0o755)
        path = f"{tmp_path}:{BIN}:{os.defpath}"
        return subprocess.run(
            ["bash", nightly],
            cwd=tmp_path,
            env={"PATH": path, "TMPDIR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )

    assert re.search(r"^added +2$", run("cat export.json").stdout, re.MULTILINE)
    assert re.search(r"^unchanged +2$", run("cat export.json").stdout, re.MULTILINE)
    broken = run("head -n 5 export.json; exit 3")
    assert (broken.returncode, broken.stdout) == (3, "")
    assert not list(tmp_path.glob("tmp.*"))


def test_the_rail_is_made_on_the_server(address: str) -> None:
    page: dict[str, object] = {}
    exec(block_of("show-related-articles.md", "python").text, page)
    page["NEWSCLIP"] = address
    related = page["related"]
    assert callable(related)
    assert related(STORY) == (
        '<aside class="related"><h2>More from Politics</h2><ul>'
        '<li><a href="/fish?a&amp;b=&quot;">Fish &amp; chips &lt;b&gt;accord&lt;/b&gt;</a></li>'
        "</ul></aside>"
    )
    assert related("no/such article") == ""
    page["NEWSCLIP"] = "http://127.0.0.1:1"
    assert related(STORY) == ""


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine: install chromium")
def test_the_rail_is_fetched_in_the_browser(address: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"{address}/story")
        page.wait_for_selector("aside:not([hidden])")
        assert page.inner_text("aside h2") == "More from Politics"
        assert page.locator("aside a").all_inner_texts() == ["Fish & chips <b>accord</b>"]
        browser.close()


def test_the_encoder_of_an_archive_is_changed(tmp_path: Path) -> None:
    shutil.copytree(BUILTIN_FOLDER, tmp_path / "my-model")
    with Archive.open(tmp_path / "newsclip-data", create=True) as archive:
        archive.put([parse_article(raw) for raw in ARTICLES])
    check(HOW_TO / "use-another-encoder.md", tmp_path)


# What the commands of a page are to a test that is not root, and has no service to stop.
STAND_INS = """
sudo() { if [ "$1" = -u ]; then shift 2; fi; "$@"; }
install() { mkdir -p "${@: -1}"; }
systemctl() { echo "systemctl $*"; }
pip() { echo "pip $*"; }
"""


def test_an_archive_is_backed_up_restored_and_upgraded(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive", create=True) as archive:
        archive.put([parse_article(raw) for raw in ARTICLES])
    (tmp_path / "newsclip.toml").write_text('data = "archive"\n', "utf-8")
    page = (HOW_TO / "run-in-production.md").read_text("utf-8")
    page = page[page.index("\n## Back it up\n") :]
    script = "".join(block.text for block in blocks(page) if block.fence == "sh")
    for there, here in (("/opt/newsclip/bin/", ""), ("/etc/newsclip/", ""), ("/var/", "")):
        script = script.replace(there, here)
    done = subprocess.run(
        ["bash", "-e", "-c", STAND_INS + script],
        cwd=tmp_path,
        env={"PATH": f"{BIN}:{os.defpath}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    printed = [line.split()[0] for line in done.stdout.splitlines()]
    copied = ["articles", "revision", "size"]
    made, restored = ["file", *copied], ["systemctl", "archive", *copied, "replaced", "systemctl"]
    assert printed == [
        *made,
        *restored,
        *made,
        "pip",
        "encoder",
        "embedded",
        "seconds",
        "systemctl",
    ]
    assert (tmp_path / "backups" / "newsclip" / "before-upgrade.sqlite3").exists()
    with Archive.open(tmp_path / "archive") as archive:
        assert archive.statistics().articles == len(ARTICLES)


def test_nginx_passes_on_what_is_public_and_nothing_else() -> None:
    text = block_of("run-in-production.md", "nginx").text
    passed = re.findall(r"location (=|~) (\S+) \{\s+limit_except GET \{ deny all; \}", text)
    assert text.count("proxy_pass") == len(passed)
    public = set()
    for operation in OPERATIONS:
        path = operation.path.replace("{id}", "a/b c")  # nginx compares the decoded path
        for kind, location in passed:
            if path == location if kind == "=" else re.search(location, path):
                public.add((operation.method, operation.path))
    assert public == {
        ("GET", "/v1/search"),
        ("GET", "/v1/suggest"),
        ("GET", "/v1/articles/{id}/similar"),
    }


def test_the_settings_are_settings(tmp_path: Path) -> None:
    text = block_of("run-in-production.md", "toml").text
    (tmp_path / "newsclip.toml").write_text(text, "utf-8")
    settings = Settings.load(config=tmp_path / "newsclip.toml")
    assert settings.model_dump(mode="json").items() >= tomllib.loads(text).items()


def test_articles_are_pinned_hidden_and_kept_apart(tmp_path: Path) -> None:
    check(HOW_TO / "curate-related-articles.md", tmp_path)


def test_a_vocabulary_is_kept(tmp_path: Path) -> None:
    check(HOW_TO / "keep-the-vocabulary.md", tmp_path)


def test_what_can_be_searched(tmp_path: Path) -> None:
    check(HOW_TO / "search.md", tmp_path)


def test_drafts_are_tagged_and_feedback_is_given(tmp_path: Path) -> None:
    check(HOW_TO / "tag-drafts.md", tmp_path)
