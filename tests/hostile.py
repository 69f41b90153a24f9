"""Queries as nobody should send them: a strategy for each kind, and ``hostile`` for all."""

from hypothesis import strategies as st

_words = st.sampled_from(["fish", "Harbour", "law", "U.S.", "#USRelations", "élève", "x" * 70])


def _joined(parts: st.SearchStrategy[str], most: int, between: str = " ") -> st.SearchStrategy[str]:
    return st.lists(parts, max_size=most).map(between.join)


any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
thousands_of_words = st.integers(5_000, 10_000).map(
    lambda n: " ".join(f"w{i % 997}" for i in range(n))
)
unbalanced_quotes = _joined(
    st.sampled_from(['"', "“", "”", "„", "«", "»", "'", "fish", "law "]), 20, ""
)
operators = _joined(
    st.sampled_from(
        ["-", "--", "tag:", "-tag:", "title:", '""', "before:", "after:", ":", "-:", "+"]
    ),
    30,
)
control_characters = _joined(
    st.sampled_from(
        [*map(chr, range(32)), "\x7f", "\u200b", "\u202e", "\ufeff", "a", "fish"],
    ),
    40,
    "",
)
right_to_left = _joined(
    st.sampled_from(["שלום", "مرحبا", "\u202eפיש", "fish", '"قانون الميناء"']), 8
)
without_blanks = _joined(
    st.sampled_from(["東京", "港の法", "新闻 ", "서울 ", "ฟิช", '"東京', "tag:東京 "]), 8, ""
)
regular_expressions = _joined(
    st.sampled_from(["(a+)+$", ".*", "[^]", "(?R)", "\\", "a{1,9999}", "|", "^", "a" * 40 + "!"]),
    12,
    "",
)
stars = _joined(
    st.sampled_from(["*", "**", "fish*", "*fish", "?", "f?sh", "tag:*", "-*", "title:*"]), 12
)
injections = _joined(
    st.sampled_from(
        [
            "'; DROP TABLE article; --",
            '" OR 1=1 --',
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "{{7*7}}",
            "%00",
            "../../etc/passwd",
            "&lt;b&gt;",
        ]
    ),
    5,
)
many_conditions = st.tuples(
    st.sampled_from(["tag:t{}", "-w{}", '"a{} b"', "title:x{}", "author:a{}", "after:{:04}"]),
    st.integers(1, 1_000),
).map(lambda asked: " ".join(asked[0].format(number) for number in range(asked[1])))
readable = _joined(
    _words
    | st.sampled_from(
        ['"harbour law"', "-ship", "tag:USRelations", "section:Sea", "before:2026-01", "title:law"]
    ),
    10,
)

hostile = st.one_of(
    any_text,
    thousands_of_words,
    unbalanced_quotes,
    operators,
    control_characters,
    right_to_left,
    without_blanks,
    regular_expressions,
    stars,
    injections,
    many_conditions,
    readable,
)
