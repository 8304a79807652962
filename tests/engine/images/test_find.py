from __future__ import annotations

import gc
import inspect
import itertools
import os
import sys
import unicodedata
import weakref
from pathlib import Path

import pytest

from engine.errors import FewshotError
from engine.images import find_classes, find_pictures
from tests.broken_pictures import write_corpus

links = pytest.mark.skipif(os.name != "posix", reason="links need special rights on Windows")


def touch(folder: Path, *names: str) -> list[Path]:
    paths = [folder / name for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return paths


def test_the_corpus_is_found_whole_and_nothing_else(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus")
    found = list(find_pictures([tmp_path / "corpus"]))
    assert len(found) == len(set(found))
    assert set(found) == {specimen.path for specimen in corpus.values()}


def test_numbers_in_names_are_ordered_as_people_count(tmp_path: Path) -> None:
    in_order = touch(
        tmp_path, "a/1.jpg", "img1.png", "img2.png", "IMG3.png", "img10.png", "z/9.jpg", "z/10.jpg"
    )
    assert list(find_pictures([tmp_path])) == in_order


def test_paths_are_searched_in_the_order_given(tmp_path: Path) -> None:
    a, b = touch(tmp_path, "a.jpg", "b.jpg")
    assert list(find_pictures([b, a])) == [b, a]


def test_a_file_named_by_the_person_is_taken_whatever_its_name(tmp_path: Path) -> None:
    named = touch(tmp_path, "scan.001", ".hidden")
    assert list(find_pictures(named)) == named
    assert list(find_pictures([tmp_path])) == []


def test_suffixes_are_known_in_any_case(tmp_path: Path) -> None:
    [picture] = touch(tmp_path, "A.JpEg")
    assert list(find_pictures([tmp_path])) == [picture]


def test_a_folder_named_like_a_picture_is_a_folder(tmp_path: Path) -> None:
    [inside] = touch(tmp_path, "x.jpg/inside.png")
    assert list(find_pictures([tmp_path])) == [inside]


def test_what_is_reached_twice_is_yielded_once(tmp_path: Path) -> None:
    a, b = touch(tmp_path, "a.jpg", "sub/b.jpg")
    assert list(find_pictures([b, tmp_path, a, tmp_path / "sub", tmp_path / "sub" / ".." / "a.jpg"])) == [
        b,
        a,
    ]


@links
def test_a_link_to_a_picture_is_the_same_picture_and_a_hard_link_is_one_of_its_own(tmp_path: Path) -> None:
    [original] = touch(tmp_path, "a.jpg")
    (tmp_path / "b.jpg").symlink_to(original)
    assert list(find_pictures([tmp_path])) == [original]
    (tmp_path / "c.jpg").hardlink_to(original)
    assert list(find_pictures([tmp_path])) == [original, tmp_path / "c.jpg"]


@links
def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    [picture] = touch(tmp_path, "sub/z.jpg")
    (tmp_path / "sub" / "up").symlink_to(tmp_path)
    (tmp_path / "sub" / "self").symlink_to("self")
    assert [path.resolve() for path in find_pictures([tmp_path])] == [picture]


@links
def test_pictures_behind_a_linked_folder_are_found(tmp_path: Path) -> None:
    touch(tmp_path, "disk/a.jpg")
    (tmp_path / "shown").mkdir()
    (tmp_path / "shown" / "link").symlink_to(tmp_path / "disk")
    assert list(find_pictures([tmp_path / "shown"])) == [tmp_path / "shown" / "link" / "a.jpg"]


def test_folders_nested_deeper_than_python_recurses_are_searched(tmp_path: Path) -> None:
    [picture] = touch(tmp_path, "d/" * 200 + "a.jpg")
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 100)
    try:
        assert list(find_pictures([tmp_path])) == [picture]
    finally:
        sys.setrecursionlimit(limit)


def test_the_search_is_lazy_and_can_be_given_up(tmp_path: Path) -> None:
    pictures = touch(tmp_path, "a/1.jpg", "b/2.jpg")
    search = find_pictures([tmp_path])
    assert list(itertools.islice(search, 1)) == pictures[:1]
    late = touch(tmp_path, "b/3.jpg")
    assert list(search) == pictures[1:] + late


def test_a_missing_path_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(FewshotError, match="nothing-here"):
        list(find_pictures([tmp_path / "nothing-here"]))
    with pytest.raises(FewshotError, match="impossible"):
        list(find_pictures([tmp_path / "impossible\0"]))


def test_a_folder_that_cannot_be_listed_is_noted_and_the_search_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _, last = touch(tmp_path, "a/1.jpg", "b/2.jpg", "c/3.jpg")
    closed = tmp_path / "b"
    _close(closed, monkeypatch)
    search = find_pictures([tmp_path])
    assert list(search) == [first, last]
    assert [left_out.path for left_out in search.unreadable] == [closed]
    assert search.unreadable[0].problem == "Permission denied"


def test_each_subfolder_is_a_class_in_natural_order(tmp_path: Path) -> None:
    a, b, c = touch(tmp_path, "class 2/1.jpg", "class 10/1.jpg", "class 10/more/2.jpg")
    touch(tmp_path, "stray.jpg", ".git/x.jpg")
    (tmp_path / "class 11").mkdir()
    classes = find_classes(tmp_path)
    assert list(classes.items()) == [("class 2", [a]), ("class 10", [b, c]), ("class 11", [])]


def test_class_names_are_composed_unicode(tmp_path: Path) -> None:
    touch(tmp_path, unicodedata.normalize("NFD", "Äpfel") + "/1.jpg")
    assert list(find_classes(tmp_path)) == [unicodedata.normalize("NFC", "Äpfel")]


@pytest.mark.skipif(os.name != "posix", reason="names are Unicode on Windows")
def test_a_class_name_that_is_not_utf8_becomes_text_that_can_be_stored(tmp_path: Path) -> None:
    try:
        os.mkdir(os.fsencode(tmp_path) + b"/caf\xe9")  # noqa: PTH102 – the name is bytes
    except OSError:
        pytest.skip("this file system refuses such names")
    assert list(find_classes(tmp_path)) == ["caf\ufffd"]


def test_a_search_that_is_given_up_is_gone_at_once(tmp_path: Path) -> None:
    touch(tmp_path, "a/1.jpg", "a/2.jpg")
    scan = find_pictures([tmp_path])
    next(scan)
    gone = weakref.ref(scan)
    gc.disable()
    try:
        del scan
        assert gone() is None
    finally:
        gc.enable()


def test_classes_of_a_missing_folder_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(FewshotError, match="does not exist"):
        find_classes(tmp_path / "gone")
    [file] = touch(tmp_path, "a.jpg")
    with pytest.raises(FewshotError, match="not a folder"):
        find_classes(file)


def test_examples_that_cannot_be_reached_are_an_error_not_a_smaller_class(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path, "a/1.jpg", "a/sub/2.jpg", "b/1.jpg")
    _close(tmp_path / "a" / "sub", monkeypatch)
    with pytest.raises(FewshotError, match=r"sub.*Permission denied"):
        find_classes(tmp_path)


def _close(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away the right to list `folder`, also from root, for whom permissions do not hold."""
    listdir = os.listdir

    def guarded(path: str) -> list[str]:
        if Path(path) == folder:
            raise PermissionError(13, "Permission denied", path)
        return listdir(path)

    monkeypatch.setattr(os, "listdir", guarded)
