"""A vocabulary as a SKOS thesaurus in Turtle. Nothing else in Newsclip knows rdflib."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from newsclip.errors import SourceUnreadable, TagInvalid
from newsclip.index.house_tags import HouseTag

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node


def read_skos(
    data: bytes, name: str, spelled: Callable[[str], str], language: str = "en"
) -> list[HouseTag]:
    """The concepts of a thesaurus, by label; of each what SKOS says of it in one ``language``.

    ``spelled`` makes the tag of a concept's ``prefLabel``. ``altLabel`` and ``hiddenLabel`` are
    its aliases, ``broader`` (or the other's ``narrower``) the tag above it, the first by name of
    several; a collection's label is its group; ``owl:deprecated`` and ``dct:isReplacedBy`` give
    its status. Concepts without a label in the language, or in none, are left out. Raises
    SourceUnreadable, or TagInvalid, which names the concept.
    """
    graph = _parsed(data, name)
    concepts = _Concepts(graph, language)
    tags = {node: spelled(label) for node, label in concepts.labels.items()}
    entries: dict[str, HouseTag] = {}
    for node, label in sorted(concepts.labels.items(), key=lambda pair: (pair[1], str(pair[0]))):
        try:
            entry = concepts.entry(node, label, tags)
            if other := entries.get(entry.tag):
                problem = f"is that of {other.uri}, too"
                raise TagInvalid("tag", entry.tag, "give one another prefLabel", problem)
        except TagInvalid as error:
            error.message = f"{name}, {node}: {error.message}"
            raise
        entries[entry.tag] = entry
    if not entries:
        problem = f"has no concept with a label in {language!r}"
        raise SourceUnreadable(name, problem, "name its language: --language")
    return list(entries.values())


def _parsed(data: bytes, name: str) -> "Graph":
    try:
        from rdflib import Graph
    except ImportError as error:
        remedy = "install it: pip install 'newsclip[skos]', or hand in a CSV file"
        raise SourceUnreadable(name, "needs rdflib to be read", remedy) from error
    try:
        return Graph().parse(data=data, format="turtle")
    except Exception as error:  # what rdflib raises has no common class
        problem = "is no Turtle: " + " ".join(str(error).split())
        raise SourceUnreadable(name, problem[:300], "save the thesaurus as Turtle") from error


class _Concepts:
    """The concepts of a graph that have a label in a language."""

    def __init__(self, graph: "Graph", language: str) -> None:
        from rdflib.namespace import DCTERMS, OWL, RDF, SKOS

        self._graph = graph
        self._languages = (language, None)
        self._skos, self._deprecated, self._replaced = SKOS, OWL.deprecated, DCTERMS.isReplacedBy
        found = {*graph.subjects(RDF.type, SKOS.Concept), *graph.subjects(SKOS.inScheme)}
        labels = {node: self._texts(node, [SKOS.prefLabel]) for node in found}
        self.labels = {node: texts[0] for node, texts in labels.items() if texts}

    def entry(self, node: "Node", label: str, tags: dict["Node", str]) -> HouseTag:
        """What the graph says of a concept."""
        graph, skos = self._graph, self._skos
        above = [*graph.objects(node, skos.broader), *graph.subjects(skos.narrower, node)]
        replaced_by = self._first(graph.objects(node, self._replaced), tags)
        is_old = any(bool(value) for value in map(_python, graph.objects(node, self._deprecated)))
        groups = [
            name
            for group in graph.subjects(skos.member, node)
            for name in self._texts(group, [skos.prefLabel])
        ]
        return HouseTag(
            tag=tags[node],
            label=label,
            uri=str(node),
            aliases=tuple(self._texts(node, [skos.altLabel, skos.hiddenLabel])),
            broader=self._first(above, tags),
            group=min(groups, default=None),
            status="deprecated" if is_old or replaced_by else "active",
            replaced_by=replaced_by,
        ).checked()

    def _texts(self, node: "Node", properties: Iterable["Node"]) -> list[str]:
        """The texts in the language first, then those that name none; each once."""
        found = [text for each in properties for text in self._graph.objects(node, each)]
        kept = [
            " ".join(str(text).split())
            for language in self._languages
            for text in sorted(found, key=str)
            if getattr(text, "language", None) == language
        ]
        return list(dict.fromkeys(filter(None, kept)))

    def _first(self, nodes: Iterable["Node"], tags: dict["Node", str]) -> str | None:
        return min((tags[node] for node in nodes if node in tags), default=None)


def _python(node: "Node") -> object:
    to_python: Callable[[], object] = getattr(node, "toPython", lambda: None)
    return to_python()
