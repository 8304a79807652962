"""Learning under shift: `out_of_distribution.py --data DIR [--episodes N] [--svg FILE] [--json]`.

DIR holds omniglot_small.zip. 5-way 5-shot episodes of its four test alphabets, drawn in ways that
meta-training never saw: every picture, example or not, is changed, as in Finn & Levine 2018
(arXiv:1710.11622). All lean by one shear and have one scale, which adapting can make up for; each is
turned by an angle of its own and dirty in its own places, which asks for more.

The change is made to the original of 105×105 pixels, before the backbone's preprocessing. That of Conv4
lays a square around the ink, so most of a change of size is taken back: a smaller character only loses
detail, and a larger one what leaves the paper.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
from alphabets import FILE, unseen_characters
from contestants import Contest, add_arguments, chosen
from line_chart import Panel, line_chart
from PIL import Image
from reporting import circumstances, print_circumstances, print_table
from tqdm import tqdm

from engine.devices import one_thread
from engine.evaluation.accuracy import Accuracy
from engine.evaluation.episodic import evaluate
from engine.images import content_hash
from engine.meta_training.augmentation import LOG_SIZE, ROTATION, SHEAR
from engine.meta_training.episode_sampler import EpisodeSampler
from engine.process import set_up_process

REPRESENTATIVES = ("prototypical", "ridge", "maml", "snail", "set-encoder", "fine-tuning")
WAY, SHOT, QUERY, SEED = 5, 5, 5, 0
WHITE = 255


def sheared(amount: float, picture: Image.Image) -> Image.Image:
    """The lines lean by `amount` of their height, about the middle. The paper is widened for that."""
    margin = math.ceil(amount * picture.height / 2)
    page = Image.new("L", (picture.width + 2 * margin, picture.height), WHITE)
    page.paste(picture, (margin, 0))
    return page.transform(
        page.size,
        Image.Transform.AFFINE,
        (1, amount, -amount * page.height / 2, 0, 1, 0),
        Image.Resampling.BILINEAR,
        fillcolor=WHITE,
    )


def scaled(amount: float, picture: Image.Image) -> Image.Image:
    """So many times as large, about the middle of the same paper."""
    size = (round(picture.width * amount), round(picture.height * amount))
    page = Image.new("L", picture.size, WHITE)
    page.paste(
        picture.convert("L").resize(size, Image.Resampling.BILINEAR, reducing_gap=3.0),
        ((picture.width - size[0]) // 2, (picture.height - size[1]) // 2),
    )
    return page


def turned(amount: float, picture: Image.Image) -> Image.Image:
    """Turned by up to `amount` degrees either way, each picture by its own angle."""
    angle = _own_generator(picture).uniform(-amount, amount)
    return picture.convert("L").rotate(angle, Image.Resampling.BILINEAR, expand=True, fillcolor=WHITE)


def sprinkled(amount: float, picture: Image.Image) -> Image.Image:
    """This share of the pixels, different ones in each picture, turned to ink."""
    pixels = np.array(picture.convert("L"))
    pixels[_own_generator(picture).random(pixels.shape) < amount] = 0
    return Image.fromarray(pixels)


def _own_generator(picture: Image.Image) -> np.random.Generator:
    return np.random.default_rng(list(content_hash(picture.tobytes())))


@dataclass(frozen=True)
class Shift:
    """A way to change pictures by amounts, of which those in the range `familiar` occur in training."""

    title: str
    amount: str
    change: Callable[[float, Image.Image], Image.Image]
    amounts: tuple[float, ...]
    familiar: tuple[float, float]


SHIFTS = (
    Shift("Shear", "shear", sheared, (0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2), (0.0, SHEAR)),
    Shift(
        "Scale",
        "scale",
        scaled,
        (0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6),
        (math.exp(-2 * LOG_SIZE), math.exp(2 * LOG_SIZE)),
    ),
    Shift("Rotation", "degrees", turned, (0, 15, 30, 45, 60), (0, math.degrees(ROTATION))),
    Shift("Dirt", "share of pixels inked", sprinkled, (0.0, 0.04, 0.08, 0.12, 0.16, 0.2), (0.0, 0.0)),
)

Curves = dict[str, list[Accuracy]]
"""By algorithm, an accuracy for each amount."""


def curves(shift: Shift, taking_part: Contest, folder: Path, episodes: int, bar: tqdm[None]) -> Curves:
    found: Curves = {name: [] for name in taking_part.learners}
    for amount in shift.amounts:
        change = partial(shift.change, amount)
        samplers = {}
        for takes in taking_part.kinds:
            source = unseen_characters(folder, taking_part.encoder(takes), change)
            features = taking_part.to_features(takes)
            samplers[takes] = EpisodeSampler(source, features, WAY, SHOT, QUERY)
        for name, learner in taking_part.learners.items():
            bar.set_description(f"{shift.title} {amount:g}, {name}")
            sampler = samplers[learner.takes(taking_part.backbone)]
            with one_thread():
                found[name].append(evaluate(learner, sampler.episodes(episodes, SEED)).accuracy)
            bar.update()
    return found


def panel(shift: Shift, found: Curves) -> Panel:
    lines = {name: tuple(100 * accuracy.mean for accuracy in row) for name, row in found.items()}
    return Panel(shift.title, shift.amount, shift.amounts, lines, shift.familiar)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help=f"with {FILE}")
    parser.add_argument("--episodes", type=int, default=300, metavar="N", help="default: %(default)s")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="write the curves there")
    add_arguments(parser)
    options = parser.parse_args()
    taking_part = chosen(options, REPRESENTATIVES)
    total = len(taking_part.learners) * sum(len(shift.amounts) for shift in SHIFTS)
    with tqdm(total=total, disable=None, leave=False) as bar:
        found = {shift: curves(shift, taking_part, options.data, options.episodes, bar) for shift in SHIFTS}

    if options.svg:
        panels = [panel(shift, rows) for shift, rows in found.items()]
        title = f"{WAY}-way {SHOT}-shot on characters drawn as in no training; shaded: what training saw"
        options.svg.write_text(line_chart(title, "accuracy %", panels), encoding="utf-8")
    facts = circumstances() | {"backbone": taking_part.backbone.title, "episodes": f"{options.episodes:,}"}
    if options.json:
        print(json.dumps({"circumstances": facts, **as_json(found), "absent": taking_part.absent}, indent=2))
        return
    print_circumstances(facts)
    for shift, rows in found.items():
        print()
        cells = [
            [name, *(f"{100 * a.mean:.1f} ± {100 * a.interval:.1f}" for a in row)]
            for name, row in rows.items()
        ]
        print_table([f"accuracy %, {shift.amount}", *(f"{amount:g}" for amount in shift.amounts)], cells)
    if taking_part.absent:
        print("\n".join(["", *taking_part.absent]))


def as_json(found: Mapping[Shift, Curves]) -> dict[str, object]:
    return {
        shift.title.lower(): {
            "amounts": shift.amounts,
            "accuracies": {name: [asdict(accuracy) for accuracy in row] for name, row in rows.items()},
        }
        for shift, rows in found.items()
    }


if __name__ == "__main__":
    set_up_process()
    main()
