"""An archive is somebody else's: whatever is in it, only pictures come out, and only into their folder."""

from __future__ import annotations

import errno
import io
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from engine.errors import FewshotError
from engine.images import archive
from engine.images.archive import Unpacked, unpack


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


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_member_that_does_not_unpack_is_left_out_alone(
    tmp_path: Path, into: Path, compression: int
) -> None:
    path = packed(tmp_path / "set.zip", {"1.png": png() * 50, "2.png": png("red") * 50}, compression)
    with zipfile.ZipFile(path) as file:
        first = file.infolist()[0]
    data = bytearray(path.read_bytes())
    start = first.header_offset + 30 + len("1.png") + 12
    data[start : start + 24] = b"\xff" * 24
    path.write_bytes(data)
    unpacked = result(path, into)
    assert [(left.name, left.reason) for left in unpacked.left_out] == [("1.png", "damaged")]
    assert tree(into) == {"set/2.png"}


def test_a_folder_for_each_class_comes_out_without_the_folder_around_them(tmp_path: Path, into: Path) -> None:
    members = {"set/ants/1.png": png(), "set/bees/1.png": png("red"), "set/readme.txt": b"hello"}
    unpacked = result(packed(tmp_path / "set.zip", members), into)
    assert unpacked == Unpacked(into / "set", ())
    assert tree(into) == {"set/ants/1.png", "set/bees/1.png"}
    assert (into / "set/bees/1.png").read_bytes() == png("red")


def test_the_same_archive_again_is_not_unpacked_again_and_another_of_its_name_is_kept_apart(
    tmp_path: Path, into: Path
) -> None:
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
    assert [left.reason for left in unpacked.left_out] == ["its name leads out of the archive"]
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
            assert len(written) + len(unpacked.left_out) == len(archive.pictures_in(file))


def test_links_are_left_out(tmp_path: Path, into: Path) -> None:
    link = zipfile.ZipInfo("link.png")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        file.writestr(link, "/etc/passwd")
        file.writestr("good.png", png())
    [left] = result(tmp_path / "a.zip", into).left_out
    assert (left.name, left.reason) == ("link.png", "a link")
    assert tree(into) == {"a/good.png"}


def test_a_locked_picture_is_named_and_the_others_are_unpacked(tmp_path: Path, into: Path) -> None:
    path = packed(tmp_path / "a.zip", {"good.png": png(), "locked.png": png()})
    data = bytearray(path.read_bytes())
    data[data.rindex(b"PK\x01\x02") + 8] |= 1  # the mark of a password, in the list at the end
    path.write_bytes(data)
    [left] = result(path, into).left_out
    assert (left.name, left.reason) == ("locked.png", "locked with a password")
    assert tree(into) == {"a/good.png"}


def test_a_broken_picture_is_named_and_the_others_are_unpacked(tmp_path: Path, into: Path) -> None:
    path = packed(tmp_path / "a.zip", {"bad.png": png("red"), "good.png": png()})
    data = path.read_bytes()
    path.write_bytes(data.replace(png("red"), bytes(len(png("red"))), 1))
    [left] = result(path, into).left_out
    assert (left.name, left.reason) == ("bad.png", "damaged")
    assert tree(into) == {"a/good.png"}


def test_names_that_are_the_same_on_some_drives_are_not_written_over_each_other(
    tmp_path: Path, into: Path
) -> None:
    members = {"a.png": png(), "A.png": png("red"), "a.png/b.png": png()}
    unpacked = result(packed(tmp_path / "z.zip", members), into)
    assert {left.name for left in unpacked.left_out} == {"A.png", "a.png/b.png"}
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
    assert result(packed(tmp_path / "a.zip", {"readme.txt": b"hello"}), into).left_out == ()
    assert not into.exists()
