"""Data sets become classes in memory: the pictures they promise, nothing broken, nothing twice."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from engine.backbones.base import Backbone
from engine.embeddings.cache import EmbeddingCache
from engine.embeddings.encoders import Encoder, OutOfMemoryError
from engine.embeddings.features import encoder_for
from engine.errors import FewshotError
from engine.images import archive as archive_module
from engine.meta_training import class_reader as reading_module
from engine.meta_training import data_sets as data_sets_module
from engine.meta_training import glyphs as glyphs_module
from engine.meta_training.class_reader import read_classes
from engine.meta_training.class_sources import PictureClasses
from engine.meta_training.data_sets import data_set, data_sets
from engine.meta_training.glyphs import LOOK_ALIKES, read_glyphs
from engine.meta_training.training_events import Notice, ReadingData
from tests.engine import tiny_backbone
from tests.engine.picture_sets import character_zip, characters, glyph_file
from tests.zip_files import Entry, zipped

CPU = torch.device("cpu")


@pytest.fixture
def backbone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Backbone:
    return tiny_backbone.install(tmp_path, monkeypatch)


class Reader:
    """Reads data sets, and keeps what was told."""

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self.encoder, self.folder = encoder, folder
        self.notices: list[str] = []
        self.encoded = 0

    def __call__(self, what: Path | str, **options: Any) -> PictureClasses:
        with EmbeddingCache(self.folder, self) as cache:
            events = read_classes(data_set(str(what), synthetic_seed=0), self, cache, **options)
            while True:
                try:
                    event = next(events)
                except StopIteration as stop:
                    classes: PictureClasses = stop.value
                    return classes
                assert isinstance(event, ReadingData | Notice)
                if isinstance(event, Notice):
                    self.notices.append(str(event.message))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.encoder, name)

    def encode(self, pixels: NDArray[np.uint8]) -> NDArray[np.generic]:
        self.encoded += len(pixels)
        return self.encoder.encode(pixels)


@pytest.fixture
def pixels(backbone: Backbone, tmp_path: Path) -> Reader:
    return Reader(encoder_for("images", backbone, CPU), tmp_path / "cache")


@pytest.fixture
def embeddings(backbone: Backbone, tmp_path: Path) -> Reader:
    return Reader(encoder_for("embeddings", backbone, CPU), tmp_path / "cache")


def assert_same(one: PictureClasses, other: PictureClasses) -> None:
    assert one.names == other.names
    for ours, theirs in zip(one.pictures, other.pictures, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_folder_and_its_zip_hold_the_same_classes_in_the_same_order(tmp_path: Path, pixels: Reader) -> None:
    path = tmp_path / "classes.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("c10", "c9", "кошка"):
            for number in (10, 9, 1):
                archive.writestr(f"set/{name}/deep/{number}.png", characters(name, 3)[number % 3])
        archive.writestr("set/README.txt", "not a picture")
        archive.writestr("set/loose.png", characters("a", 1)[0])
        archive.writestr("__MACOSX/set/c9/._1.png", b"not a picture either")
        archive.extractall(tmp_path)
    zipped, unpacked = pixels(path), pixels(tmp_path / "set")
    assert zipped.names == ("c10", "c9", "кошка")
    assert [array.shape for array in zipped.pictures] == [(3, 12, 12, 1)] * 3
    assert_same(zipped, unpacked)
    assert pixels.notices == []


def test_pictures_come_as_the_backbone_takes_them(
    tmp_path: Path, pixels: Reader, embeddings: Reader, backbone: Backbone
) -> None:
    path = character_zip(tmp_path / "classes.zip", {"a": 2})
    (tmp_path / "one.png").write_bytes(characters("a", 2)[1])
    expected = backbone.preprocessing.apply(Image.open(tmp_path / "one.png").convert("RGB"))
    np.testing.assert_array_equal(pixels(path).pictures[0][1], expected)
    with torch.no_grad():
        embedded = backbone.network()(backbone.normalize(torch.from_numpy(expected.copy())[None]))[0]
    found = embeddings(path).pictures[0]
    assert found.dtype == np.float16
    np.testing.assert_allclose(found[1], embedded, atol=0.01)


def test_turns_make_classes_of_pictures_but_not_of_invented_characters_and_glyphs(tmp_path: Path) -> None:
    pictures = character_zip(tmp_path / "one.zip", {"a": 2})
    glyphs = glyph_file(tmp_path / "glyphs.npz", "ab", 2)
    asked = [str(pictures), str(glyphs), "synthetic"]
    assert [data.rotations_make_classes for data in data_sets(asked, synthetic_seed=0)] == [
        True,
        False,
        False,
    ]


def test_turned_classes_stand_beside_the_upright_one(
    tmp_path: Path, pixels: Reader, embeddings: Reader
) -> None:
    path = character_zip(tmp_path / "classes.zip", {"a": 2, "b": 3})
    turned = pixels(path, rotations=4)
    assert (turned.names, turned.rotations, len(turned.pictures)) == (("a", "b"), 4, 8)
    for turn in range(4):
        expected = np.rot90(turned.pictures[4], turn, axes=(1, 2)).astype(int)
        np.testing.assert_allclose(turned.pictures[4 + turn].astype(int), expected, atol=1)
    assert_same(PictureClasses(turned.names, turned.pictures[::4]), pixels(path))
    assert not np.array_equal(
        embeddings(path, rotations=4).pictures[0], embeddings(path, rotations=4).pictures[1]
    )


def test_a_second_reading_computes_nothing_and_gives_the_same(tmp_path: Path, embeddings: Reader) -> None:
    path = character_zip(tmp_path / "classes.zip", {"a": 70, "b": 70})
    first = embeddings(path, rotations=4)
    assert embeddings.encoded == 4 * 140
    path.rename(tmp_path / "moved.zip")
    assert_same(embeddings(tmp_path / "moved.zip", rotations=4), first)
    assert embeddings.encoded == 4 * 140


def test_pictures_of_classes_that_are_not_wanted_are_not_even_read(tmp_path: Path, pixels: Reader) -> None:
    path = tmp_path / "classes.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("wanted/1.png", characters("a", 1)[0])
        archive.writestr("other/1.png", b"broken")
    assert pixels(path, include=lambda name: name == "wanted").names == ("wanted",)
    assert pixels.notices == []


def test_broken_pictures_are_left_out_and_counted_in_one_notice(tmp_path: Path, pixels: Reader) -> None:
    path = tmp_path / "classes.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("a", "b"):
            for number, content in enumerate(characters(name, 4)):
                archive.writestr(f"{name}/{number}.png", content if number != 1 else content[:60])
        archive.writestr("c/0.png", b"all of this class is broken")
        archive.writestr("d/0.png", characters("d", 1)[0])
        packed = archive.getinfo("d/0.png")
    content = bytearray(path.read_bytes())
    content[packed.header_offset + 40 + 5] ^= 0xFF
    path.write_bytes(content)
    found = pixels(path, rotations=4)
    assert found.names == ("a", "b")
    assert {len(array) for array in found.pictures} == {3}
    (notice,) = pixels.notices
    assert notice.startswith(
        "4 of 10 pictures in classes.zip could not be read and were left out; the first is "
    )
    assert notice.endswith("1.png (truncated).")


def test_a_folder_without_classes_is_refused(tmp_path: Path, pixels: Reader) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(FewshotError, match="data set empty has no readable picture"):
        pixels(tmp_path / "empty")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.zip", b"", "zip archive"),
        ("cut.zip", b"PK\x03\x04 and no more", "zip archive"),
        ("missing.zip", None, "no data set"),
        ("not.npz", b"no arrays", "glyph arrays"),
        ("cut.npz", b"PK\x03\x04 and no more", "glyph arrays"),
    ],
)
def test_a_file_that_is_no_data_set_is_named_in_a_sentence(
    tmp_path: Path, pixels: Reader, name: str, content: bytes | None, sentence: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(FewshotError, match=sentence) as raised:
        pixels(tmp_path / name)
    assert name in str(raised.value)
    assert "\n" not in str(raised.value)


def test_an_encrypted_zip_is_told_picture_by_picture(tmp_path: Path, pixels: Reader) -> None:
    path = character_zip(tmp_path / "locked.zip", {"a": 1})
    content = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    path.write_bytes(content)
    with pytest.raises(FewshotError, match="no readable picture"):
        pixels(path)
    assert pixels.notices == ["a/00.png was left out: locked with a password."]


def test_sets_of_the_same_name_are_told_apart(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder / "train").mkdir(parents=True)
    whats = [str(tmp_path / "a" / "train"), str(tmp_path / "b" / "train"), "synthetic"]
    assert [data.name for data in data_sets(whats, 0)] == [*whats[:2], "synthetic"]


def test_a_set_that_is_given_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "train").mkdir()
    with pytest.raises(FewshotError, match="train is given 2 times; give it once"):
        data_sets([str(tmp_path / "train"), "synthetic", str(tmp_path / "train")], 0)


def test_a_device_that_runs_out_of_memory_is_replaced(
    tmp_path: Path, embeddings: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, relief = character_zip(tmp_path / "classes.zip", {"a": 3}), embeddings.encoder

    def full(pixels: NDArray[np.uint8]) -> NDArray[np.generic]:
        raise OutOfMemoryError

    monkeypatch.setattr(embeddings, "encode", full)
    monkeypatch.setattr(type(relief), "with_less_memory", lambda self: (self, "smaller"))
    assert len(embeddings(path).pictures[0]) == 3


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such files")
@pytest.mark.parametrize("name", ["set.zip", "set.npz"])
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, pixels: Reader, name: str) -> None:
    os.mkfifo(tmp_path / name)
    (tmp_path / f"device-{name}").symlink_to("/dev/zero")
    for place in (name, f"device-{name}"):
        with pytest.raises(FewshotError, match=f"{place} is a folder, a pipe or a device; give a file"):
            pixels(tmp_path / place)


def test_a_flood_is_refused_before_any_of_it_is_read(
    tmp_path: Path, pixels: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_module, "ALWAYS_ALLOWED", 1000)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/zeros.bmp", bytes(2**20))
    with pytest.raises(FewshotError, match="far more than pictures do"):
        pixels(tmp_path / "bomb.zip")


def test_no_more_than_some_bytes_of_pictures_are_held_at_once(
    tmp_path: Path, pixels: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_module, "BATCH_BYTES", 1)
    held: list[int] = []
    features = reading_module._features
    monkeypatch.setattr(
        reading_module,
        "_features",
        lambda contents, *more: (held.append(len(contents)), features(contents, *more))[1],
    )
    assert pixels(character_zip(tmp_path / "set.zip", {"a": 2, "b": 2})).names == ("a", "b")
    assert held == [1, 1, 1, 1]


def test_what_is_left_out_of_a_data_set_is_told(tmp_path: Path, pixels: Reader) -> None:
    path = character_zip(tmp_path / "set.zip", {"a": 2, "b": 2})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("a/x.png", characters("a", 1)[0], zipfile.ZIP_BZIP2)
        archive.writestr("a/@eaDir/y.png", characters("a", 1)[0])
        archive.writestr("b/z.cr2", b"II*\0")
        archive.writestr("b/without_suffix", characters("b", 3)[2])
    assert [len(array) for array in pixels(path).pictures] == [2, 3]
    assert pixels.notices == [
        "3 files and folders were left out: 1 bzip2, 1 RAW, 1 made by the system; the first is a/x.png "
        "(pack it again by Deflate, as this method is not read: bzip2)."
    ]
    pixels.notices.clear()
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "set")
    assert [len(array) for array in pixels(tmp_path / "set").pictures] == [3, 3]
    assert pixels.notices[0].startswith("2 files and folders were left out: 1 RAW, 1 made by the system;")


def test_class_names_in_a_code_page_are_read_by_it(tmp_path: Path, pixels: Reader) -> None:
    names = ["고양이", "강아지"]
    entries = [Entry(f"{name}/1.png".encode("cp949"), characters(name, 1)[0]) for name in names]
    (tmp_path / "set.zip").write_bytes(zipped(entries))
    assert pixels(tmp_path / "set.zip").names == ("강아지", "고양이")
    assert "Korean (cp949)" in pixels.notices[0]


# --- glyphs -----------------------------------------------------------------------------------


def test_a_folder_of_glyph_arrays_is_one_set_of_characters(tmp_path: Path, pixels: Reader) -> None:
    folder = tmp_path / "glyphs"
    folder.mkdir()
    glyph_file(folder / "kanji.npz", "漢字", 5)
    glyph_file(folder / "latin.npz", "Ag", 3)  # “9” stands for “g”
    found = pixels(folder)
    assert found.names == ("字", "漢", "A")
    assert pixels(folder / "kanji.npz").names == ("字", "漢")
    assert {name: len(array) for name, array in zip(found.names, found.pictures, strict=True)}["漢"] == 5


def test_of_letters_drawn_alike_only_one_is_used(tmp_path: Path) -> None:
    path = glyph_file(tmp_path / "glyphs.npz", "PΡРAΑАЖж", fonts=2)
    assert [name for name, _ in read_glyphs(path)] == ["A", "P", "Ж"]


def test_no_letter_stands_in_two_groups_of_look_alikes() -> None:
    letters = "".join(LOOK_ALIKES)
    assert len(set(letters)) == len(letters)


@pytest.mark.parametrize(
    "arrays",
    [
        {"codepoint": np.arange(3)},
        {"images": np.zeros((2, 8, 8)), "codepoint": np.arange(2)},
        {"images": np.zeros((2, 8, 8), np.uint8), "codepoint": np.arange(3)},
        {"images": np.zeros((2, 8, 8), np.uint8), "codepoint": np.array([0.5, 1.0])},
        {"images": np.zeros((2, 8, 8), np.uint8), "codepoint": np.array([-1, 2**40])},
        {"images": np.zeros((0, 8, 8), np.uint8), "codepoint": np.arange(0)},
        {"images": np.array([{"a": "pickle"}]), "codepoint": np.arange(1)},
    ],
    ids=["no images", "not uint8", "another length", "no whole numbers", "no code points", "empty", "pickle"],
)
def test_a_file_that_holds_no_glyphs_is_named(tmp_path: Path, arrays: dict[str, NDArray[Any]]) -> None:
    np.savez(tmp_path / "odd.npz", **arrays)
    with pytest.raises(FewshotError, match=r"odd\.npz"):
        list(read_glyphs(tmp_path / "odd.npz"))


# --- invented characters ----------------------------------------------------------------------


@pytest.fixture
def few_characters(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """A small stock; says how many classes have been drawn."""
    drawn = []
    draw = data_sets_module.SyntheticCharacters.draw

    def counted(self: Any, index: int, count: int, rng: np.random.Generator) -> NDArray[np.uint8]:
        drawn.append(index)
        return draw(self, index, count, rng)

    monkeypatch.setattr(data_sets_module, "SYNTHETIC_CLASSES", 6)
    monkeypatch.setattr(data_sets_module, "SYNTHETIC_EXAMPLES", 4)
    monkeypatch.setattr(data_sets_module, "SYNTHETIC_SIZE", 24)
    monkeypatch.setattr(data_sets_module.SyntheticCharacters, "draw", counted)
    return lambda: len(drawn)


def test_invented_characters_are_drawn_once_and_then_known(
    embeddings: Reader, few_characters: Callable[[], int]
) -> None:
    first = embeddings("synthetic")
    assert first.class_count == 6
    assert {array.shape for array in first.pictures} == {(4, 24)}
    assert few_characters() == 1 + 6  # one more, to see how characters look
    assert_same(embeddings("synthetic"), first)
    assert few_characters() == 2 + 6


def test_a_change_of_how_characters_are_drawn_is_noticed(
    embeddings: Reader, few_characters: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = embeddings("synthetic")
    monkeypatch.setattr(data_sets_module, "SYNTHETIC_SIZE", 40)
    after = embeddings("synthetic")
    assert few_characters() == 2 * 7
    assert not np.array_equal(before.pictures[0], after.pictures[0])


# --- the real ones ----------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(2**40, 32, 32), (3, 8, 8), (-1, 8, 8)])
def test_an_array_that_claims_another_size_is_refused_by_its_header(
    tmp_path: Path, shape: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = glyph_file(tmp_path / "glyphs.npz", "ab", 2)
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "|u1", "fortran_order": False, "shape": shape})
    with zipfile.ZipFile(path) as archive:
        codepoints = archive.read("codepoint.npy")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("images.npy", header.getvalue() + bytes(4 * 64))
        archive.writestr("codepoint.npy", codepoints)
    read = np.lib.format.read_array
    monkeypatch.setattr(np.lib.format, "read_array", lambda file, **options: checked(read(file, **options)))

    def checked(array: NDArray[Any]) -> NDArray[Any]:
        assert array.ndim == 1, "read before it was compared"
        return array

    with pytest.raises(FewshotError, match=r"glyphs\.npz could not be read as glyph arrays \(images"):
        list(read_glyphs(path))


@pytest.mark.parametrize("limit", ["MAX_BYTES", "MAX_PIXELS"])
def test_arrays_larger_than_any_of_characters_are_refused(
    tmp_path: Path, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = glyph_file(tmp_path / "glyphs.npz", "ab", 2)
    monkeypatch.setattr(glyphs_module, limit, 63)
    with pytest.raises(FewshotError, match=r"glyphs\.npz"):
        list(read_glyphs(path))


def test_glyphs_that_are_stored_column_by_column_are_read_as_they_are(tmp_path: Path) -> None:
    images = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)
    np.savez_compressed(tmp_path / "a.npz", images=np.asfortranarray(images), codepoint=np.array([65, 66]))
    found = dict(read_glyphs(tmp_path / "a.npz"))
    np.testing.assert_array_equal(found["B"], images[1:])


def test_font_glyphs_are_dark_on_white_and_free_of_look_alikes(shared_data: Path) -> None:
    found = dict(read_glyphs(shared_data / "font_glyphs" / "latin_greek_cyrillic.npz"))
    assert len(found) > 50
    for group in LOOK_ALIKES:
        assert len(found.keys() & set(group)) <= 1
    assert all(np.median(glyphs) > 200 for glyphs in found.values())


def test_alphabets_can_be_left_out_by_their_names(shared_data: Path, pixels: Reader) -> None:
    test_alphabets = ("Balinese", "Early_Aramaic", "Sanskrit", "Tagalog")
    found = pixels(
        shared_data / "omniglot_small.zip", include=lambda name: not name.startswith(test_alphabets)
    )
    assert len(found.names) == 242 - 105
    assert {len(array) for array in found.pictures} == {20}
