"""Writers and readers of a running service, each of which knows what it must be answered."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from tests.servers import Server

from newsclip.index.article import Article, article_to_dict

from .answers import QUESTIONS
from .stories import story

_BATCH = 100  # articles handed in at once, now and then
_MOST_TOLD = 50  # problems


@dataclass
class Notes:
    """What all threads know together, and what they have found."""

    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    present: dict[str, Article] = field(default_factory=dict)
    going: set[str] = field(default_factory=set)
    gone_at: dict[str, float] = field(default_factory=dict)
    stopping: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, what: str) -> None:
        """Counts one more."""
        with self.lock:
            self.counts[what] += 1

    def problem(self, text: str) -> None:
        """Notes something that should not be."""
        with self.lock:
            if len(self.problems) < _MOST_TOLD:
                self.problems.append(text)


class Client:
    """Asks over a connection of its own for each question, which goes to either worker."""

    def __init__(self, server: Server, notes: Notes, chance: random.Random) -> None:
        self.server = server
        self.notes = notes
        self.chance = chance

    def run(self) -> None:
        """Works until the notes say that the service is stopping."""
        while not self.notes.stopping.is_set():
            try:
                self.work()
            except OSError as error:
                if not self.notes.stopping.is_set():
                    self.notes.problem(f"{type(self).__name__}: {error!r}")

    def work(self) -> None:
        """One piece of work."""
        raise NotImplementedError

    def ask(self, what: str, path: str, method: str = "GET", body: object = None) -> Any:
        """The status and the answer; no hit may have been gone before it was asked for."""
        began = time.monotonic()
        status, answer = self.server.ask(path, method, body)
        self.notes.count(what)
        if status >= 500:
            self.notes.problem(f"{what}: {status} {answer}")
        for hit in (answer or {}).get("hits", []):
            if self.notes.gone_at.get(hit["id"], began) < began:
                self.notes.problem(f"{what}: {hit['id']} is gone, and still in an answer")
        return status, answer or {}

    def expect(self, what: str, found: object, expected: object) -> None:
        """Notes a problem unless both are the same."""
        if found != expected:
            self.notes.problem(f"{what}: {found!r}, not {expected!r}")

    def search(self, words: str, mode: str = "keyword") -> Mapping[str, str]:
        """The ids and titles of what a search finds."""
        path = f"/v1/search?q={quote(words)}&mode={mode}&limit=100"
        status, answer = self.ask(f"search {mode}", path)
        self.expect(f"search {mode}", status, 200)
        return {hit["id"]: hit["title"] for hit in answer.get("hits", [])}


class Writer(Client):
    """Hands articles in, changes them and takes them away, and looks at once what is seen of it.

    Each title has a word of its own, by which nothing else is found.
    """

    def __init__(self, server: Server, notes: Notes, chance: random.Random, number: int) -> None:
        super().__init__(server, notes, chance)
        self._number = number
        self._made = 0
        self._own: dict[str, str] = {}  # the word of each of its articles

    def work(self) -> None:
        """See :meth:`Client.work`."""
        works: list[Callable[[], None]] = [self._add, self._change, self._delete, self._withdraw]
        if len(self._own) < 10:
            works = [self._add]
        elif self.chance.random() < 0.05:
            works = [self._add_many]
        self.chance.choice(works)()

    def _article(self, article_id: str | None = None, **changes: Any) -> tuple[str, Article]:
        self._made += 1
        word = f"zq{self._number}x{self._made}"
        made = story(self._made, 100 + self._number)
        own = {"id": article_id or f"writer {self._number}/{self._made}", "status": "published"}
        return word, made.model_copy(update=own | {"title": f"{word} {made.title}"} | changes)

    def _add(self) -> None:
        word, article = self._article()
        self._hand_in(article, 201)
        self._seen(word, article)

    def _add_many(self) -> None:
        made = [self._article() for _ in range(_BATCH)]
        bodies = [article_to_dict(article) for _, article in made]
        status, answer = self.ask("post", "/v1/articles", "POST", bodies)
        self.expect("post", (status, answer.get("added")), (200, _BATCH))
        for _, article in made:
            self.notes.present[article.id] = article
        self._own.update((article.id, word) for word, article in made)
        self._seen(*self.chance.choice(made))

    def _change(self) -> None:
        article_id = self.chance.choice(list(self._own))
        old = self._own[article_id]
        word, article = self._article(article_id)
        self._hand_in(article, 200)
        self._seen(word, article)
        self.expect("the words of an older version", self.search(old), {})

    def _delete(self) -> None:
        article_id, word = self._taken_away()
        status, _ = self.ask("delete", f"/v1/articles/{quote(article_id, safe='')}", "DELETE")
        self.expect("delete", status, 204)
        del self.notes.present[article_id]
        self._unseen(article_id, word, 404)

    def _withdraw(self) -> None:
        article_id, word = self._taken_away()
        withdrawn = self.notes.present[article_id].model_copy(update={"status": "withdrawn"})
        self._hand_in(withdrawn, 200)
        self._unseen(article_id, word, 200)

    def _taken_away(self) -> tuple[str, str]:
        article_id = self.chance.choice(list(self._own))
        self.notes.going.add(article_id)
        return article_id, self._own.pop(article_id)

    def _hand_in(self, article: Article, expected: int) -> None:
        path = f"/v1/articles/{quote(article.id, safe='')}"
        status, _ = self.ask("put", path, "PUT", article_to_dict(article))
        self.expect(f"put {article.id}", status, expected)
        self.notes.present[article.id] = article

    def _seen(self, word: str, article: Article) -> None:
        self._own[article.id] = word
        _, answer = self.ask("get", f"/v1/articles/{quote(article.id, safe='')}")
        self.expect("get after a write", answer.get("title"), article.title)
        self.expect("search after a write", self.search(word), {article.id: article.title})

    def _unseen(self, article_id: str, word: str, expected: int) -> None:
        self.notes.gone_at[article_id] = time.monotonic()
        status, _ = self.ask("get", f"/v1/articles/{quote(article_id, safe='')}")
        self.expect("get of what is gone", status, expected)
        self.expect("search of what is gone", self.search(word), {})


class Reader(Client):
    """Asks all that there is to ask."""

    def work(self) -> None:
        """See :meth:`Client.work`."""
        works = [self._search, self._similar, self._suggest, self._get]
        self.chance.choice(works)()

    def _search(self) -> None:
        mode = self.chance.choice(["hybrid", "keyword", "semantic"])
        if not self.search(self.chance.choice(QUESTIONS), mode):
            self.notes.problem(f"search {mode}: nothing found")

    def _similar(self) -> None:
        self._of_one("similar", "/similar?limit=5")

    def _get(self) -> None:
        self._of_one("get", "")

    def _of_one(self, what: str, ending: str) -> None:
        article_id = self.chance.choice(list(self.notes.present))
        status, _ = self.ask(what, f"/v1/articles/{quote(article_id, safe='')}{ending}")
        if status != 200 and article_id not in self.notes.going:
            self.notes.problem(f"{what} {article_id}: {status}")

    def _suggest(self) -> None:
        draft = story(self.chance.randrange(500), 50)
        body = {"title": draft.title, "body": draft.body}
        status, answer = self.ask("tags", "/v1/tags/suggest", "POST", body)
        self.expect("tags", (status, "suggestions" in answer), (200, True))
