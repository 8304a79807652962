"""`fewshot export`: what a project holds, as a table or a folder of pictures."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from engine.cli.main import main
from engine.exports import ExportFormat, formats
from engine.exports.project_rows import project_rows
from engine.messages import NOTHING, Message
from engine.workspace import Workspace
from engine.workspace.commands import AddClassFolders, AddPictures, LabelPictures
from engine.workspace.rows import UNKNOWN


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """1 and 2 are examples, 3 is unknown, 4 an accepted prediction, 5 and 6 are predicted, 7 is unreadable, 8
    is new."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    paths = [folder / f"{number}.png" for number in range(1, 9)]
    for path in paths:
        path.write_text(path.name)
    file = tmp_path / "project.fewshot"
    with Workspace.create(file) as workspace:
        workspace.apply(AddClassFolders({"ant": paths[:1], "bee": paths[1:2]}))
        workspace.apply(AddPictures(paths[2:7]))
        ant, bee = (row.id for row in workspace.classes())
        run = workspace.begin_run("ridge", "photo", "cpu", 0, [bee, ant])
        probable = np.array([[0.1, 0.9], [0.6, 0.4], [0.2, 0.8]], np.float32)
        workspace.save_predictions(run, np.array([4, 5, 6]), probable)
        workspace.save_unreadable([7], [Message("truncated")])
        workspace.finish_run(run, "finished")
        workspace.apply(LabelPictures([3], UNKNOWN))
        workspace.apply(LabelPictures([4], ant, run_id=run))
        workspace.apply(AddPictures(paths[7:]))
        workspace.save_setting("threshold", 0.7)
    return file


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize(
    ("labels", "expected", "origins"),
    [
        ("all", "ant,bee,unknown,ant,unknown,ant,,", "human,human,human,accepted,predicted,predicted,,"),
        ("accepted", "ant,bee,unknown,ant,,,,", "human,human,human,accepted,,,,"),
        ("human", "ant,bee,unknown,,,,,", "human,human,human,,,,,"),
    ],
)
def test_the_labels_that_are_wanted_are_exported(
    project: Path, tmp_path: Path, labels: str, expected: str, origins: str
) -> None:
    out = tmp_path / "out.csv"
    assert main(["export", str(project), "--out", str(out), "--labels", labels]) == 0
    rows = table(out)
    assert [row["label"] for row in rows] == expected.split(",")
    assert rows[0]["confidence"] == "1.000000"
    assert rows[6]["error"] == "truncated"
    assert rows[4]["confidence"] == ("0.600000" if labels == "all" else "")
    with Workspace.view(project, NOTHING) as workspace:
        assert [row.origin for row in project_rows(workspace, 0.7, labels)] == origins.split(",")


def test_a_folder_of_pictures_has_a_folder_for_each_class(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    call = ["export", str(project), "--format", "imagefolder", "--out", str(out), "--json"]
    assert main(call) == 0
    written = sorted(path.relative_to(out).as_posix() for path in out.rglob("*.png"))
    assert written == [
        "ant/1.png", "ant/4.png", "ant/6.png", "bee/2.png", "unknown/3.png", "unknown/5.png",
    ]  # fmt: skip
    told = capsys.readouterr()
    assert json.loads(told.out) == {"out": str(out), "written": 6, "left_out": 2}
    assert "2 of 8 pictures were left out" in told.err
    [run] = json.loads((out / "run.json").read_text())["runs"]
    assert (run["algorithm"], run["status"]) == ("ridge", "finished")
    assert main(call) == 2
    assert "is not empty" in capsys.readouterr().err


def test_options_of_the_format_and_another_threshold_are_taken(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    more = ["--threshold", "0.5", "--format-option", "files=symlink", "--format-option", "unlabelled=unknown"]
    assert main(["export", str(project), "--format", "imagefolder", "--out", str(out), *more]) == 0
    assert (out / "bee/5.png").is_symlink()
    assert (out / "unknown/8.png").exists()


@pytest.mark.parametrize("form", formats().values(), ids=lambda form: form.name)
def test_every_format_can_be_asked_for_and_the_project_stays_as_it_is(
    project: Path, tmp_path: Path, form: ExportFormat
) -> None:
    name = form.name
    before = project.read_bytes()
    assert main(["export", str(project), "--format", name, "--out", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out").exists()
    assert project.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--format", "ods"], f"There is no export format 'ods'. Choose one of: {', '.join(formats())}"),
        (["--format-option", "files=copy"], "The format csv has no option “files”"),
        (["--format-option", "files"], "takes NAME=VALUE"),
        (["--threshold", "7"], "from 0 to 1"),
    ],
)
def test_a_wrong_call_ends_with_one_sentence(
    project: Path, tmp_path: Path, arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(project), "--out", str(tmp_path / "out"), *arguments]) == 2
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_project_itself_is_not_written_over(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = project.read_bytes()
    assert main(["export", str(project), "--out", str(project)]) == 2
    assert project.read_bytes() == before
    assert "project itself" in capsys.readouterr().err


def test_ctrl_c_leaves_nothing(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.exports import imagefolder

    def interrupted(_image: Path, _place: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(imagefolder._PUT, "copy", interrupted)
    before = sorted(tmp_path.iterdir())
    assert main(["export", str(project), "--format", "imagefolder", "--out", str(tmp_path / "out")]) == 130
    assert sorted(tmp_path.iterdir()) == before


def test_a_file_that_is_no_project_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.txt").write_text("notes")
    assert main(["export", str(tmp_path / "notes.txt"), "--out", str(tmp_path / "out.csv")]) == 2
    assert "notes.txt" in capsys.readouterr().err
