"""An archive is somebody else's: whatever is in it, only pictures come out, and only into their folder."""

from __future__ import annotations

import errno
import io
import os
import re
import shutil
import struct
import tempfile
import tracemalloc
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from engine.errors import FewshotError
from engine.images import SkippedFile, archive
from engine.images.archive import Unpacked, unpack
from engine.messages import Message
from tests.zip_files import Entry, zeros_deflated, zipped

DAMAGED = Message("damaged")


def png(color: str = "teal") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (6, 4), color).save(file, "PNG")
    return file.getvalue()


def packed(path: Path, members: Mapping[str, bytes], compression: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return path


def result(path: Path, into: Path) -> Unpacked:
    steps = unpack(path, into)
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            unpacked: Unpacked = stop.value
            return unpacked


def tree(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "project pictures"


def test_a_member_that_does_not_unpack_is_left_out_alone(tmp_path: Path, into: Path) -> None:
    members = {"1.png": png() * 50, "2.png": png("red") * 50}
    path = packed(tmp_path / "set.zip", members, zipfile.ZIP_DEFLATED)
    with zipfile.ZipFile(path) as file:
        first = file.infolist()[0]
    data = bytearray(path.read_bytes())
    start = first.header_offset + 30 + len("1.png") + 12
    data[start : start + 24] = b"\xff" * 24
    path.write_bytes(data)
    unpacked = result(path, into)
    assert unpacked.skipped == (SkippedFile("1.png", DAMAGED, DAMAGED),)
    assert tree(into) == {"set/2.png"}


@pytest.mark.parametrize(
    ("compression", "method"), [(zipfile.ZIP_BZIP2, "bzip2"), (zipfile.ZIP_LZMA, "LZMA")]
)
def test_only_what_is_stored_or_deflated_is_unpacked_and_other_methods_are_named(
    tmp_path: Path, into: Path, compression: int, method: str
) -> None:
    path = packed(tmp_path / "set.zip", {"1.png": png()}, compression)
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("2.png", png(), zipfile.ZIP_DEFLATED)
    [left] = result(path, into).skipped
    assert left.name == "1.png"
    assert str(left.reason) == f"pack it again by Deflate, as this method is not read: {method}"
    assert tree(into) == {"set/2.png"}


def test_of_a_member_larger_than_it_says_no_more_is_unpacked_than_it_says(tmp_path: Path, into: Path) -> None:
    flood = Entry(b"1.bmp", zeros_deflated(64), zipfile.ZIP_DEFLATED, size=100, crc=0)
    (tmp_path / "a.zip").write_bytes(zipped([flood, Entry(b"2.png", png())]))
    tracemalloc.start()
    unpacked = result(tmp_path / "a.zip", into)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert unpacked.skipped == (SkippedFile("1.bmp", DAMAGED, DAMAGED),)
    assert tree(into) == {"a/2.png"}
    assert peak < 2**23


def test_more_members_than_are_read_are_refused_before_they_are_looked_at(
    tmp_path: Path, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_MEMBERS", 9)
    path = packed(tmp_path / "a.zip", {f"{n}.png": b"" for n in range(10)})
    monkeypatch.setattr(zipfile, "ZipInfo", None)
    with pytest.raises(FewshotError, match="more than 9 members"):
        result(path, into)
    monkeypatch.setattr(archive, "MAX_LISTING", 100)
    with pytest.raises(FewshotError, match="its list of members is too long"):
        result(path, into)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such files")
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, into: Path) -> None:
    os.mkfifo(tmp_path / "pipe.zip")
    (tmp_path / "device.zip").symlink_to("/dev/zero")
    (tmp_path / "folder.zip").mkdir()
    for name in ("pipe.zip", "device.zip", "folder.zip"):
        with pytest.raises(FewshotError, match=rf"{name} is a folder, a pipe or a device; give a file"):
            result(tmp_path / name, into)


@pytest.mark.parametrize(
    ("compression", "method"), [(zipfile.ZIP_STORED, 1), (zipfile.ZIP_DEFLATED, 99), (zipfile.ZIP_STORED, 77)]
)
def test_an_unknown_method_is_named_by_its_number_or_name(
    tmp_path: Path, into: Path, compression: int, method: int
) -> None:
    path = packed(tmp_path / "a.zip", {"1.png": png()}, compression)
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\1\2") + 10] = method
    path.write_bytes(data)
    [left] = result(path, into).skipped
    assert str(left.kind) == {1: "Shrink", 99: "AES", 77: "method 77"}[method]


def test_names_in_a_code_page_are_read_by_it_and_that_is_told(tmp_path: Path, into: Path) -> None:
    names = ["고양이/1.png", "강아지/2.png", "새/3.png"]
    (tmp_path / "a.zip").write_bytes(zipped([Entry(name.encode("cp949"), png()) for name in names]))
    unpacked = result(tmp_path / "a.zip", into)
    assert str(unpacked.code_page) == "Korean (cp949)"
    assert tree(into) == {f"a/{name}" for name in names}
    assert str(archive.about_code_page(tmp_path / "a.zip", unpacked.code_page)) == (
        "The names in a.zip do not say what letters they are in; they were read as Korean (cp949)."
    )


def test_names_that_are_utf8_without_a_mark_are_read_as_that(tmp_path: Path, into: Path) -> None:
    names = ["Ka\u0308fer/1.png", "고양이/2.png"]
    (tmp_path / "a.zip").write_bytes(zipped([Entry(name.encode(), png()) for name in names]))
    assert result(tmp_path / "a.zip", into).code_page is None
    assert tree(into) == {"a/Käfer/1.png", "a/고양이/2.png"}


def test_of_names_in_two_encodings_each_is_read_by_its_own(tmp_path: Path, into: Path) -> None:
    names = {"고양이/1.png": "cp949", "강아지/2.png": "cp949", "새로운/3.png": "utf-8"}
    entries = [Entry(name.encode(codec), png()) for name, codec in names.items()]
    (tmp_path / "a.zip").write_bytes(zipped(entries))
    result(tmp_path / "a.zip", into)
    assert tree(into) == {f"a/{name}" for name in names}


@pytest.mark.parametrize(("checksum", "name"), [(zlib.crc32(b"a/1.png"), "고양이"), (1, "a")])
def test_a_unicode_path_counts_if_it_is_about_this_name(
    tmp_path: Path, into: Path, checksum: int, name: str
) -> None:
    path = "고양이/1.png".encode()
    info = zipfile.ZipInfo("a/1.png")
    info.extra = struct.pack("<HHBL", 0x7075, 5 + len(path), 1, checksum) + path
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        file.writestr(info, png())
        file.writestr("b/2.png", png())
    assert result(tmp_path / "a.zip", into).code_page is None
    assert tree(into) == {f"a/{name}/1.png", "a/b/2.png"}


def test_names_that_windows_reserves_are_made_safe_and_stay_apart(tmp_path: Path, into: Path) -> None:
    names = ["aux/con.jpg", "aux/COM¹.png", "_aux/con.jpg", "a\u202egnp./1?.png", "a\u202egnp./1*.png"]
    result(packed(tmp_path / "a.zip", {name: png() for name in names}), into)
    assert tree(into) == {
        "a/_aux/_con.jpg", "a/_aux/_COM¹.png", "a/_aux 2/_con.jpg",
        "a/a_gnp/1_.png", "a/a_gnp/1_ 2.png",
    }  # fmt: skip


def test_what_systems_keep_for_themselves_is_left_out_and_counted(tmp_path: Path, into: Path) -> None:
    names = [
        "photos/disc/1.png", "photos/disc/@eaDir/1.png/SYNOPHOTO_THUMB_M.png", "photos/disc/@EADIR/2.png",
        "photos/__MACOSX/3.png", "photos/__MACOSX/disc/._1.png", "photos/$RECYCLE.BIN/S-1/4.png",
        "photos/#recycle/5.png", "photos/disc/.thumbs/6.png", "photos/Thumbs.db", "photos/readme.txt",
    ]  # fmt: skip
    unpacked = result(packed(tmp_path / "a.zip", {name: png() for name in names}), into)
    assert tree(into) == {"a/disc/1.png"}
    assert [(left.name, str(left.kind)) for left in unpacked.skipped] == [
        (f"photos/{name}", "made by the system")
        for name in ("disc/@eaDir", "disc/@EADIR", "__MACOSX", "$RECYCLE.BIN", "#recycle")
    ]


def test_members_are_known_by_their_content_where_their_name_tells_nothing(
    tmp_path: Path, into: Path
) -> None:
    members = {
        "IMG_7": png(),
        "photo.dat": png(),
        "x.heic": png(),
        "a.cr2": b"II*\0",
        "b": b"hello",
        "c": b"",
    }
    unpacked = result(packed(tmp_path / "a.zip", members), into)
    assert tree(into) == {"a/IMG_7", "a/photo.dat", "a/x.heic"}
    assert [(left.name, str(left.kind)) for left in unpacked.skipped] == [
        ("a.cr2", "RAW"), ("b", "other"), ("c", "other")
    ]  # fmt: skip


def test_a_folder_for_each_class_comes_out_without_the_folder_around_them(tmp_path: Path, into: Path) -> None:
    members = {"set/ants/1.png": png(), "set/bees/1.png": png("red"), "set/readme.txt": b"hello"}
    unpacked = result(packed(tmp_path / "set.zip", members), into)
    assert unpacked == Unpacked(into / "set", ())
    assert tree(into) == {"set/ants/1.png", "set/bees/1.png"}
    assert (into / "set/bees/1.png").read_bytes() == png("red")


def test_an_archive_is_unpacked_once_and_another_of_its_name_separately(tmp_path: Path, into: Path) -> None:
    path = packed(tmp_path / "a.zip", {"1.png": b"one"})
    assert result(path, into).folder == result(path, into).folder
    packed(path, {"1.png": b"two"})
    assert result(path, into).folder == into / "a 2"
    assert tree(into) == {"a/1.png", "a 2/1.png"}


@pytest.mark.parametrize(
    "name", ["../evil.png", "a/../../evil.png", "/evil.png", "C:/evil.png", "..\\evil.png", "\\evil.png"]
)
def test_names_that_lead_out_are_left_out(tmp_path: Path, into: Path, name: str) -> None:
    unpacked = result(packed(tmp_path / "a.zip", {name: png(), "good.png": png()}), into)
    assert [str(left.reason) for left in unpacked.skipped] == ["its name leads out of the archive"]
    assert tree(tmp_path) == {"a.zip", "project pictures/a/good.png"}


# Python's zipfile cannot write the other two.
_WILD = st.one_of(
    st.sampled_from("/\\.: "), st.characters(exclude_categories=["Cs"], exclude_characters="\0")
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(_WILD, max_size=40), max_size=6))
def test_whatever_the_names_nothing_is_written_beside_the_folder(names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as place:
        outside = Path(place)
        members = {f"{name}.png": png() for name in names}
        unpacked = result(packed(outside / "a.zip", members), outside / "in" / "pictures")
        written = [path for path in outside.rglob("*") if path.is_file() and path.name != "a.zip"]
        assert all(path.is_relative_to(outside / "in" / "pictures" / "a") for path in written)
        with zipfile.ZipFile(outside / "a.zip") as file:
            shown = [info for info in file.infolist() if is_shown(info.filename)]
        assert len(written) + len(unpacked.skipped) == len(shown)


def is_shown(name: str) -> bool:
    """Whether no part of a path in an archive is hidden."""
    return not any(part.startswith(".") and part != ".." for part in re.split(r"[/\\]", name) if part != ".")


def test_links_are_left_out(tmp_path: Path, into: Path) -> None:
    link = zipfile.ZipInfo("link.png")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        file.writestr(link, "/etc/passwd")
        file.writestr("good.png", png())
    [left] = result(tmp_path / "a.zip", into).skipped
    assert (left.name, str(left.reason)) == ("link.png", "a link")
    assert tree(into) == {"a/good.png"}


def test_a_locked_picture_is_named_and_the_others_are_unpacked(tmp_path: Path, into: Path) -> None:
    path = packed(tmp_path / "a.zip", {"good.png": png(), "locked.png": png()})
    data = bytearray(path.read_bytes())
    data[data.rindex(b"PK\x01\x02") + 8] |= 1  # the mark of a password, in the list at the end
    path.write_bytes(data)
    [left] = result(path, into).skipped
    assert (left.name, str(left.reason)) == ("locked.png", "locked with a password")
    assert tree(into) == {"a/good.png"}


def test_a_broken_picture_is_named_and_the_others_are_unpacked(tmp_path: Path, into: Path) -> None:
    path = packed(tmp_path / "a.zip", {"bad.png": png("red"), "good.png": png()})
    data = path.read_bytes()
    path.write_bytes(data.replace(png("red"), bytes(len(png("red"))), 1))
    [left] = result(path, into).skipped
    assert (left.name, str(left.reason)) == ("bad.png", "damaged")
    assert tree(into) == {"a/good.png"}


def test_names_that_are_the_same_on_some_drives_are_not_written_over_each_other(
    tmp_path: Path, into: Path
) -> None:
    members = {"a.png": png(), "A.png": png("red"), "a.png/b.png": png()}
    unpacked = result(packed(tmp_path / "z.zip", members), into)
    assert {left.name for left in unpacked.skipped} == {"A.png", "a.png/b.png"}
    assert tree(into) == {"z/a.png"}


def test_a_flood_of_zeros_is_refused_before_anything_is_written(
    tmp_path: Path, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "ALWAYS_ALLOWED", 1000)
    path = packed(tmp_path / "bomb.zip", {"zeros.bmp": bytes(2**20)}, zipfile.ZIP_DEFLATED)
    with pytest.raises(FewshotError, match="far more than pictures do"):
        result(path, into)
    assert not into.exists()


def test_an_archive_larger_than_the_free_space_is_refused(
    tmp_path: Path, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: shutil._ntuple_diskusage(10, 10, 0))
    with pytest.raises(FewshotError, match="more than is free"):
        result(packed(tmp_path / "a.zip", {"1.png": png()}), into)
    assert not into.exists()


def test_a_disk_that_fills_up_leaves_nothing_half_done(
    tmp_path: Path, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = packed(tmp_path / "a.zip", {"1.png": png(), "2.png": png()})
    write = Path.write_bytes

    def full(target: Path, data: bytes) -> int:
        if target.name == "2.png":
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(target, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(FewshotError, match="No space left"):
        result(path, into)
    assert not into.exists()


@pytest.mark.parametrize("step", ["rename", "iterdir"])
def test_a_disk_that_refuses_the_last_step_is_told_as_what_it_is(
    tmp_path: Path, into: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def refuse(path: Path, *_: object) -> None:
        raise OSError(errno.EDQUOT, "Disk quota exceeded", str(path))

    path = packed(tmp_path / "a.zip", {"1.png": png()})
    with monkeypatch.context() as patch:
        patch.setattr(Path, step, refuse)
        with pytest.raises(FewshotError, match=r"could not be unpacked into .*Disk quota exceeded") as told:
            result(path, into)
    assert "Pack it again" not in str(told.value)
    assert not into.exists()


def test_a_folder_that_cannot_be_made_is_told_as_what_it_is(tmp_path: Path) -> None:
    occupied = tmp_path / "a file"
    occupied.write_bytes(b"")
    path = packed(tmp_path / "a.zip", {"1.png": png()})
    with pytest.raises(FewshotError, match=r"could not be unpacked into .*File exists"):
        result(path, occupied)
    assert occupied.is_file()


def test_an_archive_that_is_gone_is_not_called_damaged(tmp_path: Path, into: Path) -> None:
    with pytest.raises(FewshotError, match=r"cannot be opened .*No such file"):
        result(tmp_path / "gone.zip", into)


def test_cancelling_leaves_nothing_half_done(tmp_path: Path, into: Path) -> None:
    steps = unpack(packed(tmp_path / "a.zip", {"1.png": png(), "2.png": png()}), into)
    while next(steps) < 1:
        pass
    assert into.exists()
    steps.close()
    assert not into.exists()


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 cut off", b"hello" * 100])
def test_what_is_no_archive_is_refused_with_a_sentence(tmp_path: Path, into: Path, data: bytes) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(data)
    with pytest.raises(FewshotError, match="could not be read as a zip"):
        result(path, into)


def test_an_archive_without_pictures_makes_no_folder(tmp_path: Path, into: Path) -> None:
    assert result(packed(tmp_path / "a.zip", {"readme.txt": b"hello"}), into).skipped == ()
    assert not into.exists()
