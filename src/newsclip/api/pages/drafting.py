"""The page for a draft: what was typed, and what was decided about its tags."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import urlsplit

from flask import Request
from pydantic import ValidationError

from newsclip.api.feedback_answers import give_feedback, undo_feedback
from newsclip.api.feedback_schemas import FeedbackBody
from newsclip.errors import QueryInvalid
from newsclip.index.archive import Archive
from newsclip.index.tag_names import comparable
from newsclip.recommender.draft import Draft

_BETWEEN_TAGS = re.compile(r"[,;\n]|\s+(?=#)")


@dataclass(frozen=True)
class Drafting:
    """The fields of the page's form.

    ``accept``, ``reject`` or ``undo`` is the value of the button that was pressed, if any.
    """

    title: str = ""
    body: str = ""
    tags: tuple[str, ...] = ()
    author: str = ""
    accept: str = ""
    reject: str = ""
    undo: str = ""

    @classmethod
    def from_form(cls, form: Mapping[str, str]) -> Self:
        """Reads a form; tags stand with commas between them, or each behind its ``#``."""
        names = (
            name.strip().lstrip("#").strip() for name in _BETWEEN_TAGS.split(form.get("tags", ""))
        )
        return cls(
            title=form.get("title", ""),
            body=form.get("body", ""),
            tags=tuple(dict.fromkeys(filter(None, names))),
            **{name: form.get(name, "").strip() for name in ("author", "accept", "reject", "undo")},
        )

    @property
    def draft(self) -> Draft | None:
        """What there is to tag; None without a text."""
        if not (self.title + self.body).strip():
            return None
        return Draft(title=self.title, body=self.body, tags=self.tags)

    @property
    def decides(self) -> bool:
        """Whether a button of a tag was pressed."""
        return bool(self.accept or self.reject or self.undo)

    def decided(self, archive: Archive) -> tuple[Self, int | None]:
        """Keeps what was decided: the draft with its tags as they are since, and the number.

        Raises QueryInvalid where nobody is named, or nothing can be kept.
        """
        if self.undo:
            undo_feedback(archive.store, self.undo, self._author)
            return replace(self, undo=""), None
        body = _checked(
            author=self._author,
            title=self.title,
            body=self.body,
            accepted=[self.accept] if self.accept else [],
            rejected=[self.reject] if self.reject else [],
        )
        number = int(give_feedback(archive, body)["number"])
        others = self._tags_besides(archive, self.accept or self.reject)
        return replace(self, tags=(*others, self.accept) if self.accept else others), number

    def _tags_besides(self, archive: Archive, decided: str) -> tuple[str, ...]:
        """The draft's tags without the one that was decided about, by whatever name."""
        with archive.reading() as view:
            meant = view.house().meant_by
            same = comparable(meant(decided))
            return tuple(tag for tag in self.tags if comparable(meant(tag)) != same)

    @property
    def _author(self) -> str:
        if not self.author:
            raise QueryInvalid("author", "", "write your name, for the log", "is blank")
        return self.author


def is_of_this_site(request: Request) -> bool:
    """Whether a form was sent from a page of this host: browsers say where it comes from.

    A page of another site must not be able to decide in an editor's name.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        return site in ("same-origin", "none")
    return origin is None or urlsplit(origin).netloc == request.host


def _checked(**fields: object) -> FeedbackBody:
    try:
        return FeedbackBody.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        name = str(first["loc"][0])
        remedy = f"give {FeedbackBody.model_fields[name].description}"
        raise QueryInvalid(name, first["input"], remedy, "cannot be kept") from None
