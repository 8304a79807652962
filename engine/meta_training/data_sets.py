"""What a meta-training learns from, as a stream of pictures with their classes, none of them decoded yet."""

from __future__ import annotations

import threading
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.errors import FewshotError
from engine.generators import run_to_end
from engine.images import SkippedFile, content_hash, decode, find_classes, read_picture
from engine.images.archive import about_code_page, contents, open_archive, read_member
from engine.images.skipped import summary
from engine.messages import Message
from engine.meta_training.class_sources import SyntheticCharacters
from engine.meta_training.glyphs import read_glyphs
from engine.meta_training.training_config import LabeledPictures

SYNTHETIC = "synthetic"
"""The name of the data set that needs no file: invented characters."""

SYNTHETIC_CLASSES = 2000
SYNTHETIC_EXAMPLES = 20
SYNTHETIC_SIZE = 105


@dataclass(frozen=True)
class Content:
    """What a picture is: `digest` names its bytes, `picture` decodes it, and until then it holds `size` bytes
    of memory."""

    digest: bytes
    picture: Callable[[], Image.Image]
    size: int = 0


@dataclass(frozen=True)
class DataSetItem:
    """A picture of a class that is still to be read. `read` and what it gives raise
    `UnreadablePictureError`."""

    class_name: str
    read: Callable[[], Content]


DataSetItems: TypeAlias = Generator[DataSetItem, None, Sequence[Message] | None]
"""Returns sentences about what was left out, if there are any."""


@dataclass(frozen=True)
class DataSet:
    """A set of classes, called `name`. `members(at_least)` streams its pictures class by class.

    JPEGs are decoded no larger than it takes to leave their shorter side `at_least` pixels. Where
    `rotations_make_classes`, a meta-training of characters counts a class in each of its four turns as a
    class.
    """

    name: str
    members: Callable[[int], DataSetItems]
    rotations_make_classes: bool


def data_sets(whats: Sequence[str | LabeledPictures], synthetic_seed: int) -> list[DataSet]:
    """The data sets that `whats` name or are, each under a name of its own.

    Raises `FewshotError` where there is nothing of a name, and where one is given twice.
    """
    found = [data_set(what, synthetic_seed) for what in whats]
    names = Counter(data.name for data in found)
    distinct = [
        data if names[data.name] == 1 else replace(data, name=_in_full(what))
        for what, data in zip(whats, found, strict=True)
    ]
    for name, times in Counter(data.name for data in distinct).items():
        if times > 1:
            raise FewshotError("The data set {name} is given {n} times; give it once.", name=name, n=times)
    return distinct


def data_set(what: str | LabeledPictures, synthetic_seed: int) -> DataSet:
    """The data set that `what` names or is; it is opened when its members are asked for.

    Labelled pictures; a folder, or a zip, with a folder of pictures for each class; a `.npz` file of
    glyphs, or a folder of them; or the word `synthetic`, invented characters of which each seed has its
    own. Raises `FewshotError` where there is nothing of that name.
    """
    if isinstance(what, LabeledPictures):
        return DataSet(what.name, partial(_labelled, what), rotations_make_classes=True)
    if what == SYNTHETIC:
        return DataSet(SYNTHETIC, lambda at_least: _synthetic(synthetic_seed), rotations_make_classes=False)
    path = Path(what)
    if not path.exists():
        raise FewshotError(
            "There is no data set {path}; give a folder or a zip of classes, or the word {word}.",
            path=path,
            word=SYNTHETIC,
        )
    name = path.resolve().name
    if path.suffix == ".npz" or any(path.glob("*.npz")):
        files = sorted(path.glob("*.npz")) or [path]
        return DataSet(name, lambda at_least: _glyphs(files), rotations_make_classes=False)
    return DataSet(name, partial(_folder if path.is_dir() else _zip, path), rotations_make_classes=True)


def _in_full(what: str | LabeledPictures) -> str:
    return what if isinstance(what, str) else f"{what.name} (labelled)"


def _folder(folder: Path, at_least: int) -> DataSetItems:
    skipped: list[SkippedFile] = []
    yield from _files(find_classes(folder, skipped), at_least)
    return [summary(skipped)] if skipped else []


def _labelled(what: LabeledPictures, at_least: int) -> DataSetItems:
    yield from _files({name: [*map(Path, paths)] for name, paths in what.classes.items()}, at_least)
    return None


def _files(classes: Mapping[str, Sequence[Path]], at_least: int) -> Generator[DataSetItem, None, None]:
    for name, files in sorted(classes.items()):
        for file in sorted(files):
            yield DataSetItem(name, partial(_file_content, file, at_least))


def _file_content(file: Path, at_least: int) -> Content:
    data = read_picture(file)
    return Content(content_hash(data), partial(decode, data, file, at_least), len(data))


def _zip(path: Path, at_least: int) -> DataSetItems:
    """The folder below what all pictures have in common is the class, as in the unpacked folder."""
    with open_archive(path) as archive:
        found = run_to_end(contents(archive, path))
        classes = [
            (unicodedata.normalize("NFC", member.place.parts[0]), member.name, member.info)
            for member in found.members
            if len(member.place.parts) > 1
        ]
        for class_name, name, info in sorted(classes, key=lambda entry: entry[:2]):
            yield DataSetItem(class_name, partial(_zipped_content, archive, info, path / name, at_least))
    notices = [about_code_page(path, found.code_page)] if found.code_page else []
    return notices + ([summary(found.skipped)] if found.skipped else [])


def _zipped_content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, where: Path, at_least: int) -> Content:
    data = read_member(archive, info, where)
    return Content(content_hash(data), partial(decode, data, where, at_least), len(data))


def _glyphs(paths: list[Path]) -> Generator[DataSetItem, None, None]:
    for path in paths:
        for name, glyphs in read_glyphs(path):
            for glyph in glyphs:
                yield DataSetItem(name, partial(_array_content, np.ascontiguousarray(glyph)))


def _array_content(pixels: NDArray[np.uint8]) -> Content:
    digest = content_hash(repr(pixels.shape).encode() + pixels.tobytes())
    return Content(digest, lambda: Image.fromarray(pixels))


def _synthetic(seed: int) -> Generator[DataSetItem, None, None]:
    source = SyntheticCharacters(seed, SYNTHETIC_SIZE)
    # A class is drawn only if its pictures are not known; what the first one looks like is part of the
    # name of all, so that a change of the drawing is noticed.
    look = content_hash(_SyntheticClass(source, 0).examples().tobytes())
    for index in range(SYNTHETIC_CLASSES):
        drawn = _SyntheticClass(source, index)
        for example in range(SYNTHETIC_EXAMPLES):
            digest = content_hash(look + repr((seed, index, example)).encode())
            content = Content(digest, partial(drawn.picture, example))
            yield DataSetItem(str(index), lambda content=content: content)  # type: ignore[misc]


class _SyntheticClass:
    """Examples of an invented character, drawn together when the first is asked for, on any thread."""

    def __init__(self, source: SyntheticCharacters, index: int) -> None:
        self._source, self._index = source, index
        self._drawing = threading.Lock()
        self._examples: NDArray[np.uint8] | None = None

    def examples(self) -> NDArray[np.uint8]:
        with self._drawing:
            if self._examples is None:
                rng = np.random.default_rng((self._source.seed, self._index))
                self._examples = self._source.draw(self._index, SYNTHETIC_EXAMPLES, rng)
            return self._examples

    def picture(self, example: int) -> Image.Image:
        return Image.fromarray(self.examples()[example])
