"""The state of the archive and of the service."""

from typing import Literal

from pydantic import Field

from newsclip.api.answers.given import Count, Given, Moment


class StatsAnswer(Given):
    """What the archive holds."""

    articles: Count
    visible: Count = Field(description="those that a reader may see now")
    by_status: dict[str, Count]
    by_section: dict[str, Count]
    tags: Count
    authors: Count
    oldest: Moment | None
    newest: Moment | None
    revision: Count
    encoder: str
    dimension: Count
    store_bytes: Count
    snapshot_revision: Count | None = Field(description="of the indexes on disk")
    changes_since_snapshot: Count = Field(description="which each worker holds in memory")


class HealthAnswer(Given):
    """The service answers."""

    status: Literal["ok"]
