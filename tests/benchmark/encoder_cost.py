"""What one encoder costs in this process, with one thread: JSON on stdout. See `encoders`.

Times are of the processor, so that a busy machine changes them little; the start is by the clock.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path
from statistics import median

# Libraries count the processors that they may use, and make as many threads.
os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])

ARTICLES, QUERIES = 64, 100


def main(name: str, data: Path) -> None:
    """Loads the encoder, then embeds some articles of bbc and some of its titles."""
    from .open_sets import rows

    found = rows(data, "bbc")[:: 2000 // ARTICLES][:ARTICLES]
    before = _memory()
    began = time.perf_counter(), time.process_time()
    from newsclip.index.encoder import load_encoder

    encoder = load_encoder(name)
    loaded = time.process_time() - began[1]
    texts = [f"{row['title']}\n{row['body']}" for row in found]
    encoder.encode_documents(texts)  # once to warm up
    rounds = 20 if "builtin" in name else 1
    began_at = time.process_time()
    for _ in range(rounds):
        encoder.encode_documents(texts)
    articles = (time.process_time() - began_at) / (rounds * len(texts))
    spent = []
    for row in found[:QUERIES]:
        began_at = time.process_time()
        encoder.encode_queries([row["title"]])
        spent.append(time.process_time() - began_at)
    told = {
        "start, s": loaded,
        "memory, MB": _memory() - before,
        "articles/s": 1 / articles,
        "query, ms": 1000 * median(spent),
    }
    sys.stdout.write(json.dumps(told) + "\n")


def _memory() -> float:
    """The most that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
