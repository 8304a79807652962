"""Driving a run from the command line: progress on stderr, everything else collected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, assert_never

import numpy as np
from numpy.typing import NDArray

from engine.cli.progress import ProgressBar
from engine.cli.terminal import bug_lines
from engine.errors import FewshotError
from engine.exports import Row
from engine.exports.prediction_rows import prediction_rows
from engine.runs.events import (
    AdaptationProgress,
    AlgorithmChosen,
    ApplyRequest,
    BackboneProposed,
    Cancelled,
    DeviceChanged,
    DoubtfulLabels,
    EmbeddingMap,
    Event,
    Example,
    Failed,
    FilesRead,
    Finished,
    PicturesUnreadable,
    Predictions,
    Progress,
    Query,
    RunIsSlow,
    RunRecord,
    RunRequest,
    Started,
    Warned,
)


@dataclass
class Outcome:
    """The result of a run. Row i of `probabilities` [n, way] is picture i; NaN where `errors[i]` says why."""

    pictures: Sequence[Path]
    class_names: tuple[str, ...] = ()
    probabilities: NDArray[np.float32] = field(default_factory=lambda: np.empty((0, 0), np.float32))
    errors: dict[int, str] = field(default_factory=dict)
    device: str = ""
    record: RunRecord = field(default_factory=dict)
    stage: str = ""
    finished: Finished | None = None

    def rows(self) -> Iterator[Row]:
        """For export, in the order of the pictures."""
        return prediction_rows(self.pictures, self.class_names, self.probabilities, self.errors)


def request_for(
    examples: Mapping[str, Sequence[Path]],
    pictures: Sequence[Path],
    algorithm: str,
    backbone: str,
    device: str,
    options: Mapping[str, float | bool] | None = None,
) -> RunRequest:
    """A run over files: picture ids are positions in `pictures`, examples come after them."""
    labelled = [(path, name) for name, paths in examples.items() for path in paths]
    return RunRequest(
        [Example(len(pictures) + i, path, name) for i, (path, name) in enumerate(labelled)],
        [Query(i, path) for i, path in enumerate(pictures)],
        tuple(examples),
        algorithm,
        backbone,
        device,
        dict(options or {}),
    )


def check_choices(algorithm: str, backbone: str, options: Mapping[str, Any]) -> None:
    """Raise `FewshotError` if the algorithm cannot run on the backbone, or not with these options.

    To be called before anything else is done.
    """
    from engine.learners.registry import create_learner

    create_learner(algorithm, backbone, options)


# Within these functions, not above: what they import loads torch, which a wrong call need not wait for.


def check_classifier(path: Path) -> None:
    """Raise `FewshotError` if there is no classifier in the file, for the same moment."""
    from engine.saved_classifier import load_classifier

    load_classifier(path)


def follow(request: RunRequest) -> Outcome:
    """Run to the end with a progress bar; raises what the run failed with."""
    from engine.runs.run import label

    return collect(label(request), request.queries, request.examples)


def follow_fit(request: RunRequest, path: Path) -> Outcome:
    """Write the classifier of a request without queries to `path`, in the same way."""
    from engine.runs.fit import fit

    return collect(fit(request, path), (), request.examples)


def follow_apply(request: ApplyRequest) -> Outcome:
    """Label pictures by a classifier from a file, in the same way."""
    from engine.runs.apply import apply

    return collect(apply(request), request.queries)


def collect(events: Iterable[Event], queries: Sequence[Query], examples: Sequence[Example] = ()) -> Outcome:
    """Iterate events, whose picture ids are positions in `queries`, with a progress bar."""
    outcome = Outcome([query.path for query in queries])
    of_examples = {example.picture_id: example.path for example in examples}
    with ProgressBar(unit="picture") as bar:
        for event in events:
            _take(event, outcome, of_examples, bar)
    return outcome


def _take(event: Event, outcome: Outcome, examples: Mapping[int, Path], bar: ProgressBar) -> None:
    match event:
        case Started(device=device, class_names=class_names, record=record):
            outcome.device, outcome.record, outcome.class_names = str(device), record, class_names
            outcome.probabilities = np.full((len(outcome.pictures), len(class_names)), np.nan, np.float32)
        case DeviceChanged(device=device, message=message):
            outcome.device = str(device)
            outcome.record = {**outcome.record, "device": outcome.device}
            bar.write(str(message))
        case Progress(stage=stage, done=done, total=total):
            if stage != outcome.stage:
                outcome.stage = stage
                bar.set_description(stage, refresh=False)
                bar.reset(total or None)
            bar.update(done - bar.n)
        case Predictions(picture_ids=ids, probabilities=probabilities):
            outcome.probabilities[ids] = probabilities
        case PicturesUnreadable(picture_ids=picture_ids, reasons=reasons):
            for picture, reason in zip(picture_ids, reasons, strict=True):
                if picture in examples:
                    bar.write(f"The example {examples[picture]} was left out: {reason}.")
                else:
                    outcome.errors[picture] = str(reason)
        case AlgorithmChosen(message=message):
            outcome.record = {**outcome.record, "chosen": str(message)}
            bar.write(str(message))
        case Warned(message=message) | RunIsSlow(message=message) | BackboneProposed(message=message):
            bar.write(str(message))
        case Failed(message=message, report=report):
            if report:
                bar.write(*bug_lines(report))
                raise SystemExit(1)
            raise FewshotError(message)
        case Finished():
            outcome.finished = event
        case Cancelled() | AdaptationProgress() | EmbeddingMap() | DoubtfulLabels() | FilesRead():
            pass  # nothing to show on a terminal
        case _:
            assert_never(event)
