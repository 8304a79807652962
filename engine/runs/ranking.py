"""Which algorithm is best for these examples: all are judged on the same held-out folds, as events.

What is judged on the examples alone is as uncertain as they are few, so every result has its interval.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from engine.backbones.base import Backbone, get_backbone
from engine.episodes import LabeledSet
from engine.errors import FewshotError, reason_of
from engine.learners.base import Features
from engine.learners.held_out import FOLDS, folds, in_chunks
from engine.learners.registry import create_learner, learners, unavailable_reason
from engine.messages import Message
from engine.runs.events import Cancelled, Event, Failed, Progress, RunRequest, Stage, Warned
from engine.runs.learning import Learning
from engine.runs.streams import with_terminal_event
from engine.runs.tally import Tally
from engine.seeding import seed_torch

Z = 1.96
"""Of a 95 % interval."""


@dataclass(frozen=True)
class Ranked:
    """How an algorithm does: `right` of `examples` held-out examples, and the `seconds` of all its folds."""

    run_id: int
    algorithm: str
    title: Message
    right: int
    examples: int
    seconds: float

    @property
    def accuracy(self) -> float:
        """0..1."""
        return self.right / self.examples

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the accuracy, 0..1 each (Wilson 1927)."""
        n, p = self.examples, self.accuracy
        middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
        half = Z / (1 + Z * Z / n) * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
        return middle - half, middle + half


RankingEvent: TypeAlias = Event | Ranked


def rankable(backbone: Backbone, slow: bool) -> list[str]:
    """The algorithms that can run on the backbone, those that adapt step by step only if `slow` ones are
    wanted."""
    return [
        name
        for name, learner in learners().items()
        if unavailable_reason(learner, backbone) is None and (slow or learner.facts.family != "gradient")
    ]


def rank(
    request: RunRequest, algorithms: Sequence[str], cancelled: Callable[[], bool] = lambda: False
) -> Iterator[RankingEvent | Cancelled | Failed]:
    """Judge `algorithms` on the examples of `request`, a `Ranked` each; one that fails is a `Warned`.

    The last event of all is a `Cancelled` or a `Failed` if it was interrupted. Nothing is raised.
    """
    return with_terminal_event(request.run_id, _rank(request, algorithms), cancelled)


def _rank(request: RunRequest, algorithms: Sequence[str]) -> Generator[RankingEvent, None, None]:
    backbone, run_id = get_backbone(request.backbone), request.run_id
    supports: dict[Features, LabeledSet] = {}
    yield from _read("linear-probe", request, supports)
    masks = list(folds(supports["layers"], FOLDS))
    if not masks:
        raise FewshotError(
            "With one example of each class nothing can be compared; add a second one to some."
        )
    for number, name in enumerate(algorithms):
        try:
            learner = create_learner(name, backbone.name)
            takes = learner.takes(backbone)
            if takes not in supports:
                yield from _read(name, request, supports)
            support = supports[takes]
            learner.to(support.features.device)
            right, began = 0, time.monotonic()
            for fold, mask in enumerate(masks):
                seed_torch(request.seed)
                classifier = None
                for step in learner.adapt(support.take(~mask)):
                    yield Progress(run_id, Stage.CHECKING, number * FOLDS + fold, len(algorithms) * FOLDS)
                    classifier = step.classifier
                assert classifier is not None
                logits = in_chunks(classifier.joint_logits, support.features[mask], len(support))
                right += int((logits.argmax(dim=1) == support.labels[mask]).sum())
        except FewshotError as error:
            problem = Message("Left out: {reason}", reason=reason_of(error))
            yield Warned(run_id, problem)
            continue
        examples = sum(int(mask.sum()) for mask in masks)
        title = Message(learner.facts.title)
        yield Ranked(run_id, name, title, right, examples, time.monotonic() - began)


def _read(
    algorithm: str, request: RunRequest, supports: dict[Features, LabeledSet]
) -> Generator[Event, None, None]:
    """Read the examples as the algorithm takes them, and of layers also the embedding."""
    learning = Learning(replace(request, algorithm=algorithm, options={}), Tally(request.run_id))
    session, _ = yield from learning.prepare()
    with session.open_cache() as cache:
        support = (yield from learning.read_examples(session, cache)).support
    supports[session.takes] = support
    if session.takes == "layers":
        embeddings = support.features[:, -session.backbone.dimension :]
        supports["embeddings"] = LabeledSet(embeddings, support.labels, support.class_names)
