"""The web pages in a real browser: by keyboard, on a phone, in the dark, and offline."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import which

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from newsclip.api.app import create_app
from newsclip.api.settings import Settings
from newsclip.index.archive import Archive
from newsclip.index.article import Article
from newsclip.index.incoming import parse_article

CHROMIUM = which("chromium") or which("chromium-browser") or which("google-chrome")
SWITCHES = [
    "--no-sandbox",  # test machines often run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
SMALLEST = {"width": 320, "height": 568}
DESKTOP = {"width": 1280, "height": 900}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine: install chromium"),
]

TOPICS = {
    "World": "The harbour talks between Velland and its neighbours went on in the capital.",
    "Economy": "The harbour fees rise, and the fishing fleet of Velland counts what it costs.",
    "Sport": "The rowing crew of the harbour town won by a length before a cheering crowd.",
}
LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenauszahlungsstelle"


def sample_articles() -> list[Article]:
    day = datetime(2026, 1, 8, tzinfo=UTC)
    articles = [
        {
            "id": f"{section}/{number}",
            "title": f"{section} report {number} from the harbour",
            "body": f"{text}\n\nWhat Comes Next\n\n{text} It was day {number}.",
            "section": section,
            "tags": ["Harbour", f"{section}Desk"],
            "authors": ["Ada Byron"],
            "language": "en",
            "published_at": (day - timedelta(days=number)).isoformat(),
        }
        for section, text in TOPICS.items()
        for number in range(8)
    ]
    articles[0] |= {"url": f"https://news.example/{'long-path/' * 12}", "tags": [LONG_WORD]}
    articles[1] |= {"title": LONG_WORD, "summary": LONG_WORD * 3}
    return [parse_article(article) for article in articles]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    directory = tmp_path_factory.mktemp("archive")
    with Archive.open(directory, create=True) as archive:
        archive.put(sample_articles())
        app = create_app(archive, Settings(data=directory))
        # A browser opens connections in advance: a server of one thread would wait on them.
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


class Visit:
    """A browser window that remembers what it asked for and what it complained about."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.address = address
        self.context: BrowserContext = browser.new_context(base_url=address, viewport=DESKTOP)
        self.context.set_default_timeout(10_000)
        self.page: Page = self.context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def focused(self) -> str:
        script = "document.activeElement.id || document.activeElement.textContent.trim()"
        return str(self.page.evaluate(script))

    def tab_to(self, wanted: str) -> None:
        for _ in range(60):
            self.page.keyboard.press("Tab")
            if self.focused() == wanted:
                return
        pytest.fail(f"Tab never reaches {wanted!r}")


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    visit = Visit(browser, address)
    yield visit
    visit.context.close()
    assert visit.complaints == []
    assert [url for url in visit.requests if not url.startswith(f"{address}/")] == []


ADDRESSES = [
    "/",
    "/search?q=harbour",
    "/search?tag=Harbour&q=talks&mode=semantic",
    "/search?q=harbour&author=Ada+Byron&year=2026&sort=oldest&collapse=story",
    "/articles/World/0",
    "/articles/World/1",
    "/draft",
    "/tags",
]


def test_a_reader_gets_along_by_keyboard(visit: Visit) -> None:
    page = visit.page
    page.goto("/")
    page.keyboard.press("Tab")
    assert visit.focused() == "Skip to the content"
    visit.tab_to("q")
    page.keyboard.type("fishing fleet")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=fishing+fleet")
    first = page.locator(".results h2").first.inner_text()
    assert first.startswith("Economy")
    visit.tab_to(first)
    page.keyboard.press("Enter")
    page.wait_for_url("**/articles/**")
    assert page.locator("h1").inner_text() == first
    assert page.locator(".rail h2").inner_text() == "More from Economy"
    rail = page.locator(".rail h3 a")
    assert rail.count() > 2
    visit.tab_to(rail.first.inner_text())


def test_the_skip_link_leads_past_the_masthead(visit: Visit) -> None:
    visit.page.goto("/")
    visit.page.keyboard.press("Tab")
    visit.page.keyboard.press("Enter")
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.closest('main') !== null")


def test_the_focus_is_seen(visit: Visit) -> None:
    visit.page.goto("/")
    visit.tab_to("q")
    style = "getComputedStyle(document.activeElement)"
    assert visit.page.evaluate(f"{style}.outlineStyle") == "solid"
    assert visit.page.evaluate(f"parseFloat({style}.outlineWidth)") >= 2


def test_results_turn_pages_and_come_back(visit: Visit) -> None:
    page = visit.page
    page.goto("/search?tag=Harbour")
    first = page.locator(".results h2").first.inner_text()
    page.get_by_role("link", name="Next").click()
    page.wait_for_url("**/search?tag=Harbour&offset=10")  # and for its style: lines depend on it
    assert page.locator(".results h2").first.inner_text() != first
    assert page.locator(".pager").inner_text().split("\n")[1].strip() == "11–20"
    page.get_by_role("link", name="Previous").click()
    assert page.locator(".results h2").first.inner_text() == first


def test_filters_keep_what_was_asked(visit: Visit) -> None:
    page = visit.page
    page.goto("/search?q=harbour&tag=Harbour")
    page.get_by_label("Section", exact=True).select_option("Sport")
    page.get_by_label("Match by").select_option("words")
    page.get_by_role("button", name="Search").click()
    assert page.get_by_label("Search the archive").input_value() == "harbour"
    assert set(page.locator(".results .kicker").all_inner_texts()) == {"Sport"}
    page.get_by_role("link", name="Remove #Harbour").click()
    assert "tag=" not in page.url
    assert "mode=keyword" in page.url


def test_facets_narrow_the_results_down(visit: Visit) -> None:
    page = visit.page
    page.goto("/search?q=harbour&sort=newest")
    assert page.locator(".tally").inner_text().startswith("24 articles")
    facets = page.get_by_role("complementary", name="Narrow down")
    facets.get_by_role("link", name="Sport", exact=True).click()
    assert page.locator(".tally").inner_text().startswith("8 articles")
    assert set(page.locator(".results .kicker").all_inner_texts()) == {"Sport"}
    titles = page.locator(".results h2").all_inner_texts()
    assert titles == [f"Sport report {number} from the harbour" for number in range(8)]
    facets.get_by_role("link", name="#SportDesk").click()
    page.get_by_role("link", name="Remove #SportDesk").click()
    assert page.get_by_label("Sort by").input_value() == "newest"


def test_on_a_phone_a_link_leads_to_the_facets(visit: Visit) -> None:
    visit.page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    visit.page.goto("/search?q=harbour")
    visit.page.get_by_role("link", name="Narrow down").click()
    box = visit.page.locator("#facets").bounding_box()
    assert box is not None
    assert 0 <= box["y"] < PHONE["height"]


def test_a_draft_gets_its_tags(visit: Visit) -> None:
    page = visit.page
    page.goto("/draft")
    page.get_by_label("Title").fill("Harbour fees rise again")
    page.get_by_label("Text").fill("The fishing fleet of Velland has to pay more in the harbour.")
    page.get_by_role("button", name="Suggest tags").click()
    assert "#Harbour" in page.get_by_label("To copy").input_value()
    assert page.locator("#suggestions mark").first.inner_text().casefold() == "harbour"
    assert page.get_by_label("Title").input_value() == "Harbour fees rise again"
    assert page.locator(".rail h3").count() > 2
    page.get_by_label("Who decides").fill("Ada")
    page.get_by_label("Who decides").press("Enter")
    assert page.get_by_text("Kept:").count() == 0, "the Enter key decides nothing"
    page.get_by_label("Who decides").fill("Ada")
    page.get_by_role("button", name="Add #Harbour", exact=True).click()
    assert page.get_by_label("Tags it has").input_value() == "Harbour"
    fits = page.get_by_role("region", name="These fit")
    assert fits.get_by_role("link", name="#Harbour").count() == 1
    assert page.evaluate(CONTRASTS) == []
    page.get_by_role("button", name="Undo").click()
    assert page.get_by_text("Kept:").count() == 0


@pytest.mark.parametrize("size", [PHONE, SMALLEST, DESKTOP], ids=lambda size: str(size["width"]))
def test_no_page_scrolls_sideways(visit: Visit, size: dict[str, int]) -> None:
    visit.page.set_viewport_size({"width": size["width"], "height": size["height"]})
    for path in ADDRESSES:
        visit.page.goto(path)
        assert visit.page.evaluate("document.documentElement.scrollWidth") == size["width"], path


CONTRASTS = (Path(__file__).parent / "contrasts.js").read_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast(visit: Visit, scheme: str) -> None:
    visit.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for path in [*ADDRESSES, "/search?q=zzzzqqq&mode=keyword", "/search?mode=none"]:
        with_status_errors_apart(visit, path)
        low = visit.page.evaluate(CONTRASTS)
        assert low == [], path
    paper = visit.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (paper == "rgb(20, 22, 26)") == (scheme == "dark")


def with_status_errors_apart(visit: Visit, path: str) -> None:
    """Chromium reports every 4xx answer on its console; that one complaint is meant."""
    answer = visit.page.goto(path)
    if answer and answer.status >= 400:
        visit.complaints.clear()


# Suggestions while typing


@pytest.mark.parametrize("path", ["/", "/search"])
def test_the_box_suggests_and_is_used_by_keyboard(visit: Visit, path: str) -> None:
    page = visit.page
    page.goto(path)
    box = page.get_by_role("combobox", name="Search the archive")
    assert box.get_attribute("aria-expanded") == "false"
    box.press_sequentially("harb")
    options = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    options.first.wait_for()
    assert box.get_attribute("aria-expanded") == "true"
    assert options.all_inner_texts()[0].split("\n") == ["#Harbour", "tag, 23"]
    count = options.count()
    assert page.get_by_role("status").inner_text() == f"{count} suggestions"

    page.keyboard.press("ArrowDown")
    assert options.first.get_attribute("aria-selected") == "true"
    assert box.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    page.keyboard.press("ArrowUp")
    assert box.get_attribute("aria-activedescendant") is None, "back in the box"
    page.keyboard.press("ArrowUp")
    assert options.last.get_attribute("aria-selected") == "true", "from the other end"
    page.keyboard.press("Escape")
    assert not options.first.is_visible()
    assert visit.focused() == "q"

    box.press_sequentially("o")
    options.first.wait_for()
    page.keyboard.press("ArrowUp")
    title = options.last.inner_text().split("\n")[0]
    page.keyboard.press("Enter")
    page.wait_for_url("**/articles/**")
    assert page.get_by_role("heading", level=1).inner_text() == title


def test_a_suggested_query_keeps_the_filters(visit: Visit) -> None:
    page = visit.page
    page.goto("/search?section=Sport")
    page.get_by_role("combobox", name="Search the archive").press_sequentially("repor")
    page.get_by_role("option").filter(has_text="search").first.click()
    page.wait_for_url("**/search?q=report*")
    assert "section=Sport" in page.url


def test_what_the_service_sends_is_shown_as_text(visit: Visit) -> None:
    page = visit.page
    page.goto("/search")
    suggestion = {"kind": "query", "text": "<img src=x>", "articles": None, "id": None, "url": None}
    page.route("**/v1/suggest?*", lambda route: route.fulfill(json={"suggestions": [suggestion]}))
    page.get_by_role("combobox", name="Search the archive").press_sequentially("x")
    option = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    option.wait_for()
    assert option.inner_text().startswith("<img src=x>")
    assert page.locator("img").count() == 0


def test_the_box_works_without_javascript(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    assert page.get_by_role("combobox").count() == 0
    page.get_by_role("searchbox", name="Search the archive").fill("rowing")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=rowing")
    assert page.locator("ol.results li").count() > 0
    context.close()
