"""The articles that the tests of disks write, and what an archive holds after each transaction."""

from .stories import Step, contents_of, states, story

BATCH = 256
FIRST = [story(number) for number in range(100)]
LATER = [story(number, 1) for number in range(60, 360)]
HISTORY = states(
    contents_of(FIRST),
    [Step(put=LATER[start : start + BATCH]) for start in range(0, len(LATER), BATCH)],
)
