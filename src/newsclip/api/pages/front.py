"""What the front page shows: the newest articles, and below them each section's desk."""

from dataclasses import dataclass

from newsclip.index.article import Article
from newsclip.index.filters import Filter
from newsclip.index.view import View

_SECTIONS = 8  # as many as fit into the masthead; the search page offers all of them
_SECONDS = 2  # below the lead, with a teaser
_LATEST = 6
_PER_DESK = 4


@dataclass(frozen=True)
class Front:
    """The newest article, those that follow it, and the sections with their newest ones."""

    lead: Article | None
    seconds: list[Article]
    latest: list[Article]
    desks: list[tuple[str, list[Article]]]


def section_names(view: View) -> list[str]:
    """Every section with an article that readers may see, the largest first."""
    counts = view.section_counts()
    return sorted(counts, key=lambda section: (-counts[section], section))


def main_sections(view: View) -> list[str]:
    """The sections that the masthead names."""
    return section_names(view)[:_SECTIONS]


def front_page(view: View) -> Front:
    """The front page of this moment; no article stands on it twice."""
    top = view.newest(Filter(), 1 + _SECONDS + _LATEST)
    desks = {section: _desk(view, section, top) for section in main_sections(view)}
    articles = view.articles([*top, *(key for keys in desks.values() for key in keys)])
    return Front(
        lead=articles[top[0]] if top else None,
        seconds=[articles[key] for key in top[1 : 1 + _SECONDS]],
        latest=[articles[key] for key in top[1 + _SECONDS :]],
        desks=[
            (section, [articles[key] for key in keys]) for section, keys in desks.items() if keys
        ],
    )


def _desk(view: View, section: str, shown: list[int]) -> list[int]:
    newest = view.newest(Filter(sections=frozenset({section})), _PER_DESK + len(shown))
    return [key for key in newest if key not in shown][:_PER_DESK]
