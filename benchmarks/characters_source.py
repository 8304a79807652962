"""How fast invented characters are drawn, on one core: `python benchmarks/characters_source.py [--json]`.

Beside us, the plain way to draw the same strokes: Pillow's `ImageDraw.line` on a canvas four times
as large, reduced by averaging, one picture after another, moved and slanted but without tremor and
warp.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from engine.meta_training.characters import Character, Variation, character, draw_examples
from engine.process import set_up_process

Draw = Callable[[Character, int, np.random.Generator, int], object]

CLASSES = 100
EXAMPLES = 20
SIZES = (28, 105)
REPEATS = 3


def draw_plainly(
    program: Character, count: int, rng: np.random.Generator, size: int
) -> list[NDArray[np.uint8]]:
    """`count` grey pictures of the class, drawn with Pillow."""
    variation, large = Variation(), 4 * size
    pictures = []
    for _ in range(count):
        scale, shear = rng.uniform(*variation.scale) * large, rng.uniform(*variation.shear)
        centre = large * (0.5 + rng.uniform(*variation.shift, size=2))
        width = max(1, round(rng.uniform(*variation.pen) * large))
        page = Image.new("L", (large, large), 255)
        pen = ImageDraw.Draw(page)
        for stroke in program.strokes:
            path = stroke @ np.array([[scale, 0], [-shear * scale, scale]]) + centre
            pen.line(path.ravel().tolist(), fill=0, width=width, joint="curve")
        pictures.append(np.asarray(page.reduce(4)))
    return pictures


def draw_all(draw: Draw, programs: list[Character], count: int, rng: np.random.Generator, size: int) -> None:
    for program in programs:
        draw(program, count, rng, size)


def rate(work: Callable[[], object], count: int) -> float:
    """Items a second of processor time, the best of a few runs."""
    best = float("inf")
    for _ in range(REPEATS):
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return count / best


def measure() -> dict[str, float]:
    rng = np.random.default_rng(0)
    programs = [character(seed) for seed in range(CLASSES)]

    def invent() -> None:
        for seed in range(CLASSES):
            character(seed)

    rates = {"classes invented": rate(invent, CLASSES)}
    for size in SIZES:
        ways: dict[str, tuple[Draw, int]] = {
            f"{EXAMPLES} of a class": (draw_examples, EXAMPLES),
            "1 of a class": (draw_examples, 1),
            "plain Pillow": (draw_plainly, EXAMPLES),
        }
        for name, (draw, count) in ways.items():
            work = partial(draw_all, draw, programs, count, rng, size)
            rates[f"pictures {size}x{size}, {name}"] = rate(work, len(programs) * count)
    return rates


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the numbers for a machine to read")
    options = parser.parse_args()
    rates = {name: round(value) for name, value in measure().items()}
    if options.json:
        print(json.dumps({"per_second_per_core": rates}))
    else:
        print(f"{'':36}{'a second and core':>18}")
        for name, value in rates.items():
            print(f"{name:36}{value:>18,}")


if __name__ == "__main__":
    set_up_process()
    main()
