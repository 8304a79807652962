"""How fast the learners are: `learners.py [--algorithms NAME …] [--rounds N] [--device D] [--json]`.

Adaptation: to 20 classes with 5 examples each, then 10,000 pictures, all from ready features, as a second
run has them, in batches of the size that it has. Learners that take images classify 1,000.

Meta-training: episodes a second, each a step (forward, backward, Adam) of prototypical, matching and
relation networks, beside easyfsl's (`pip install easyfsl`, or the extra `bench`; left out where it is
absent): the same network, the same episode tensors, the same optimiser, in turn and in this process. From
images both train Conv4, from embeddings both train the head that our learners have on a frozen backbone.

Everything has one thread. What is shown is the median of the rounds, or for the ratio, of theirs.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING

import torch
from contestants import Contest, contest
from reporting import circumstances, print_circumstances, print_table
from torch import Tensor, nn
from tqdm import tqdm

from engine.backbones.base import Backbone, backbones, get_backbone
from engine.backbones.conv4 import DIMENSION, SIZE, Conv4
from engine.devices import one_thread, resolve_device, title
from engine.embeddings.pipeline import LOOKUP
from engine.episodes import Episode, LabeledSet
from engine.generators import run_to_end
from engine.learners.base import Features, MetaLearner
from engine.learners.embedding import EmbeddingLearner
from engine.learners.feature_head import FeatureHead
from engine.learners.registry import learners
from engine.process import set_up_process

if TYPE_CHECKING:
    from easyfsl_peers import Peer

WAY, SHOT = 20, 5
PICTURES: dict[Features, int] = {"embeddings": 10_000, "images": 1_000}

TRAINING_TASKS = ((5, 5, 10), (20, 5, 5))
"""Way, shot, and query pictures of a class."""

EPISODES = 4
STEPS: dict[Features, int] = {"embeddings": 40, "images": 8}
"""Of each, in a round, or as many as `PATIENCE` seconds allow."""
PATIENCE = 2.0

LEARNING_RATE = 1e-3
WITHOUT_PEER = "easyfsl is not installed, so nothing stands beside our meta-training: pip install easyfsl"


@dataclass(frozen=True)
class Adaptation:
    """Milliseconds of the median round."""

    algorithm: str
    backbone: str
    takes: Features
    adapt: float
    classify: float
    pictures: int


@dataclass(frozen=True)
class Training:
    """Episodes a second, and the ratio of ours to easyfsl's, of the median round."""

    algorithm: str
    takes: Features
    way: int
    note: str
    ours: float
    easyfsl: float
    ratio: float


def task(shape: tuple[int, ...], way: int, shot: int, query: int, device: torch.device) -> Episode:
    """An invented one: a cloud of points for each class."""
    centres = torch.randn(way, *shape, device=device)
    names = tuple(map(str, range(way)))

    def drawn(count: int) -> LabeledSet:
        labels = torch.arange(way, device=device).repeat_interleave(count)
        return LabeledSet(centres[labels] + torch.randn(len(labels), *shape, device=device), labels, names)

    return Episode(drawn(shot), drawn(query))


def shape_of(takes: Features, backbone: Backbone) -> tuple[int, ...]:
    preprocessing = backbone.preprocessing
    if takes == "embeddings":
        return (backbone.dimension,)
    return (preprocessing.channels, preprocessing.size, preprocessing.size)


def seconds(work: Callable[[], object], device: torch.device) -> float:
    began = time.perf_counter()
    work()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter() - began


# -- adaptation


def adaptations(taking_part: Contest, rounds: int) -> Iterator[Adaptation]:
    backbone, device = taking_part.backbone, taking_part.device
    for name, learner in tqdm(taking_part.learners.items(), backbone.name, disable=None, leave=False):
        takes = learner.takes(backbone)
        torch.manual_seed(0)
        episode = task(shape_of(takes, backbone), WAY, SHOT, PICTURES[takes] // WAY, device)
        batches = episode.query.features.split(LOOKUP)
        readings = [_adapt_and_classify(learner, episode.support, batches, device) for _ in range(rounds + 1)]
        adapt, classify = (1000 * statistics.median(column) for column in zip(*readings[1:], strict=True))
        yield Adaptation(name, backbone.name, takes, adapt, classify, PICTURES[takes])


def _adapt_and_classify(
    learner: MetaLearner, support: LabeledSet, batches: tuple[Tensor, ...], device: torch.device
) -> tuple[float, float]:
    """Seconds of either."""
    adapting = seconds(lambda: run_to_end(learner.adapt(support)), device)
    classifier = run_to_end(learner.adapt(support))
    return adapting, seconds(lambda: [classifier.logits(batch).cpu() for batch in batches], device)


# -- meta-training


def trainings(names: list[str], rounds: int, device: torch.device) -> Iterator[Training]:
    from easyfsl_peers import PEERS, trainer

    plan = [
        (peer, takes, *sizes)
        for peer in PEERS
        for takes in peer.takes
        for sizes in TRAINING_TASKS
        if peer.algorithm in names
    ]
    for peer, takes, way, shot, query in tqdm(plan, "meta-training", disable=None, leave=False):
        torch.manual_seed(0)
        shape = (1, SIZE, SIZE) if takes == "images" else (DIMENSION,)
        episodes = [task(shape, way, shot, query, device) for _ in range(EPISODES)]
        ours = our_trainer(peer, network(takes, device))
        theirs = trainer(peer, network(takes, device), LEARNING_RATE)
        yield _compared(peer, takes, way, episodes, ours, theirs, rounds, device)


def network(takes: Features, device: torch.device) -> nn.Module:
    torch.manual_seed(1)
    return (Conv4() if takes == "images" else FeatureHead(DIMENSION)).to(device)


def our_trainer(peer: Peer, embedding: nn.Module) -> Callable[[Episode], object]:
    learner = learners()[peer.algorithm](get_backbone("conv4"))
    assert isinstance(learner, EmbeddingLearner)
    learner.configure(peer.our_options)
    learner.embedding = embedding
    learner.to(next(embedding.parameters()).device).train()
    optimizer = torch.optim.Adam(learner.parameters(), LEARNING_RATE, fused=True)
    return lambda episode: learner.meta_step([episode], optimizer, partial(peer.our_loss, learner))


def _compared(
    peer: Peer,
    takes: Features,
    way: int,
    episodes: list[Episode],
    ours: Callable[[Episode], object],
    theirs: Callable[[Episode], object],
    rounds: int,
    device: torch.device,
) -> Training:
    def rate(step: Callable[[Episode], object]) -> float:
        done = 0

        def steps() -> None:
            nonlocal done
            began = time.perf_counter()
            while done < STEPS[takes] and time.perf_counter() - began < PATIENCE:
                step(episodes[done % len(episodes)])
                done += 1

        taken = seconds(steps, device)
        return done / taken

    rates: list[tuple[float, float]] = []
    for number in range(rounds + 1):
        # Who goes first takes turns, so that neither always finds the caches as the other left them.
        if number % 2:
            mine = rate(ours)
            rates.append((mine, rate(theirs)))
        else:
            other = rate(theirs)
            rates.append((rate(ours), other))
    mine, other = (statistics.median(column) for column in zip(*rates[1:], strict=True))
    ratio = statistics.median(a / b for a, b in rates[1:])
    return Training(peer.algorithm, takes, way, peer.note, mine, other, ratio)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--algorithms", nargs="+", metavar="NAME", help="default: all that can run")
    parser.add_argument("--rounds", type=int, default=7, metavar="N", help="default: %(default)s")
    parser.add_argument("--device", default="cpu", metavar="D", help="default: %(default)s")
    parser.add_argument("--json", action="store_true", help="print the numbers for a machine to read")
    options = parser.parse_args()
    facts = circumstances()
    notes: list[str] = []
    adapted: list[Adaptation] = []
    trained: list[Training] = []
    with one_thread():
        for backbone in (name for name, one in backbones().items() if one.unavailable is None):
            taking_part = contest(options.algorithms, backbone, options.device)
            notes += taking_part.absent
            adapted += adaptations(taking_part, options.rounds)
        if importlib.util.find_spec("easyfsl") is None:
            notes.append(WITHOUT_PEER)
        else:
            facts["easyfsl"] = version("easyfsl")
            names = options.algorithms or list(learners())
            trained += trainings(names, options.rounds, resolve_device(options.device))
    facts["device"] = f"{title(str(resolve_device(options.device)))}, one thread"
    if options.json:
        numbers = {
            "adaptation": [asdict(row) for row in adapted],
            "meta_training": [asdict(row) for row in trained],
        }
        print(json.dumps({"circumstances": facts, **numbers, "notes": notes}, indent=2))
        return
    print_circumstances(facts)
    print()
    print_adaptations(adapted)
    if trained:
        print()
        print_trainings(trained)
    if notes:
        print("\n".join(["", *notes]))


def print_adaptations(rows: list[Adaptation]) -> None:
    print_table(
        [f"ms, {WAY} classes × {SHOT} examples", "takes", "adapt", "classify", "pictures"],
        [
            [
                f"{row.algorithm} · {row.backbone}",
                row.takes,
                f"{row.adapt:,.1f}",
                f"{row.classify:,.0f}",
                f"{row.pictures:,}",
            ]
            for row in rows
        ],
    )


def print_trainings(rows: list[Training]) -> None:
    print_table(
        ["meta-training, episodes/s", "from", "ways", "ours", "easyfsl", "ratio", "easyfsl's is"],
        [
            [
                row.algorithm,
                row.takes,
                str(row.way),
                f"{row.ours:,.1f}",
                f"{row.easyfsl:,.1f}",
                f"{row.ratio:.2f}",
                row.note,
            ]
            for row in rows
        ],
    )


if __name__ == "__main__":
    set_up_process()
    main()
