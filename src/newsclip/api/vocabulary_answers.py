"""The vocabulary as HTTP and the command line ask for it and answer it."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from newsclip.api.schemas import Name, Taken, whole_number
from newsclip.index.archive import Archive
from newsclip.index.house_tags import HouseTags, tag_to_dict
from newsclip.index.tag_names import Style
from newsclip.recommender.vocabulary import Listed, Standing, chosen, house_style, vocabulary


class VocabularyQuery(Taken):
    """Which part of the vocabulary to show."""

    q: Name | None = Field(None, description="a part of a tag, of its label or of an alias")
    status: Standing | None = Field(
        None, description='"active", "deprecated", "banned" or "unlisted"'
    )
    group: Name | None = Field(None, description='a group, such as "place"')
    branch: Name | None = Field(None, description="a tag, for itself and all beneath it")
    limit: Annotated[int, Field(ge=1, le=1_000), BeforeValidator(whole_number)] = Field(
        100, description="the number of tags, 1 to 1000"
    )
    offset: Annotated[int, Field(ge=0, le=1_000_000), BeforeValidator(whole_number)] = Field(
        0, description="the number of tags to skip, 0 to 1000000"
    )

    def of(self, listed: Sequence[Listed], house: HouseTags) -> list[Listed]:
        """Those that are asked for, whatever the limit."""
        return chosen(
            listed,
            house,
            text=self.q,
            standing=self.status,
            group=self.group,
            branch=self.branch,
        )


def listed_tags(archive: Archive, query: VocabularyQuery) -> tuple[list[Listed], Style]:
    """The tags that are asked for, whatever the limit, and how the house writes them."""
    with archive.reading() as view:
        house, style = view.house(), house_style(view)
        return query.of(vocabulary(house, archive.vocabulary()), house), style


def vocabulary_answer(archive: Archive, query: VocabularyQuery) -> dict[str, Any]:
    """The answer of ``GET /v1/tags``."""
    found, style = listed_tags(archive, query)
    part = found[query.offset : query.offset + query.limit]
    tags = [
        {"tag": each.entry.tag, "articles": each.articles}
        | tag_to_dict(each.entry)
        | {"status": each.standing}
        for each in part
    ]
    return {"tags": tags, "total": len(found), "style": str(style)}
