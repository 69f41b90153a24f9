"""The routes, one file a subject."""

from newsclip.api.operations import Operation
from newsclip.api.routes import annif, articles, curation, search, similar, system, tags

OPERATIONS: tuple[Operation, ...] = (
    *articles.operations,
    *similar.operations,
    *search.operations,
    *tags.operations,
    *annif.operations,
    *curation.operations,
    *system.operations,
)
