"""The pages' routes: each asks the archive once and renders one template.

The archive is asked before the template is rendered, never from within it: a view holds up
the other threads of its process.
"""

from datetime import UTC, datetime

from flask import Blueprint, Response, current_app, request

from newsclip.api.asking import default_choice
from newsclip.api.pages.drafting import Drafting, is_of_this_site
from newsclip.api.pages.front import front_page, main_sections, section_names
from newsclip.api.pages.prose import blocks
from newsclip.api.pages.question import Question
from newsclip.api.pages.rendered import render, render_error
from newsclip.errors import ArticleNotFound, FeedbackNotFound, QueryInvalid
from newsclip.index.archive import Archive
from newsclip.index.article import Article
from newsclip.recommender.choice import Choice
from newsclip.recommender.search import search
from newsclip.recommender.similar import similar
from newsclip.recommender.source import source_of_article, source_of_draft
from newsclip.recommender.tags import suggest_tags

_RAIL = 6  # articles beside an article or a draft

blueprint = Blueprint(
    "pages",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/assets",
)


@blueprint.get("/")
def front() -> Response:
    """The newest articles, and those of each section."""
    with _archive().reading() as view:
        shown, sections = front_page(view), main_sections(view)
    today = datetime.now(UTC)
    directory = current_app.extensions["newsclip"].settings.data
    return render("front.html", front=shown, sections=sections, today=today, directory=directory)


@blueprint.get("/articles/<path:id>")
def article(id: str) -> Response:
    """One article with its rail; what readers must not see does not exist for them."""
    try:
        with _archive().reading() as view:
            found = view.article(id)
            if not found.is_visible(view.now):
                raise ArticleNotFound(id)
            more = similar(view, source_of_article(view, id), _rail())
            sections = main_sections(view)
    except ArticleNotFound:
        return render_error(
            404,
            "There is no such article",
            "It may have been taken down, or the address is not quite right.",
        )
    return render(
        "article.html",
        article=found,
        blocks=blocks(found),
        updated=_was_updated(found),
        more=more,
        sections=sections,
        current_section=found.section,
    )


@blueprint.get("/search")
def search_page() -> Response:
    """Results for words, or the newest articles of a section or with a tag."""
    problem, results, question = None, None, Question()
    with _archive().reading() as view:
        sections, names = main_sections(view), section_names(view)
        try:
            question = Question.from_args(request.args)
            results = search(view, question.words, question.options(view.now))
        except QueryInvalid as error:
            problem = error
    return render(
        "search.html",
        422 if problem else 200,
        question=question,
        results=results,
        problem=problem,
        section_names=names,
        sections=sections,
        current_section=question.section,
    )


@blueprint.route("/draft", methods=["GET", "POST"])
def draft() -> Response:
    """A box for a draft: tags for it, what was written before, and a decision about each tag.

    To ask stores nothing, so that the form carries no token. A decision is kept, and is taken from
    a page of this site alone.
    """
    form, number, problem = Drafting.from_form(request.form), None, None
    if form.decides:
        if not is_of_this_site(request):
            return render_error(403, "Not from here", "Decide about tags on this site's own page.")
        try:
            form, number = form.decided(_archive())
        except (QueryInvalid, FeedbackNotFound) as error:
            problem = error
    text = form.draft
    answer, related = None, None
    with _archive().reading() as view:
        sections = main_sections(view)
        if text:
            answer = suggest_tags(view, text)
            related = similar(view, source_of_draft(view, text), _rail())
    empty = request.method == "POST" and text is None
    return render(
        "draft.html",
        422 if empty or problem else 200,
        form=form,
        number=number,
        problem=problem,
        empty=empty,
        answer=answer,
        similar=related,
        sections=sections,
    )


@blueprint.get("/tags")
def tags() -> Response:
    """The house vocabulary."""
    archive = _archive()
    with archive.reading() as view:
        sections = main_sections(view)
    return render("tags.html", vocabulary=archive.vocabulary(), sections=sections)


def _rail() -> Choice:
    return default_choice(_RAIL, current_app.extensions["newsclip"].settings)


def _archive() -> Archive:
    archive: Archive = current_app.extensions["newsclip"].archive
    return archive


def _was_updated(article: Article) -> bool:
    """Whether it was changed on a later day than it was published."""
    published, updated = article.published_at, article.updated_at
    return updated is not None and (published is None or updated.date() > published.date())
