"""How long the questions about 100,000 pictures take: `python benchmarks/review.py [--json]`.

Over embeddings made up in memory, 1,280 numbers of 16 bits each: pictures of 500 kinds, a fiftieth of them
there twice, 1,000 labelled. Counted is the time from the question to the answer, on one thread as in the
window, and the longest that it would have taken to be stopped.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from reporting import circumstances, print_circumstances, print_table

from engine.process import set_up_process
from engine.review import answers
from engine.review.questions import (
    Answered,
    DiverseFirst,
    DuplicateGroups,
    EmbeddingIndex,
    FindDuplicates,
    PictureSet,
    Question,
    Ranking,
    SimilarFirst,
)

COUNT, DIMENSION, KINDS, COPIES, LABELLED, MAX_PICKS = 100_000, 1280, 500, 2_000, 1_000, 200
BACKBONE = "efficientnet-lite0"


def embeddings() -> NDArray[np.float16]:
    """The last `COPIES` are nearly the same as the first."""
    rng = np.random.default_rng(0)
    middles = np.maximum(rng.standard_normal((KINDS, DIMENSION), np.float32), 0)
    made = np.empty((COUNT, DIMENSION), np.float16)
    for start in range(0, COUNT, KINDS):
        made[start : start + KINDS] = middles + 0.7 * rng.standard_normal(middles.shape, np.float32)
    made[-COPIES:] = made[:COPIES] * (1 + 0.05 * rng.standard_normal((COPIES, DIMENSION), np.float32))
    return made


def ask(pictures: PictureSet, question: Question) -> tuple[object, float, float]:
    """The answer, the seconds to it, and the longest between two moments at which it could be stopped."""
    began = last = time.perf_counter()
    longest = 0.0
    answer: object = None
    for event in answers.answer(-1, pictures, question):
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
        if isinstance(event, Answered):
            answer = event.answer
    return answer, last - began, longest


def measure() -> Iterator[tuple[str, float, float]]:
    """Name, seconds and longest pause of each question; fails if an answer is wrong."""
    ids = np.arange(COUNT)
    embedding_index = EmbeddingIndex(BACKBONE, ids, embeddings(), {})
    pictures = PictureSet(ids, [b""] * COUNT, BACKBONE, known=embedding_index)
    questions: dict[str, Question] = {
        "similar to one": SimilarFirst(np.array([5])),
        "similar to 100": SimilarFirst(np.arange(100)),
        f"{MAX_PICKS} diverse ones": DiverseFirst(np.arange(LABELLED)),
        "near-duplicates": FindDuplicates(),
    }
    answers.MAX_PICKS = MAX_PICKS
    for name, question in questions.items():
        answer, seconds, pause = ask(pictures, question)
        match answer:
            case Ranking():
                assert len(np.unique(answer.picture_ids)) == COUNT
            case DuplicateGroups():
                assert len(answer.identical) == COPIES
            case picks:
                assert len(np.unique(picks)) == MAX_PICKS  # type: ignore[call-overload]
        yield name, seconds, pause


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    facts = circumstances()
    measured = list(measure())
    if options.json:
        seconds = {name: {"seconds": took, "longest pause": pause} for name, took, pause in measured}
        print(json.dumps({**facts, "questions": seconds}, ensure_ascii=False, indent=2))
        return
    print_circumstances(facts)
    head = [f"of {COUNT:,} pictures", "seconds", "longest pause, ms"]
    print_table(head, [[name, f"{took:.2f}", f"{1000 * pause:.0f}"] for name, took, pause in measured])


if __name__ == "__main__":
    set_up_process()
    main()
