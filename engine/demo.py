"""The bundled demos: six letters of an invented script, or six surfaces; examples, and pictures to label.

Their pictures are made by our own generators when they are first wanted, so nothing is downloaded and
nobody's data is shipped. No torch, no Qt.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from pathlib import Path

import numpy as np
from PIL import Image

from engine import demo_surfaces
from engine.errors import FewshotError, reason_of
from engine.files import write_atomically
from engine.meta_training.class_sources import DEMO_SEED, SyntheticCharacters
from engine.workspace import Workspace, commands

_LETTERS = {"arka": 10, "belo": 11, "cimu": 12, "dova": 23, "esti": 40, "fenn": 44}
_SIZE = 105
_TO_LABEL, _AS_EXAMPLE = 0, 1  # two streams of random numbers, so that no picture is in both


@dataclass(frozen=True)
class DemoPictures:
    """What a demo consists of. `examples` has their number by class, `count` is that of the others.

    `draw` makes the file of a picture from its class, one of two streams of random numbers, and its number.
    """

    examples: dict[str, int]
    count: int
    suffix: str
    draw: Callable[[str, int, int], bytes]


def _png(letter: str, stream: int, number: int) -> bytes:
    index = _LETTERS[letter]
    source = SyntheticCharacters(DEMO_SEED, _SIZE)
    picture = source.draw(index, 1, np.random.default_rng((index, stream, number)))[0]
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()


_UNEQUAL = (4, 4, 4, 4, 4, 2)
"""The numbers of examples: unequal, as in life."""
LETTERS = DemoPictures(dict(zip(_LETTERS, _UNEQUAL, strict=True)), 120, ".png", _png)
SURFACES = DemoPictures(
    dict(zip(demo_surfaces.SURFACES, _UNEQUAL, strict=True)), 90, ".jpg", demo_surfaces.surface_jpeg
)


@dataclass(frozen=True)
class Demo:
    """The demo on disk. `truth` has the class of each picture by its file name."""

    folder: Path
    examples: dict[str, list[Path]]
    pictures: list[Path]
    truth: dict[str, str]


def write_demo(folder: Path, kind: DemoPictures = LETTERS) -> Demo:
    """Write what is missing of a demo into `folder`, creating it; always the same pictures.

    `examples/CLASS/NN.png` are the examples, `pictures/NNN.png` the pictures to label, and
    `truth.csv` (columns `image,label`) the right answers. Files that are already there are left
    alone; each new one appears complete or not at all, so that an interrupted first start is
    finished by the next. Raises `FewshotError` if the folder cannot be written.
    """
    examples = {
        name: [folder / "examples" / name / f"{number:02}{kind.suffix}" for number in range(1, count + 1)]
        for name, count in kind.examples.items()
    }
    pictures = [folder / "pictures" / f"{number:03}{kind.suffix}" for number in range(1, kind.count + 1)]
    # Each class as often; no random order, which another NumPy might draw otherwise than the files say.
    truth = {path.name: name for path, name in zip(pictures, cycle(kind.examples), strict=False)}

    try:
        for name, paths in examples.items():
            for number, path in enumerate(paths):
                _complete(path, partial(kind.draw, name, _AS_EXAMPLE, number))
        for number, path in enumerate(pictures):
            _complete(path, partial(kind.draw, truth[path.name], _TO_LABEL, number))
        _complete(folder / "truth.csv", partial(_table, truth))
    except OSError as error:
        raise FewshotError(
            "The demo could not be written to {path}: {reason}.", path=folder, reason=reason_of(error)
        ) from error
    return Demo(folder, examples, pictures, truth)


def write_demo_project(folder: Path, kind: DemoPictures = LETTERS) -> Path:
    """A demo as a project, `demo.fewshot` in `folder`; what was done in it before is kept.

    It appears complete or not at all. Raises `FewshotError` if it cannot be written.
    """
    demo = write_demo(folder, kind)
    path = folder / "demo.fewshot"
    if path.exists():
        return path
    begun = folder / "unfinished demo.fewshot"
    try:
        for left_over in folder.glob(f"{begun.name}*"):  # and what SQLite has put beside it
            left_over.unlink()
        with Workspace.create(begun) as workspace:
            workspace.apply(commands.AddClassFolders(demo.examples))
            workspace.apply(commands.AddPictures(demo.pictures))
        begun.replace(path)
    except OSError as error:
        raise FewshotError(
            "The demo could not be written to {path}: {reason}.", path=folder, reason=reason_of(error)
        ) from error
    return path


def _complete(path: Path, content: Callable[[], bytes]) -> None:
    """Write a file unless it is there."""
    if not path.exists():
        write_atomically(path, content())


def _table(truth: dict[str, str]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([("image", "label"), *truth.items()])
    return text.getvalue().encode()
