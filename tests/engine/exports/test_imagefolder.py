"""A folder of pictures a class: every picture in its place, none lost, nothing half-done left."""

from __future__ import annotations

import csv
import errno
import json
import os
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from engine.errors import FewshotError
from engine.exports import Exported, Row, export, export_in_steps
from engine.files import register_lock, release_lock

CLASSES = ["cat", "dog"]
MakePicture = Callable[[str], Path]

links = pytest.mark.skipif(os.name != "posix", reason="links need special rights on Windows")


@pytest.fixture
def picture(tmp_path: Path) -> MakePicture:
    """Make a file; what is in it is its name."""

    def make(name: str) -> Path:
        path = tmp_path / "pictures" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
        return path

    return make


def manifest(folder: Path) -> list[dict[str, str]]:
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def write(
    tmp_path: Path, rows: list[Row], classes: list[str] = CLASSES, options: Mapping[str, str] | None = None
) -> Exported:
    return export(tmp_path / "out", rows, classes, "imagefolder", options=options)


def test_each_picture_lies_in_the_folder_of_its_class(tmp_path: Path, picture: MakePicture) -> None:
    rows = [
        Row(str(picture("a.jpg")), "cat", 1.0, "", [1, 0], "human"),
        Row(str(picture("b.jpg")), "dog", 2 / 3, "", [1 / 3, 2 / 3], "predicted"),
        Row(str(picture("c.jpg")), "unknown", 0.2, "", None, "predicted"),
    ]
    assert write(tmp_path, rows) == Exported(3, 0)
    out = tmp_path / "out"
    assert files(out) == ["cat/a.jpg", "dog/b.jpg", "manifest.csv", "run.json", "unknown/c.jpg"]
    assert (out / "dog/b.jpg").read_text() == "b.jpg"
    assert manifest(out)[1] == {
        "path": "dog/b.jpg",
        "image": str(tmp_path / "pictures/b.jpg"),
        "label": "dog",
        "origin": "predicted",
        "confidence": "0.666667",
        "error": "",
    }
    record = json.loads((out / "run.json").read_text())
    assert (record["rows"], record["options"]) == (3, {"files": "copy", "unlabelled": "leave-out"})
    assert [path.name for path in tmp_path.iterdir() if path.name not in ("out", "pictures")] == []


@links
def test_the_folder_gets_its_name_when_all_it_holds_is_on_the_disk(
    tmp_path: Path, picture: MakePicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = set()

    def note(descriptor: int) -> None:
        assert not (tmp_path / "out").exists()
        synced.add(os.fstat(descriptor).st_ino)

    monkeypatch.setattr(os, "fsync", note)
    write(tmp_path, [Row(str(picture("a.jpg")), "cat"), Row(str(picture("b.jpg")), "dog")])
    assert {path.stat().st_ino for path in (tmp_path / "out").rglob("*") if path.is_file()} <= synced


def test_pictures_of_one_name_do_not_overwrite_each_other(tmp_path: Path, picture: MakePicture) -> None:
    names = ["1/a.jpg", "2/a.jpg", "3/A.jpg"]
    write(tmp_path, [Row(str(picture(name)), "cat") for name in names])
    assert [row["path"] for row in manifest(tmp_path / "out")] == ["cat/a.jpg", "cat/a 2.jpg", "cat/A 3.jpg"]
    assert (tmp_path / "out/cat/a 2.jpg").read_text() == "2/a.jpg"


@pytest.mark.parametrize(
    "names",
    [
        ["cat", "Cat", "CAT"],
        ["a/b", "a:b"],
        ["unknown ", "Unknown"],
        ["manifest.csv", "run.json"],
        ["é", unicodedata.normalize("NFD", "é")],
        ["aux", "..", ".", ".hidden", "a" * 300, "a" * 299],
    ],
)
def test_no_two_classes_share_a_folder(tmp_path: Path, picture: MakePicture, names: list[str]) -> None:
    labels = [*names, "unknown"]
    rows = [Row(str(picture(f"{place}.jpg")), name) for place, name in enumerate(labels)]
    assert write(tmp_path, rows, names) == Exported(len(labels), 0)
    paths = [Path(row["path"]) for row in manifest(tmp_path / "out")]
    assert paths[-1] == Path("unknown") / paths[-1].name
    assert len({path.parent.name.casefold() for path in paths}) == len(labels)
    assert all(len(path.parts) == 2 and (tmp_path / "out" / path).is_file() for path in paths)


def test_what_cannot_be_read_is_left_out_and_told(tmp_path: Path, picture: MakePicture) -> None:
    (tmp_path / "pictures").mkdir()
    rows = [
        Row(str(picture("a.jpg")), "cat"),
        Row(str(tmp_path / "gone.jpg"), "dog"),
        Row(str(tmp_path / "pictures"), "dog"),
        Row(str(picture("a.zip") / "member.jpg"), "dog"),
        Row(str(picture("broken.jpg")), "cat", error="truncated"),
    ]
    assert write(tmp_path, rows) == Exported(1, 4)
    assert [(row["path"], row["error"]) for row in manifest(tmp_path / "out")] == [
        ("cat/a.jpg", ""),
        ("", "not found"),
        ("", "not a file"),
        ("", "not found"),
        ("", "truncated"),
    ]
    assert not (tmp_path / "out/dog").exists()  # torchvision's ImageFolder refuses empty folders


@pytest.mark.parametrize(("unlabelled", "expected"), [("leave-out", ""), ("unknown", "unknown/a.jpg")])
def test_a_picture_without_a_label_is_left_out_or_unknown(
    tmp_path: Path, picture: MakePicture, unlabelled: str, expected: str
) -> None:
    write(tmp_path, [Row(str(picture("a.jpg")), "")], options={"unlabelled": unlabelled})
    assert [row["path"] for row in manifest(tmp_path / "out")] == [expected]


def test_the_open_project_is_no_picture(tmp_path: Path, picture: MakePicture) -> None:
    project = picture("project.fewshot")
    register_lock(project.stat())
    try:
        assert write(tmp_path, [Row(str(project), "cat")]) == Exported(0, 1)
    finally:
        release_lock(project.stat())


@links
@pytest.mark.parametrize("kind", ["hardlink", "symlink"])
def test_links_take_no_space_and_lead_to_the_original_itself(
    tmp_path: Path, picture: MakePicture, kind: str
) -> None:
    original = picture("a.jpg")
    link = tmp_path / "link.jpg"
    link.symlink_to(original)
    gone = tmp_path / "gone.jpg"
    rows = [Row(str(link), "cat"), Row(str(gone), "cat")]
    assert write(tmp_path, rows, options={"files": kind}) == Exported(1, 1)
    [exported] = (tmp_path / "out/cat").iterdir()
    assert exported.samefile(original)
    assert exported.is_symlink() == (kind == "symlink")
    if kind == "symlink":
        assert Path(os.readlink(exported)) == original.resolve()  # noqa: PTH115


@pytest.mark.parametrize(
    ("number", "reason"), [(errno.EXDEV, "on another disk"), (errno.EPERM, "does not allow such links")]
)
def test_where_no_hard_link_can_be_made_it_is_told_and_nothing_is_left(
    tmp_path: Path, picture: MakePicture, monkeypatch: pytest.MonkeyPatch, number: int, reason: str
) -> None:
    original = picture("a.jpg")
    monkeypatch.setitem(
        sys.modules["engine.exports.imagefolder"]._PUT, "hardlink", lambda *_: _raise(OSError(number, "no"))
    )
    with pytest.raises(FewshotError, match=rf"a\.jpg” cannot be linked into .*{reason}. Export copies"):
        write(tmp_path, [Row(str(original), "cat")], options={"files": "hardlink"})
    assert [path.name for path in tmp_path.iterdir()] == ["pictures"]


def _raise(error: Exception) -> None:
    raise error


@pytest.mark.parametrize("there", ["file", "folder", "link to a folder"])
def test_what_is_there_already_is_never_written_into(
    tmp_path: Path, picture: MakePicture, there: str
) -> None:
    row, target = Row(str(picture("a.jpg")), "cat"), tmp_path / "out"
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine.txt").write_text("mine")
    if there == "file":
        target.write_text("mine")
    elif there == "folder":
        other.rename(target)
    elif os.name != "posix":
        pytest.skip("links need special rights on Windows")
    else:
        target.symlink_to(other)
    before = files(tmp_path)
    with pytest.raises(FewshotError, match=r"is not empty|is a file"):
        write(tmp_path, [row])
    assert files(tmp_path) == before


def test_an_empty_folder_is_filled(tmp_path: Path, picture: MakePicture) -> None:
    (tmp_path / "out").mkdir()
    write(tmp_path, [Row(str(picture("a.jpg")), "cat")])
    assert "cat/a.jpg" in files(tmp_path / "out")


@pytest.mark.parametrize("how", ["cancelled", "rows fail", "disk full"])
def test_an_export_that_does_not_end_leaves_nothing(
    tmp_path: Path, picture: MakePicture, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    paths = [str(picture(f"{number}.jpg")) for number in range(3)]

    def rows() -> Iterator[Row]:
        yield Row(paths[0], "cat")
        yield Row(paths[1], "dog")
        if how == "rows fail":
            raise FewshotError("The drive is gone.")
        yield Row(paths[2], "dog")

    if how == "disk full":
        full = lambda _path, place: _raise(OSError(errno.ENOSPC, "full")) if place.name == "2.jpg" else None  # noqa: E731
        monkeypatch.setitem(sys.modules["engine.exports.imagefolder"]._PUT, "copy", full)
    steps = export_in_steps(tmp_path / "out", rows(), CLASSES, "imagefolder")
    with closing(steps):
        assert next(steps) == 1
        assert next(steps) == 2
        assert not (tmp_path / "out").exists()
        if how != "cancelled":
            with pytest.raises(FewshotError, match=r"drive is gone|disk is full"):
                next(steps)
    assert [path.name for path in tmp_path.iterdir()] == ["pictures"]
    assert all(Path(path).exists() for path in paths)


@pytest.mark.subprocess
@links
def test_what_a_killed_process_left_the_next_export_removes(tmp_path: Path, picture: MakePicture) -> None:
    rows = f"(Row({str(picture('a.jpg'))!r}, 'cat') for _ in range(9))"
    killed = (
        "import os, signal; from pathlib import Path; from engine.exports import Row, export_in_steps\n"
        f"steps = export_in_steps(Path({str(tmp_path / 'out')!r}), {rows}, ['cat'], 'imagefolder')\n"
        "next(steps); next(steps); os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert subprocess.run([sys.executable, "-c", killed], check=False).returncode == -9
    assert not (tmp_path / "out").exists()
    write(tmp_path, [Row(str(picture("a.jpg")), "cat")])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "pictures"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"colour": "red"}, "has no option “colour”. Its options: files, unlabelled"),
        ({"files": "move"}, "cannot be “move”. Choose one of: copy, hardlink, symlink"),
    ],
)
def test_an_unknown_option_names_the_known_ones(
    tmp_path: Path, options: dict[str, str], sentence: str
) -> None:
    with pytest.raises(FewshotError, match=sentence):
        write(tmp_path, [], options=options)
