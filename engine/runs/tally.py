"""What a stream of events counts as it goes over pictures."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from engine.confidence.calibration import Calibration
from engine.embeddings.pipeline import EncodedBatch
from engine.runs.events import (
    DeviceChanged,
    Event,
    Example,
    Finished,
    PicturesUnreadable,
    Query,
    picture_ids,
)
from engine.runs.streams import files_read


@dataclass
class Tally:
    """The pictures of a run: how many were embedded, known from the cache, unreadable, and classified."""

    run_id: int
    started: float = field(default_factory=time.monotonic)
    embedded: int = 0
    from_cache: int = 0
    unreadable: int = 0
    classified: int = 0

    def account(self, batch: EncodedBatch, pictures: Sequence[Example | Query]) -> Iterator[Event]:
        """Count a batch of these pictures, and tell what it was made of and what was wrong with it."""
        self.from_cache += batch.from_cache
        self.embedded += batch.fresh
        self.unreadable += len(batch.unreadable)
        for notice in batch.notices:
            yield DeviceChanged(self.run_id, notice.device, notice.message)
        yield from files_read(self.run_id, batch, picture_ids(pictures, batch.positions))
        if batch.unreadable:
            positions, reasons = zip(*batch.unreadable, strict=True)
            yield PicturesUnreadable(
                self.run_id, tuple(pictures[place].picture_id for place in positions), reasons
            )

    def finished(self, calibration: Calibration, learnt: Sequence[str] = ()) -> Finished:
        """The last event of a stream that used this calibration. `learnt` are the names of the classes, if
        their examples were calibrated on in this stream."""
        metrics: dict[str, float] = {"held_out_examples": calibration.examples}
        if calibration.accuracy is not None:
            metrics["held_out_accuracy"] = calibration.accuracy
        tested = set(calibration.held_out.labels.tolist()) if learnt else set()
        return Finished(
            self.run_id,
            time.monotonic() - self.started,
            self.classified,
            self.unreadable,
            self.embedded,
            self.from_cache,
            calibration.temperature,
            metrics,
            tuple(name for label, name in enumerate(learnt) if label not in tested),
        )
