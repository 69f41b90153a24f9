"""The archive as the one project of an Annif service."""

from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote

from newsclip.api.annif_schemas import AnnifForm, AnnifIndexed, AnnifQuery, AnnifSubject
from newsclip.api.settings import Settings
from newsclip.errors import ProjectUnknown
from newsclip.index.archive import Archive
from newsclip.index.article import format_instant
from newsclip.index.filters import UNDETERMINED, fold
from newsclip.index.house_tags import MAX_NAME, HouseTags
from newsclip.index.view import View
from newsclip.recommender.draft import Draft
from newsclip.recommender.tagging.choice import TagChoice
from newsclip.recommender.tagging.notes import cut
from newsclip.recommender.tags import ranked_tags
from newsclip.recommender.vocabulary import vocabulary

PROJECT = "newsclip"
LEARNER = "Annif client"
"""The name that the log has for what is learned by Annif's route, which sends none."""

_URN = "urn:newsclip:tag:"
_SCORE_DIGITS = 4


def check_project(project_id: str) -> None:
    """Raises ProjectUnknown unless it is the one there is."""
    if project_id != PROJECT:
        raise ProjectUnknown(project_id)


def project_answer(archive: Archive, settings: Settings) -> dict[str, Any]:
    """The archive as a project."""
    with archive.reading() as view:
        language = view.main_language()
        tags = vocabulary(view.house(), archive.vocabulary())
        version = archive.store.taggers.version(view.encoder_identity)
    learned = datetime.fromisoformat(version[0]).replace(microsecond=0) if version else None
    return {
        "project_id": PROJECT,
        "name": settings.site_name,
        "language": language,
        "backend": {"backend_id": PROJECT},
        "vocab": {
            "vocab_id": PROJECT,
            "languages": [] if language == UNDETERMINED else [language],
            "size": len(tags),
            "loaded": True,
        },
        "vocab_language": language,
        "is_trained": bool(tags),
        "modification_time": format_instant(learned),
    }


def suggestions_answer(
    archive: Archive, text: str, title: str, asked: AnnifForm | AnnifQuery
) -> dict[str, Any]:
    """The best tags for a text; none for a blank one."""
    if not (text + title).strip():
        return {"results": []}
    draft = cut(Draft(title=title, body=text, language=asked.language))
    choice = TagChoice(limit=asked.limit, min_score=asked.threshold)
    with archive.reading() as view:
        ranked = ranked_tags(view, draft, choice)
        return {"results": [_suggestion(view.house(), tag, score) for tag, score in ranked]}


def learn(archive: Archive, document: AnnifIndexed) -> None:
    """Keeps a text's tags as accepted; without a text or a tag there is nothing to learn."""
    title = document.metadata.get("title", "")
    with archive.reading() as view:
        tags = list(filter(None, (_tag(view, subject) for subject in document.subjects)))
    if tags and (title + document.text).strip():
        draft = cut(Draft(title=title, body=document.text))
        texts = {"title": draft.title, "summary": "", "body": draft.body}
        archive.give_feedback(LEARNER, None, texts, list(dict.fromkeys(tags)), [])


def _suggestion(house: HouseTags, tag: str, score: float) -> dict[str, Any]:
    entry = house.entries.get(tag)
    return {
        "uri": (entry and entry.uri) or _URN + quote(tag, safe=""),
        "label": (entry and entry.label) or tag,
        "notation": None,
        "score": round(score, _SCORE_DIGITS),
    }


def _tag(view: View, subject: AnnifSubject) -> str | None:
    """The tag that a subject means: by its URI, else by its label; None if it says neither."""
    house, uri = view.house(), subject.uri or ""
    for entry in house:
        if uri and entry.uri == uri:
            return entry.tag
    name = unquote(uri.removeprefix(_URN)) if uri.startswith(_URN) else subject.label or ""
    name = name.strip().lstrip("#").strip()
    if not fold(name) or len(name) > MAX_NAME or not name.isprintable():
        return None
    found = house.find(name)
    return found.tag if found else name
