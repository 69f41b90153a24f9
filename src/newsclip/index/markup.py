"""HTML reduced to what an article holds: its text, and what it links to."""

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

MOST_OPEN = 256
"""Elements that may be open at once: HTML's rules take time in proportion to them at each tag."""

_DROPPED_TAGS = (
    "head script style template noscript svg math iframe object embed audio video canvas map"
    " button select textarea nav dialog figcaption -comment"
)
_BLOCK_TAGS = (
    "p div h1 h2 h3 h4 h5 h6 ul ol dl table blockquote pre figure hr section article header footer"
    " main aside address details form fieldset"
)
_VOID_TAGS = "area base br col embed hr img input link meta param source track wbr"

_DROPPED = frozenset(_DROPPED_TAGS.split())
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_LINES = frozenset(["br", "li", "dt", "dd", "tr", "caption", "summary"])
_CAPTION = "wp-caption-text"  # what WordPress gave pictures before there was <figcaption>

# NUL cannot come from the parser. One is a line break, two are a paragraph's end.
_LINE, _PARAGRAPH = "\0", "\0\0"

_EVIDENT = re.compile(
    r"(?>(?:\s*+<!--(?>.*?-->))*)\s*+<(p|div|h[1-6]|ul|ol|table|blockquote|figure|section|article)"
    r"(?:\s[^<>]*+)?>",
    re.IGNORECASE | re.DOTALL,
)


def is_html(text: str) -> bool:
    """Whether a text is HTML beyond doubt: from a block's tag, which it closes, to a tag's end.

    Looks at the first sign alone of a text that begins with another than ``<``.
    """
    begin = _EVIDENT.match(text)
    if begin is None:
        return False
    return text.rstrip().endswith(">") and f"</{begin[1].lower()}" in text.lower()


def text_and_links(html: str, page: str | None) -> tuple[str, list[str]]:
    """The text of an HTML fragment or page, and the URLs of its links, each once.

    A blank line stands between paragraphs, a line break where a line breaks. Scripts, styles,
    players, forms' fields, navigation and captions are left out. ``page`` is the URL that relative
    links start from; without it they are left out, as are those of other schemes than HTTP and
    those to a place in the same page. Raises ValueError if more than MOST_OPEN elements are open.
    """
    if html.count("<") > MOST_OPEN:  # else there cannot be as many
        html = _without_foreign(html)
        _check_nesting(html)
    root = LexborHTMLParser(html.replace("\0", "")).root
    pieces: list[str] = []
    links: dict[str, None] = {}
    for piece, node in _pieces(root) if root else ():
        pieces.append(piece)
        if node is not None and (link := _link(node.attributes.get("href"), page)):
            links[link] = None
    return _tidy("".join(pieces)), list(links)


def _pieces(root: LexborNode) -> Iterator[tuple[str, LexborNode | None]]:
    """Texts and breaks in their order, each link with its node; no recursion, however deep."""
    node, depth = root, 0
    while True:
        tag = node.tag or ""
        dropped = tag in _DROPPED or (tag == "p" and _is_caption(node))
        if tag == "-text":
            yield node.text_content or "", None
        elif not dropped:
            yield _break(tag), node if tag == "a" else None
        following = None if dropped else node.child
        depth += following is not None
        while following is None:
            if not depth:
                return
            if tag in _BLOCKS:
                yield _PARAGRAPH, None
            following = node.next
            if following is None and node.parent is not None:
                node, depth = node.parent, depth - 1
                tag = node.tag or ""
        node = following


def _is_caption(node: LexborNode) -> bool:
    return _CAPTION in (node.attributes.get("class") or "")


def _break(tag: str) -> str:
    if tag in _BLOCKS:
        return _PARAGRAPH
    return _LINE if tag in _LINES else " " if tag in ("td", "th") else ""


def _tidy(text: str) -> str:
    """Blanks as HTML shows them, and no hyphens that only say where a word may break."""
    lines = [" ".join(line.split()) for line in text.replace("\xad", "").split(_LINE)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _link(href: str | None, page: str | None) -> str | None:
    """Where a link leads, as a whole URL; None for what is no page elsewhere on the web."""
    href = re.sub(r"[\x00-\x20\x7f-\x9f]+", "", href or "")
    if not href or href.startswith("#"):
        return None
    try:
        url = urljoin(page or "", href)
        parts = urlsplit(url)
    except ValueError:  # half an IPv6 address, say
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


# How deep it nests

_FOREIGN = re.compile(r"<(?:(!--)|(svg|math|script|style)(?=[\s/>]))", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-z][^\s/>]*)", re.IGNORECASE)
_CLOSES_ITSELF = frozenset(["p", "li", "dt", "dd"])  # at the next of its kind
_VOID = frozenset(_VOID_TAGS.split())


def _without_foreign(html: str) -> str:
    """Without comments, scripts and drawings, whose tags follow other rules; one pass."""
    kept, place, unclosed = [], 0, set()
    while begin := _FOREIGN.search(html, place):
        name = (begin[1] or begin[2]).lower()
        end = None
        if name not in unclosed:
            closing = "-->" if name == "!--" else rf"</{name}\s*>"
            end = re.compile(closing, re.IGNORECASE).search(html, begin.end())
        if end is None:
            unclosed.add(name)
        kept.append(html[place : begin.end() if end is None else begin.start()])
        place = begin.end() if end is None else end.end()
    return "".join(kept) + html[place:]


def _check_nesting(html: str) -> None:
    """Counts by the tags' names alone: never fewer open elements than there are."""
    opened = Counter[str]()
    depth, uncounted = 0, _CLOSES_ITSELF | _VOID
    for slash, written in _TAG.findall(html):
        name = written.lower()
        if name in ("svg", "math"):  # unclosed: inside, most void elements are ordinary ones
            uncounted = _CLOSES_ITSELF
        if name in uncounted:
            continue
        if not slash:
            opened[name] += 1
            depth += 1
        elif opened[name]:
            opened[name] -= 1
            depth -= 1
        if depth > MOST_OPEN:
            raise ValueError(f"has more than {MOST_OPEN} elements open at once")
