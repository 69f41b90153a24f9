"""URLs that lead to the same page, written in the same way.

The archive keeps each article's canonical URL, so what :func:`canonical` gives may only change
together with a step of the format that works them out anew (see ``migrations``).
"""

import re

import can_ada

_WEB = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})?")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_DEFAULT_PORTS = frozenset({"", "80", "443"})
_INDEX_PAGES = ("/index.html", "/index.htm", "/index.php")

# What Google Analytics, Matomo, Piano, HubSpot, Mailchimp, Marketo and the networks' own click ids
# append, as courlan 1.4 and the lists of Firefox and ClearURLs have them; without the plain words
# of the former ("source", "session", "ref", "campaign"), which name a page on many a site.
_TRACKING_PREFIXES = ("utm_", "mtm_", "pk_", "itm_", "hsa_", "_hs", "oly_", "vero_", "ns_")
_TRACKING_NAMES = (
    "fbclid gclid gclsrc dclid gbraid wbraid msclkid twclid ttclid yclid ysclid igshid igsh"
    " li_fat_id mc_cid mc_eid mkt_tok ml_subscriber ml_subscriber_hash _ga _gl s_cid s_kwcid"
    " at_medium at_campaign xtor wt_mc cmpid icid ito ocid smid __s __twitter_impression"
    " guccounter guce_referrer guce_referrer_sig ref_src ref_url spm amp"
)
_TRACKING = frozenset(_TRACKING_NAMES.split())


def canonical(url: str) -> str:
    """The form that all URLs of a page share; an id, or whatever is no URL of the web, as it is.

    The WHATWG's URL standard, and then: ``https``, no ``www.``, user, fragment, default port,
    index page, trailing slash or tracking parameter; parameters by name, escapes as in RFC 3986
    (6.2.2). Idempotent.
    """
    text = url.strip()
    scheme = _WEB.match(text)
    if scheme is None:
        return text
    try:
        parsed = can_ada.parse("https://" + text[scheme.end() :])
    except (ValueError, TypeError):  # a TypeError is for half of a surrogate pair
        return text
    host = parsed.hostname.rstrip(".")
    if not host:  # dots alone: no page can be there
        return text
    page = f"https://{_host(host, parsed.port)}{_path(parsed.pathname)}"
    query = _query(parsed.search.removeprefix("?"))
    return f"{page}?{query}" if query else page


def _host(host: str, port: str) -> str:
    while host.startswith("www.") and "." in host[4:]:
        host = host[4:]
    return host if port in _DEFAULT_PORTS else f"{host}:{port}"


def _path(path: str) -> str:
    path = _requoted(path)
    while path.endswith(("/", *_INDEX_PAGES)):
        path = path.rstrip("/")
        for page in _INDEX_PAGES:
            path = path.removesuffix(page)
    return path


def _query(query: str) -> str:
    """The parameters that choose the page, by name; those of one name as they follow each other."""
    pairs = [_requoted(pair.replace("+", "%20")) for pair in query.split("&") if pair]
    named = [(pair.partition("=")[0], pair) for pair in pairs]
    kept = [(name, pair) for name, pair in named if not _tracks(name.lower())]
    return "&".join(pair for _, pair in sorted(kept, key=lambda named: named[0]))


def _tracks(name: str) -> bool:
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)


def _requoted(text: str) -> str:
    """Escapes in capitals, and only where a sign needs one."""
    return _ESCAPE.sub(_escape, text) if "%" in text else text


def _escape(escape: re.Match[str]) -> str:
    if escape[1] is None:
        return "%25"
    sign = chr(int(escape[1], 16))
    return sign if sign in _UNRESERVED else escape[0].upper()
