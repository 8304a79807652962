"""A run on small invented pictures, short enough to be disturbed hundreds of times."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.errors import FewshotError
from engine.runs.events import (
    Event,
    Example,
    Failed,
    Finished,
    PicturesUnreadable,
    Predictions,
    Query,
    RunIsSlow,
    RunRequest,
    Warned,
)
from engine.runs.run import label

PICTURES = 330
"""More than are read ahead, so that some are not read yet when the first prediction is there."""

UNCONVERTED = "fine-tuning", {"steps": 1.0}
"""An algorithm that takes the pictures themselves, so no backbone has to be converted for it."""

CONVERTED = "prototypical", {}


@dataclass
class Seen:
    """What a run told: what it `predicted` and could not read, by picture, and what it warned of."""

    predicted: dict[int, NDArray[np.float32]] = field(default_factory=dict)
    unreadable: dict[int, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    from_cache: int = 0

    def summary(self) -> str:
        reasons = ", ".join(sorted(set(self.unreadable.values())))
        unread = f", {len(self.unreadable)} not read ({reasons})" if reasons else ""
        return " ".join([f"{len(self.predicted)} predicted{unread}", *self.warnings])


def draw_pictures(folder: Path, seed: int, count: int = PICTURES) -> list[Path]:
    """So many pictures that differ in content, the even ones dark and the odd ones bright."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{number}.png" for number in range(count)]
    for number, path in enumerate(paths):
        low, high = ((0, 128), (128, 256))[number % 2]
        Image.fromarray(rng.integers(low, high, (12, 12), dtype=np.uint8)).save(path)
    return paths


def request_of(pictures: list[Path], algorithm: str, options: dict[str, float]) -> RunRequest:
    """Four examples of two classes, kept apart from the pictures to label."""
    examples = [
        Example(len(pictures) + n, path, ("dark", "bright")[n % 2]) for n, path in enumerate(pictures[:4])
    ]
    queries = [Query(n, path) for n, path in enumerate(pictures[4:])]
    return RunRequest(examples, queries, ("dark", "bright"), algorithm, "conv4", "cpu", options)


def follow(request: RunRequest, meanwhile: Callable[[], object] = lambda: None) -> Seen:
    """Run to the end; do something as soon as the first picture is labelled.

    Raises what the run failed with, and `AssertionError` if that was a bug, or a picture was forgotten.
    """
    seen = Seen()
    last: Event | None = None
    for event in label(request):
        last = event
        match event:
            case Predictions(picture_ids=ids, probabilities=chances):
                if not seen.predicted:
                    meanwhile()
                seen.predicted.update(zip(ids.tolist(), chances, strict=True))
            case PicturesUnreadable(picture_ids=ids, reasons=reasons):
                seen.unreadable.update(zip(ids, map(str, reasons), strict=True))
            case Warned(message=message) | RunIsSlow(message=message):
                seen.warnings.append(str(message))
    if isinstance(last, Failed):
        assert not last.report, last.report
        raise FewshotError(last.message)
    assert isinstance(last, Finished), f"the run ended with {last}"
    seen.from_cache = last.from_cache
    wanted = {query.picture_id for query in request.queries}
    assert wanted == seen.predicted.keys() | (seen.unreadable.keys() & wanted), "a picture was forgotten"
    sums = np.array([chances.sum() for chances in seen.predicted.values()])
    assert np.allclose(sums, 1.0, atol=1e-4), "probabilities do not sum to 1"
    return seen
