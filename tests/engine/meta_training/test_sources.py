"""Sources of classes: fair episodes, from the pictures they promise, the same after a resume."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from engine.errors import FewshotError
from engine.meta_training.sources import (
    LOOK_ALIKES,
    Mixture,
    PictureClasses,
    Remembered,
    Source,
    SyntheticCharacters,
    read_class_folders,
    read_glyphs,
    sample_episode_arrays,
)

TEST_ALPHABETS = ("Balinese", "Early_Aramaic", "Sanskrit", "Tagalog")


def numbered(classes: int, examples: int, first: int = 0) -> PictureClasses:
    """Classes whose pictures tell who they are: class in the upper left pixel, example in the next."""
    pictures = np.full((classes, examples, 8, 8), 255, np.uint8)
    pictures[:, :, 0, 0] = first + np.arange(classes)[:, None]
    pictures[:, :, 0, 1] = np.arange(examples)
    return PictureClasses([str(first + i) for i in range(classes)], list(pictures))


def sources() -> list[Source]:
    synthetic = SyntheticCharacters(seed=1)
    remembered = Remembered(synthetic, classes=30, examples=12)
    held = PictureClasses(
        [str(i) for i in range(20)], [synthetic.draw(i, 12, rng(i)) for i in range(20)], turns=4
    )
    return [synthetic, remembered, held, Mixture([synthetic, remembered, held], [1, 1, 1])]


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def png(picture: NDArray[np.uint8]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("source", sources(), ids=lambda source: type(source).__name__)
def test_an_episode_has_grouped_labels_and_no_picture_twice(source: Source) -> None:
    support, support_labels, query, query_labels = sample_episode_arrays(source, 10, 2, 3, rng())
    assert support.shape == (20, 28, 28)
    assert query.shape == (30, 28, 28)
    assert support.dtype == query.dtype == np.uint8
    np.testing.assert_array_equal(support_labels, np.repeat(np.arange(10), 2))
    np.testing.assert_array_equal(query_labels, np.repeat(np.arange(10), 3))
    everything = np.concatenate([support, query]).reshape(50, -1)
    assert len(np.unique(everything, axis=0)) == 50


@pytest.mark.parametrize("source", sources(), ids=lambda source: type(source).__name__)
def test_the_same_generator_gives_the_same_episode_whatever_was_drawn_before(source: Source) -> None:
    first = sample_episode_arrays(source, 5, 1, 2, rng(3))
    sample_episode_arrays(source, 5, 1, 2, rng(4))
    for before, after in zip(first, sample_episode_arrays(source, 5, 1, 2, rng(3)), strict=True):
        np.testing.assert_array_equal(before, after)


def test_a_fresh_process_remembers_the_same_classes_in_any_order() -> None:
    early, late = (Remembered(SyntheticCharacters(), classes=10, examples=5) for _ in range(2))
    late.draw(7, 1, rng())
    np.testing.assert_array_equal(early.draw(3, 5, rng(1)), late.draw(3, 5, rng(1)))


def test_a_remembered_class_has_its_examples_and_no_more() -> None:
    source = Remembered(SyntheticCharacters(), classes=10, examples=5)
    seen = np.concatenate([source.draw(2, 3, rng(seed)) for seed in range(30)]).reshape(90, -1)
    assert len(np.unique(seen, axis=0)) == 5


def test_synthetic_classes_of_other_seeds_are_other_classes() -> None:
    training, validation = SyntheticCharacters(seed=0), SyntheticCharacters(seed=1)
    assert (training.draw(5, 1, rng()) != validation.draw(5, 1, rng())).any()


def test_classes_of_an_episode_are_distinct() -> None:
    support, *_ = sample_episode_arrays(numbered(classes=30, examples=4), 30, 1, 1, rng())
    assert sorted(support[:, 0, 0]) == list(range(30))


def test_support_and_query_share_no_picture() -> None:
    support, _, query, _ = sample_episode_arrays(numbered(classes=5, examples=6), 5, 2, 4, rng())
    pictures = {(int(p[0, 0]), int(p[0, 1])) for p in np.concatenate([support, query])}
    assert len(pictures) == 30


def test_a_character_never_meets_its_own_turns() -> None:
    source = PictureClasses([str(i) for i in range(8)], list(numbered(8, 3).pictures), turns=4)
    turns = set()
    for seed in range(20):
        chosen = source.choose(8, rng(seed))
        assert sorted(index // 4 for index in chosen) == list(range(8))
        turns |= {index % 4 for index in chosen}
    assert turns == {0, 1, 2, 3}
    np.testing.assert_array_equal(source.draw(5, 3, rng(1)), np.rot90(source.draw(4, 3, rng(1)), axes=(1, 2)))


def test_an_episode_of_a_mixture_comes_from_one_source_chosen_by_weight() -> None:
    mixture = Mixture([numbered(10, 3), numbered(10, 3, first=100)], [3, 1])
    from_second = 0
    for seed in range(200):
        support, *_ = sample_episode_arrays(mixture, 5, 1, 1, rng(seed))
        second = support[:, 0, 0] >= 100
        assert second.all() or not second.any()
        from_second += int(second.all())
    assert 25 < from_second < 75


def test_a_split_has_no_class_on_both_sides_and_loses_none() -> None:
    training, validation = numbered(50, 2).split(0.2, seed=4)
    assert len(validation.names) == 10
    assert sorted([*training.names, *validation.names], key=int) == [str(i) for i in range(50)]
    assert training.names == numbered(50, 2).split(0.2, seed=4)[0].names
    assert int(validation.pictures[0][0, 0, 0]) == int(validation.names[0])


def test_too_many_classes_or_pictures_are_refused_in_a_sentence() -> None:
    with pytest.raises(FewshotError, match="6 classes was asked of a source that has 5"):
        sample_episode_arrays(numbered(5, 4), 6, 1, 1, rng())
    with pytest.raises(FewshotError, match=r"needs 5 pictures a class, but class \d has 4"):
        sample_episode_arrays(numbered(5, 4), 5, 1, 4, rng())


def test_a_folder_and_its_zip_hold_the_same_classes(tmp_path: Path) -> None:
    path = tmp_path / "classes.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("b", "a", "refused"):
            for number in range(3):
                content = png(SyntheticCharacters(size=105).draw(ord(name[0]), 1, rng(number))[0])
                archive.writestr(f"set/{name}/{number}.png", content)
        archive.writestr("set/README.txt", "not a picture")
        archive.writestr("set/refused/broken.png", b"never read")
        archive.extractall(tmp_path)
    zipped, unpacked = (
        read_class_folders(p, include=lambda n: n != "refused") for p in (path, tmp_path / "set")
    )
    assert zipped.names == unpacked.names == ("a", "b")
    for ours, theirs in zip(zipped.pictures, unpacked.pictures, strict=True):
        assert ours.shape == (3, 28, 28)
        np.testing.assert_array_equal(ours, theirs)


def test_thin_strokes_survive_being_made_small(tmp_path: Path) -> None:
    page = np.full((105, 105), 255, np.uint8)
    page[:, 51] = 0
    (tmp_path / "bar").mkdir()
    (tmp_path / "bar" / "1.png").write_bytes(png(page))
    (picture,) = read_class_folders(tmp_path).pictures[0]
    assert (picture.min(axis=1) < 210).all()


@pytest.mark.parametrize(
    ("name", "content"), [("empty.zip", b""), ("cut.zip", b"PK\x03\x04 and no more"), ("missing.zip", None)]
)
def test_a_broken_zip_is_named(tmp_path: Path, name: str, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(FewshotError, match=name):
        read_class_folders(tmp_path / name)


def test_a_broken_picture_in_a_zip_is_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "classes.zip", "w") as archive:
        archive.writestr("a/torn.png", png(np.zeros((50, 50), np.uint8))[:60])
    with pytest.raises(FewshotError, match=r"torn\.png"):
        read_class_folders(tmp_path / "classes.zip")


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FewshotError, match="no pictures to learn from"):
        read_class_folders(tmp_path)


def glyph_file(path: Path, letters: str, fonts: int) -> Path:
    images = numbered(len(letters), fonts)
    np.savez(
        path,
        images=np.concatenate(images.pictures),
        codepoint=np.repeat([ord(letter) for letter in letters], fonts),
    )
    return path


def test_of_letters_drawn_alike_only_one_is_used(tmp_path: Path) -> None:
    path = glyph_file(tmp_path / "glyphs.npz", "PΡРAΑАЖж", fonts=10)
    assert sorted(read_glyphs([path], size=8).names) == ["A", "P", "Ж"]


def test_no_letter_stands_in_two_groups_of_look_alikes() -> None:
    letters = "".join(LOOK_ALIKES)
    assert len(set(letters)) == len(letters)


def test_characters_that_few_typefaces_have_are_left_out(tmp_path: Path) -> None:
    paths = [glyph_file(tmp_path / "rare.npz", "A", 9), glyph_file(tmp_path / "common.npz", "漢", 10)]
    assert read_glyphs(paths).names == ("漢",)


@pytest.mark.parametrize(
    "arrays",
    [{"codepoint": np.arange(3)}, {"images": np.zeros((2, 8, 8)), "codepoint": np.arange(2)}],
    ids=["no images", "not uint8"],
)
def test_a_file_that_holds_no_glyphs_is_named(tmp_path: Path, arrays: dict[str, NDArray[np.generic]]) -> None:
    np.savez(tmp_path / "odd.npz", **arrays)  # type: ignore[arg-type]
    with pytest.raises(FewshotError, match=r"odd\.npz"):
        read_glyphs([tmp_path / "odd.npz"])


def test_font_glyphs_are_dark_on_white_and_free_of_look_alikes(shared_data: Path) -> None:
    source = read_glyphs(
        [shared_data / "font_glyphs" / f"{name}.npz" for name in ("kana", "latin_greek_cyrillic")]
    )
    names = set(source.names)
    assert len(names) > 200
    for group in LOOK_ALIKES:
        assert len(names & set(group)) <= 1
    for pictures in source.pictures:
        assert len(pictures) >= 10
        assert np.median(pictures) > 200


def test_test_alphabets_are_never_drawn(shared_data: Path) -> None:
    source = read_class_folders(
        shared_data / "omniglot_small.zip", include=lambda name: not name.startswith(TEST_ALPHABETS), turns=4
    )
    assert len(source.names) == 242 - 105
    assert not any(name.startswith(TEST_ALPHABETS) for name in source.names)
    support, *_ = sample_episode_arrays(source, 20, 5, 15, rng())
    assert (support.min(axis=(1, 2)) < 100).all()
    assert np.median(support) > 240
