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
from PIL import Image

from engine.errors import FewshotError
from engine.files import register_lock, release_lock
from engine.images import SkippedFile, find_classes, find_pictures
from engine.images.errors import unsupported
from engine.images.formats import FORMATS
from engine.images.skipped import OTHER, SERVICE, count_kinds, summary
from engine.messages import Message
from tests.broken_pictures import encoded, flag, write_corpus

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


def test_a_picture_named_by_the_person_is_taken_if_it_begins_like_one(tmp_path: Path) -> None:
    named = [tmp_path / "scan.001", tmp_path / ".hidden"]
    for path in named:
        Image.new("RGB", (4, 4)).save(path, "PNG")
    assert list(find_pictures(named)) == named
    assert list(find_pictures([tmp_path])) == [named[0]]


def test_a_document_named_by_the_person_is_not_opened_whatever_is_in_it(tmp_path: Path) -> None:
    named = tmp_path / "labels.sqlite"
    Image.new("RGB", (4, 4)).save(named, "PNG")
    scan = find_pictures([named])
    assert list(scan) == []
    assert scan.skipped == [SkippedFile(str(named), Message("not a picture"))]


def test_a_file_named_by_the_person_that_is_no_picture_is_left_out_and_told(tmp_path: Path) -> None:
    named = touch(tmp_path, "readme.txt", "blob", "photo.heic", "empty.jpg")
    scan = find_pictures(named)
    assert list(scan) == named[3:]  # what is named like a picture is, even if it cannot be read
    assert [str(one.reason) for one in scan.skipped] == [
        *("not a picture", "not a picture", "unsupported format: HEIC")
    ]


SERVICE_FOLDERS = [
    "@eaDir", "#recycle", "#snapshot", "@tmp", "@Recycle", "@Recently-Snapshot", "@__thumb", "$RECYCLE.BIN",
    "$Recycle.Bin", "System Volume Information", "lost+found", "FOUND.000", "__MACOSX",
    "Network Trash Folder",
]  # fmt: skip
HIDDEN_FOLDERS = [".@__thumb", ".Trash-1000", ".Trashes", ".git"]


@pytest.mark.parametrize("name", SERVICE_FOLDERS)
def test_folders_that_systems_keep_for_themselves_are_left_out_and_counted(tmp_path: Path, name: str) -> None:
    [picture, *_] = touch(tmp_path, "disc/1.jpg", f"{name}/2.jpg", f"disc/{name}/deep/3.jpg")
    search = find_pictures([tmp_path])
    assert list(search) == [picture]
    places = {str(tmp_path / name), str(tmp_path / "disc" / name)}
    assert set(search.skipped) == {SkippedFile(place, SERVICE, SERVICE) for place in places}
    skipped: list[SkippedFile] = []
    assert find_classes(tmp_path, skipped) == {"disc": [picture]}
    assert set(skipped) == set(search.skipped)


@pytest.mark.parametrize("name", HIDDEN_FOLDERS)
def test_hidden_folders_are_passed_over(tmp_path: Path, name: str) -> None:
    [picture, *_] = touch(tmp_path, "disc/1.jpg", f"{name}/2.jpg", "disc/._1.jpg", "disc/Thumbs.db")
    if os.name == "posix":  # Windows has no such names
        touch(tmp_path, "disc/Icon\r")
    search = find_pictures([tmp_path])
    assert (list(search), search.skipped) == ([picture], [])
    assert find_classes(tmp_path) == {"disc": [picture]}


@pytest.mark.parametrize("name", ["@eaDir", "#recycle", ".hidden"])
def test_a_service_folder_that_a_person_names_is_searched(tmp_path: Path, name: str) -> None:
    [picture] = touch(tmp_path, f"{name}/a/1.jpg")
    assert list(find_pictures([tmp_path / name])) == [picture]
    assert find_classes(tmp_path / name) == {"a": [picture]}


def test_attributes_that_a_network_drive_keeps_beside_a_file_are_left_out(tmp_path: Path) -> None:
    touch(tmp_path, "1.jpg@SynoEAStream", "1.jpg@SynoResource")
    search = find_pictures([tmp_path])
    assert list(search) == []
    assert count_kinds(search.skipped) == {SERVICE: 2}


BEGINNINGS = {
    "JPEG": encoded(flag(), "JPEG"),
    "PNG": encoded(flag(), "PNG"),
    "WEBP": encoded(flag(), "WEBP"),
    "GIF": encoded(flag(), "GIF"),
    "TIFF": encoded(flag(), "TIFF"),
    "BMP": encoded(flag(), "BMP"),
    "AVIF": encoded(flag(), "AVIF"),
    "JPEG2000": encoded(flag(), "JPEG2000"),
    "PPM": encoded(flag(), "PPM"),
}


def test_every_format_is_looked_for() -> None:
    assert BEGINNINGS.keys() == FORMATS.keys()


@pytest.mark.parametrize("format_name", BEGINNINGS)
@pytest.mark.parametrize("name", ["IMG_7", "photo.dat", "photo.jpg_large", "image.php", "x.heic"])
def test_a_picture_whose_name_tells_nothing_is_known_by_its_content(
    tmp_path: Path, format_name: str, name: str
) -> None:
    (tmp_path / name).write_bytes(BEGINNINGS[format_name])
    found = list(find_pictures([tmp_path]))
    # RAW files and slides are TIFF files by their content: the suffix of a format is believed.
    assert found == ([] if (format_name, name) == ("TIFF", "x.heic") else [tmp_path / name])


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.heic", b"\0\0\0\x18ftypheic", "HEIC"),
        ("a", b"\0\0\0\x18ftypheic", "HEIC"),
        ("a.cr2", b"II*\0\x10\0\0\0CR", "RAW"),
        ("a.NEF", b"MM\0*", "RAW"),
        ("a.dng", b"II*\0", "RAW"),
        ("a", b"II*\0\x10\0\0\0CR", "RAW"),
        ("a.jxl", b"\xff\x0a", "JPEG XL"),
        ("a", b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
        ("a.dcm", bytes(128) + b"DICM", "DICOM"),
        ("slice", bytes(128) + b"DICM", "DICOM"),
        ("a.nii.gz", b"\x1f\x8b", "NIfTI"),
        ("a.psd", b"8BPS", "Photoshop"),
        ("a.svs", b"II*\0", "slide"),
        ("a.pcx", b"\x0a\x05\x01\x08", "PCX"),
        ("a.mov", b"\0\0\0\x18ftypqt  ", "video"),
    ],
)
def test_pictures_of_formats_that_cannot_be_read_are_left_out_and_named(
    tmp_path: Path, name: str, content: bytes, kind: str
) -> None:
    (tmp_path / name).write_bytes(content)
    search = find_pictures([tmp_path])
    assert list(search) == []
    assert search.skipped == [SkippedFile(str(tmp_path / name), unsupported(Message(kind)), Message(kind))]


def test_documents_are_passed_over_and_other_files_are_counted(tmp_path: Path) -> None:
    touch(tmp_path, "1.jpg", "1.txt", "labels.CSV", "project.fewshot", "project.fewshot-wal", "empty")
    (tmp_path / "blob").write_bytes(b"no picture")
    search = find_pictures([tmp_path])
    assert list(search) == [tmp_path / "1.jpg"]
    assert count_kinds(search.skipped) == {OTHER: 2}


@links
def test_no_pipe_and_no_project_that_is_open_is_looked_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "held").write_bytes(BEGINNINGS["PNG"])
    register_lock((tmp_path / "held").stat())
    monkeypatch.setattr(os, "open", lambda *_: pytest.fail("opened"))
    try:
        search = find_pictures([tmp_path])
        assert list(search) == []
    finally:
        release_lock((tmp_path / "held").stat())
    assert count_kinds(search.skipped) == {OTHER: 2}


def test_what_was_left_out_is_one_sentence() -> None:
    raw = SkippedFile("a.cr2", unsupported(Message("RAW")), Message("RAW"))
    assert str(summary([raw])) == "a.cr2 was left out: unsupported format: RAW."
    damaged = Message("damaged")
    others = [
        SkippedFile("b", Message("not a picture")),
        SkippedFile("@eaDir", SERVICE, SERVICE),
        SkippedFile("c.png", damaged, damaged),
    ]
    assert str(summary([*others, raw, raw])) == (
        "5 files and folders were left out: 2 RAW, 1 damaged, 1 other, 1 made by the system; "
        "the first is b (not a picture)."
    )


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
    assert [skipped.path for skipped in search.unreadable] == [closed]
    assert str(search.unreadable[0].problem) == "Permission denied"


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
