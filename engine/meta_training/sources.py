"""Where the classes of meta-training episodes come from.

Every source gives grey uint8 pictures [n, size, size], dark ink on white paper, and says which of
its classes may stand beside each other in one episode. A source's answers depend on its arguments
alone, so that a training run which is resumed sees the same episodes as one never interrupted.
"""

from __future__ import annotations

import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.errors import FewshotError
from engine.images import PICTURE_SUFFIXES, decode, find_classes, read_picture
from engine.meta_training.characters import Variation, character, draw_examples

Pictures = NDArray[np.uint8]


class Source(Protocol):
    """An endless or finite stock of classes."""

    @property
    def class_count(self) -> int | None:
        """The most classes an episode can have; None is no limit."""

    def choose(self, way: int, rng: np.random.Generator) -> list[int]:
        """`way` different classes that may meet in an episode, as indices for `draw`."""

    def draw(self, class_index: int, count: int, rng: np.random.Generator) -> Pictures:
        """`count` different pictures of a class, in random order."""


TRAINING_SEED, VALIDATION_SEED, DEMO_SEED = range(3)
"""Seeds of `SyntheticCharacters`: what the demo shows, no checkpoint has met."""


class SyntheticCharacters:
    """Endless classes of invented characters, every picture drawn anew.

    Classes of different seeds never meet, so another seed is a fair validation set.
    """

    class_count = None

    def __init__(self, seed: int = 0, size: int = 28, variation: Variation = Variation()) -> None:  # noqa: B008
        self.seed = seed
        self.size = size
        self.variation = variation

    def choose(self, way: int, rng: np.random.Generator) -> list[int]:
        return _distinct(2**31, way, rng)

    def draw(self, class_index: int, count: int, rng: np.random.Generator) -> Pictures:
        return draw_examples(
            character((self.seed << 32) + class_index), count, rng, self.size, self.variation
        )


class Remembered:
    """The first `classes` classes of a slow source with `examples` pictures each, drawn once.

    A class is drawn when it is first asked for, from a generator of its own: what a class looks
    like does not depend on when that happens. Holds `classes * examples * size**2` bytes at most.
    """

    def __init__(self, source: Source, classes: int = 10_000, examples: int = 20, seed: int = 0) -> None:
        self.class_count = classes
        self._source = source
        self._examples = examples
        self._seed = seed
        self._pictures: dict[int, Pictures] = {}

    def choose(self, way: int, rng: np.random.Generator) -> list[int]:
        return _distinct(self.class_count, way, rng)

    def draw(self, class_index: int, count: int, rng: np.random.Generator) -> Pictures:
        if class_index not in self._pictures:
            own = np.random.default_rng((self._seed, class_index))
            self._pictures[class_index] = self._source.draw(class_index, self._examples, own)
        return _some(self._pictures[class_index], count, rng, f"remembered class {class_index}")


class PictureClasses:
    """Classes held in memory, one array [n, size, size] each.

    With `turns=4` every class is also there turned by 90, 180 and 270 degrees, the usual way to
    make more classes of Omniglot. A class and its own turns never meet: many characters look the
    same when turned.
    """

    def __init__(self, names: Sequence[str], pictures: Sequence[Pictures], turns: int = 1) -> None:
        self.names = tuple(names)
        self.pictures = tuple(pictures)
        self.turns = turns
        self.class_count = len(self.names)

    def choose(self, way: int, rng: np.random.Generator) -> list[int]:
        upright = _distinct(self.class_count, way, rng)
        return [
            index * self.turns + int(turn)
            for index, turn in zip(upright, rng.integers(self.turns, size=way), strict=True)
        ]

    def draw(self, class_index: int, count: int, rng: np.random.Generator) -> Pictures:
        index, turn = divmod(class_index, self.turns)
        chosen = _some(self.pictures[index], count, rng, f"class {self.names[index]}")
        return np.ascontiguousarray(np.rot90(chosen, turn, axes=(1, 2)))

    def split(self, share: float, seed: int) -> tuple[PictureClasses, PictureClasses]:
        """Two sources without a common class; the second has about `share` of the classes."""
        order = np.random.default_rng(seed).permutation(len(self.names))
        cut = round(len(order) * (1 - share))
        first, second = (
            PictureClasses([self.names[i] for i in part], [self.pictures[i] for i in part], self.turns)
            for part in (np.sort(order[:cut]), np.sort(order[cut:]))
        )
        return first, second


class Mixture:
    """Several sources; each episode takes all its classes from one of them, picked by weight."""

    def __init__(self, sources: Sequence[Source], weights: Sequence[float]) -> None:
        self._sources = tuple(sources)
        self._chances = np.asarray(weights, np.float64) / sum(weights)
        self.class_count = min((s.class_count for s in sources if s.class_count is not None), default=None)

    def choose(self, way: int, rng: np.random.Generator) -> list[int]:
        which = int(rng.choice(len(self._sources), p=self._chances))
        return [index * len(self._sources) + which for index in self._sources[which].choose(way, rng)]

    def draw(self, class_index: int, count: int, rng: np.random.Generator) -> Pictures:
        index, which = divmod(class_index, len(self._sources))
        return self._sources[which].draw(index, count, rng)


def sample_episode_arrays(
    source: Source, way: int, shots_per_class: int, query_per_class: int, rng: np.random.Generator
) -> tuple[Pictures, NDArray[np.int64], Pictures, NDArray[np.int64]]:
    """One episode: support pictures and labels, query pictures and labels.

    Pictures are [way * per_class, size, size], grouped by class; labels are 0..way-1. No picture
    is in both halves. Raises `FewshotError` where the source has too few classes or pictures.
    """
    drawn = [source.draw(index, shots_per_class + query_per_class, rng) for index in source.choose(way, rng)]
    labels = np.arange(way, dtype=np.int64)
    return (
        np.concatenate([pictures[:shots_per_class] for pictures in drawn]),
        labels.repeat(shots_per_class),
        np.concatenate([pictures[shots_per_class:] for pictures in drawn]),
        labels.repeat(query_per_class),
    )


# --- reading ----------------------------------------------------------------------------------

# Letters that people or typefaces draw alike: telling them apart cannot be learnt from a picture.
# Of each group only the first is used.
LOOK_ALIKES = (
    "0OoΟοσОо", "1Ilι", "3ЗзЭэ", "6бbЬьЪъ", "9gq", "AΑА", "aαа", "BΒВвβ", "CcСсς", "EΕЕ", "eеε",
    "ΓГгr", "HΗНн", "Ии", "Йй", "KkΚКкκ", "MΜМм", "NΝ", "nηΠπПп", "PpΡРрρ", "Ss5", "TtΤТтτ", "UuυЦцμ",
    "Vvν", "WwωШшЩщ", "XxΧχХх", "YyΥУуγ", "Zz2Ζ", "ΔДд", "Θθ", "ΦφФф", "Ψψ", "ΛЛлλ", "Ξξ", "Жж", "Чч",
    "Юю", "Яя", "Ыы",
    "ぁあ", "ぃい", "ぅう", "ぇえ", "ぉお", "っつ", "ゃや", "ゅゆ", "ょよ", "ゎわ", "ゕか",
    "ァア", "ィイ", "ゥウ", "ェエ工", "ォオ", "ッツ", "ャヤ", "ュユ", "ョヨ", "ヮワ", "ヵカ力", "ヶケ",
    "りリ", "へヘ", "べベ", "ぺペ", "タ夕", "チ千", "ト卜", "ニ二", "ハ八", "ロ口",
)  # fmt: skip


def read_glyphs(paths: Sequence[Path], size: int = 28, min_fonts: int = 10) -> PictureClasses:
    """Glyph arrays: `.npz` files with `images` [n, h, w] uint8, dark on white, and `codepoint` [n].

    A class is a character drawn by at least `min_fonts` typefaces; of the groups in `LOOK_ALIKES`
    only the first character is used. Raises `FewshotError` for unusable files.
    """
    left_out = {ord(letter) for group in LOOK_ALIKES for letter in group[1:]}
    names, pictures = [], []
    for path in paths:
        try:
            with np.load(path, allow_pickle=False) as arrays:
                images, codepoints = arrays["images"], arrays["codepoint"]
        except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
            raise FewshotError(f"{path} could not be read as glyph arrays ({error}).") from error
        if images.dtype != np.uint8 or images.ndim != 3 or codepoints.shape != images.shape[:1]:
            raise FewshotError(f"{path} needs `images` [n, h, w] of type uint8 and `codepoint` [n].")
        for codepoint in np.unique(codepoints):
            glyphs = images[codepoints == codepoint]
            if codepoint not in left_out and len(glyphs) >= min_fonts:
                names.append(chr(codepoint))
                pictures.append(np.stack([_grey(Image.fromarray(glyph), size) for glyph in glyphs]))
    return PictureClasses(names, pictures)


def read_class_folders(
    path: Path,
    size: int = 28,
    include: Callable[[str], bool] = lambda name: True,
    turns: int = 1,
) -> PictureClasses:
    """A folder, or a zip, that holds one folder of pictures a class.

    Pictures of a class whose name `include` refuses are not even read. Raises `FewshotError` for
    a missing folder and for a broken picture, naming it.
    """
    members = _folder_members if path.is_dir() else _zip_members
    classes: dict[str, list[Pictures]] = defaultdict(list)
    for name, picture in members(path, include):
        classes[name].append(_grey(picture, size))
    if not classes:
        raise FewshotError(f"{path} has no pictures to learn from. Give one that has a folder a class.")
    return PictureClasses(list(classes), [np.stack(pictures) for pictures in classes.values()], turns)


def _folder_members(folder: Path, include: Callable[[str], bool]) -> Iterator[tuple[str, Image.Image]]:
    for name, files in find_classes(folder).items():
        if include(name):
            for file in files:
                yield name, decode(read_picture(file), file)


def _zip_members(path: Path, include: Callable[[str], bool]) -> Iterator[tuple[str, Image.Image]]:
    try:
        with zipfile.ZipFile(path) as archive:
            for member in sorted(archive.namelist()):
                folder = PurePosixPath(member).parent.name
                if folder and member.lower().endswith(PICTURE_SUFFIXES) and include(folder):
                    yield folder, decode(archive.read(member), path / member)
    except (OSError, zipfile.BadZipFile) as error:
        raise FewshotError(f"{path} could not be read as a zip of classes ({error}).") from error


def _grey(picture: Image.Image, size: int) -> Pictures:
    """Grey [size, size]; thin strokes are averaged into the smaller picture, never skipped."""
    return np.asarray(picture.convert("L").resize((size, size), Image.Resampling.LANCZOS), np.uint8)


def _distinct(available: int, count: int, rng: np.random.Generator) -> list[int]:
    """`count` different integers below `available`, without listing them all."""
    if count > available:
        raise FewshotError(f"An episode of {count} classes was asked of a source that has {available}.")
    chosen: dict[int, None] = {}
    while len(chosen) < count:
        chosen[int(rng.integers(available))] = None
    return list(chosen)


def _some(pictures: Pictures, count: int, rng: np.random.Generator, what: str) -> Pictures:
    if count > len(pictures):
        raise FewshotError(f"An episode needs {count} pictures a class, but {what} has {len(pictures)}.")
    return pictures[rng.permutation(len(pictures))[:count]]
