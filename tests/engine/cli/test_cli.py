"""The command `fewshot`, called as a script calls it."""

from __future__ import annotations

import csv
import errno
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from engine.backbones.base import backbones
from engine.cli import demo as demo_command
from engine.cli import predict as predict_command
from engine.cli.main import main
from engine.learners import DEFAULT_ALGORITHM
from engine.learners.registry import learners
from engine.runs.events import RunRequest
from tests.broken_pictures import FINE, write_corpus
from tests.engine.contrary import offer_contrary
from tests.engine.tasks import write_characters

CHECKOUT = Path(__file__).parents[3]


@pytest.fixture
def support(tmp_path: Path) -> Path:
    """Examples of three classes, two of whose names are not Latin."""
    write_characters(tmp_path / "examples", {"arka": 3, "кошка": 2, "猫 #1": 1}, stream=0)
    return tmp_path / "examples"


@pytest.fixture
def images(tmp_path: Path) -> Path:
    write_characters(tmp_path / "to label", {"arka": 3, "кошка": 3}, stream=1)
    return tmp_path / "to label"


def predict(support: Path, images: Path | Sequence[Path], out: Path, *more: str) -> int:
    paths = [images] if isinstance(images, Path) else images
    folders = ["--support", str(support), "--images", *map(str, paths), "--out", str(out)]
    return main(["predict", *folders, "--backbone", "conv4", "--device", "cpu", *more])


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


# --- predict ----------------------------------------------------------------------------------


def test_the_table_has_the_promised_columns_and_a_row_for_each_picture(
    support: Path, images: Path, tmp_path: Path
) -> None:
    assert predict(support, images, tmp_path / "out.csv") == 0
    rows = table(tmp_path / "out.csv")
    columns = ["image", "label", "confidence", "error", "origin", "folder"]
    assert list(rows[0]) == [*columns, "p:arka", "p:кошка", "p:猫 #1"]
    assert [row["image"] for row in rows] == [
        str(images / name / f"{number}.png") for name in ("arka", "кошка") for number in range(3)
    ]
    for row in rows:
        chances = {name: float(row[f"p:{name}"]) for name in ("arka", "кошка", "猫 #1")}
        assert sum(chances.values()) == pytest.approx(1, abs=1e-5)
        assert row["label"] == max(chances, key=chances.__getitem__)
        assert float(row["confidence"]) == chances[row["label"]]
        assert row["error"] == ""
    assert sum(row["label"] == Path(row["image"]).parent.name for row in rows) >= 5


@pytest.mark.slow
@pytest.mark.parametrize("algorithm", learners())
def test_every_algorithm_can_be_asked_for(
    algorithm: str, support: Path, images: Path, tmp_path: Path
) -> None:
    assert predict(support, images, tmp_path / "out.csv", "--algorithm", algorithm) == 0
    assert len(table(tmp_path / "out.csv")) == 6


@pytest.mark.parametrize(("name", "more"), [("out.jsonl", ()), ("out.txt", ("--format", "jsonl"))])
def test_json_lines_come_by_the_files_name_or_when_asked_for(
    name: str, more: Sequence[str], support: Path, images: Path, tmp_path: Path
) -> None:
    assert predict(support, images, tmp_path / name, *more) == 0
    lines = [json.loads(line) for line in (tmp_path / name).read_text("utf-8").splitlines()]
    assert len(lines) == 6
    for line in lines:
        assert list(line) == ["image", "label", "confidence", "error", "origin", "folder", "probabilities"]
        assert line["probabilities"][line["label"]] == line["confidence"]


def test_broken_pictures_are_listed_with_their_reasons_and_counted(
    support: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus = write_corpus(tmp_path / "corpus")
    broken = [specimen for specimen in corpus.values() if specimen.outcome != FINE]
    assert predict(support, tmp_path / "corpus", tmp_path / "out.csv") == 0
    assert f"{len(broken)} pictures could not be read; the table says why." in capsys.readouterr().err
    rows = {row["image"]: row for row in table(tmp_path / "out.csv")}
    assert len(rows) == len(corpus)
    for specimen in corpus.values():
        written = str(specimen.path).encode("utf-8", "backslashreplace").decode()
        row = rows[written]
        if specimen.outcome == FINE:
            assert row["label"]
            assert row["error"] == ""
        else:
            assert row["error"] == specimen.outcome
            assert row["label"] == row["confidence"] == row["p:arka"] == ""


def test_one_broken_picture_is_counted_as_one(
    support: Path, images: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (images / "empty.png").touch()
    assert predict(support, images, tmp_path / "out.csv") == 0
    assert "1 picture could not be read" in capsys.readouterr().err


def test_a_broken_example_is_named_and_left_out(
    support: Path, images: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (support / "arka" / "empty.png").touch()
    assert predict(support, images, tmp_path / "out.csv") == 0
    assert f"{support / 'arka' / 'empty.png'} was left out: empty file." in capsys.readouterr().err


def test_class_folders_with_names_alike_are_one_class_and_that_is_told(
    support: Path, images: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (support / " Arka").mkdir()
    first = min((support / "arka").iterdir())
    first.rename(support / " Arka" / first.name)
    assert predict(support, images, tmp_path / "out.csv") == 0
    assert "The class “ Arka” was joined to “arka”:" in capsys.readouterr().err
    columns = table(tmp_path / "out.csv")[0]
    assert [name for name in columns if name.casefold().endswith("arka")] == ["p:arka"]


def test_pictures_beside_the_class_folders_are_left_out_and_that_is_told(
    support: Path, images: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in (".hidden.png", "notes.txt", "10.PNG"):
        (support / name).touch()
    (support / "album.png").symlink_to(images / "arka")
    assert predict(support, images, tmp_path / "out.csv") == 0
    told = f"The picture {support / '10.PNG'} was left out: it lies beside the class folders, not in one.\n"
    assert told in capsys.readouterr().err
    (support / "2.png").touch()
    assert predict(support, images, tmp_path / "out.csv") == 0
    assert f"2 pictures were left out, for example {support / '2.png'}: they" in capsys.readouterr().err


def test_nothing_is_told_of_what_is_no_picture_beside_the_class_folders(
    support: Path, images: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (support / "notes.txt").touch()
    assert predict(support, images, tmp_path / "out.csv") == 0
    assert "left out" not in capsys.readouterr().err


def test_what_was_left_out_is_told_and_listed_in_the_summary(
    support: Path, images: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in (support, support / "arka", images):
        (folder / "@eaDir" / "1.png").mkdir(parents=True)
        (folder / "@eaDir" / "1.png" / "SYNOPHOTO_THUMB_M.jpg").touch()
    (images / "photo.NEF").write_bytes(b"MM\0*")
    (images / "notes.txt").touch()
    (images / "арка").write_bytes((images / "arka" / "0.png").read_bytes())
    given = [images, support / "arka" / "@eaDir"]
    assert predict(support, given, tmp_path / "out.csv", "--json") == 0
    out, err = capsys.readouterr()
    assert "4 files and folders were left out: 1 RAW, 3 made by the system; the first is " in err
    left_out = {one["path"]: one["reason"] for one in json.loads(out)["left_out"]}
    assert left_out == {
        str(images / "photo.NEF"): "unsupported format: RAW",
        **{str(folder / "@eaDir"): "made by the system" for folder in (support, support / "arka", images)},
    }
    rows = [row["image"] for row in table(tmp_path / "out.csv")]
    assert len(rows) == 8
    assert {str(images / "арка"), str(support / "arka/@eaDir/1.png/SYNOPHOTO_THUMB_M.jpg")} <= set(rows)


def test_what_was_left_out_counts_once_however_its_path_is_written(
    support: Path,
    images: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (support / "@eaDir").mkdir()
    monkeypatch.chdir(support.parent)
    assert predict(support, [images, Path(support.name)], tmp_path / "out.csv") == 0
    assert f"{Path(support.name, '@eaDir')} was left out: made by the system." in capsys.readouterr().err


def test_a_summary_for_machines_is_all_that_stdout_gets(
    support: Path, images: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert predict(support, images, tmp_path / "out.csv", "--json") == 0
    summary = json.loads(capsys.readouterr().out)
    assert (summary["classified"], summary["unreadable"]) == (6, 0)
    assert summary["classes"] == ["arka", "кошка", "猫 #1"]
    assert summary["out"] == str(tmp_path / "out.csv")
    assert summary["device"].startswith("CPU")
    assert summary["embedded"] + summary["from_cache"] == 12
    assert summary["held_out_examples"] == 5
    beside = json.loads((tmp_path / "out.csv.run.json").read_text())
    assert beside["runs"] == [summary["run"]]
    assert summary["run"]["device"] == summary["device"]
    assert summary["run"]["algorithm"] == DEFAULT_ALGORITHM


def test_single_files_and_folders_may_be_mixed(support: Path, images: Path, tmp_path: Path) -> None:
    given = [images / "кошка" / "2.png", images / "arka"]
    assert predict(support, given, tmp_path / "out.csv") == 0
    assert len(table(tmp_path / "out.csv")) == 4


CONTRARY = {"algorithm": "contrary", "backbone": "efficientnet-lite0"}
WRONG_CALLS: Mapping[str, tuple[Mapping[str, str], str]] = {
    "no such support": ({"support": "nowhere"}, "does not exist"),
    "support is a file": ({"support": "file.txt"}, "is not a folder"),
    "no classes": ({"support": "empty"}, "holds no folders"),
    "one class": ({"support": "one class"}, "holds only the folder “arka”"),
    "class without examples": ({"support": "hollow class"}, "no picture in the class “bare”"),
    "no such images": ({"images": "nowhere"}, "nowhere"),
    "no images": ({"images": "empty"}, "There is no picture in"),
    "no such folder": ({"out": "nowhere/out.csv"}, "there is no folder"),
    "a folder as output": ({"out": "empty"}, "is not a file"),
    "unknown algorithm": ({"algorithm": "magic"}, "There is no algorithm called “magic”; choose one of"),
    "unknown backbone": ({"backbone": "magic"}, "There is no backbone called “magic”; choose one of"),
    "unknown device": ({"device": "quantum"}, "The device “quantum” cannot be used"),
    "unknown format": ({"format": "ods"}, "There is no export format 'ods'"),
    "impossible pair": (
        {"algorithm": "untrained"},
        "make one with: fewshot meta-train --algorithm untrained",
    ),
    "option without a value": ({"option": "sharpness"}, "--option takes NAME=VALUE"),
    "unknown option": ({**CONTRARY, "option": "speed=3"}, "Contrary has no option “speed”; its options are"),
    "option out of range": ({**CONTRARY, "option": "sharpness=9"}, "Sharpness lies between 0.5 and 8"),
    "option not a number": ({**CONTRARY, "option": "sharpness=very"}, "Sharpness is a number, not 'very'."),
    "option not a switch": ({**CONTRARY, "option": "contrary=1"}, "Contrariness is on or off, not 1.0."),
}


@pytest.mark.parametrize(("wrong", "sentence"), WRONG_CALLS.values(), ids=WRONG_CALLS)
def test_a_wrong_call_ends_with_one_sentence_and_status_2(
    wrong: Mapping[str, str],
    sentence: str,
    support: Path,
    images: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    offer_contrary(monkeypatch)
    (tmp_path / "file.txt").touch()
    (tmp_path / "empty").mkdir()
    write_characters(tmp_path / "one class", {"arka": 2})
    write_characters(tmp_path / "hollow class", {"arka": 2})
    (tmp_path / "hollow class" / "bare").mkdir()
    call = {
        "support": support.name,
        "images": images.name,
        "out": "out.csv",
        "backbone": "conv4",
        "device": "cpu",
        **wrong,
    }
    assert main(["predict", *(part for name, value in call.items() for part in (f"--{name}", value))]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("fewshot: ")
    assert sentence in captured.err
    assert captured.err.count("\n") == 1
    assert not (tmp_path / "out.csv").exists()


def test_options_reach_the_run_as_numbers_and_switches(
    support: Path, images: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests: list[RunRequest] = []

    def interrupted(request: RunRequest) -> None:
        requests.append(request)
        raise KeyboardInterrupt

    offer_contrary(monkeypatch)
    monkeypatch.setattr(predict_command, "follow", interrupted)
    given = ["contrary=off", "sharpness=1e0", "contrary= Yes", "places=4"]
    more = [part for option in given for part in ("--option", option)]
    chosen = ("--algorithm", "contrary", "--backbone", "efficientnet-lite0")
    assert predict(support, images, tmp_path / "out.csv", *chosen, *more) == 130
    assert requests[0].options == {"contrary": True, "sharpness": 1.0, "places": 4.0}
    assert requests[0].options["contrary"] is True


@pytest.mark.usefixtures("without_window")
def test_the_demo_refuses_what_cannot_be_chosen_before_it_writes_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    offer_contrary(monkeypatch)
    call = ["--out", str(tmp_path / "demo"), "--algorithm", "contrary", "--backbone", "efficientnet-lite0"]
    assert main(["demo", *call, "--option", "speed=3"]) == 2
    assert "Contrary has no option “speed”" in capsys.readouterr().err
    assert not (tmp_path / "demo").exists()


def test_an_unknown_option_is_refused_with_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["predict", "--colour", "red"])
    assert exit_.value.code == 2
    assert "usage: fewshot predict" in capsys.readouterr().err


def test_ctrl_c_ends_with_status_130_and_writes_no_table(
    support: Path,
    images: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def interrupted(*arguments: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(predict_command, "follow", interrupted)
    assert predict(support, images, tmp_path / "out.csv") == 130
    assert capsys.readouterr().err == "fewshot: stopped.\n"
    assert not (tmp_path / "out.csv").exists()


# --- list -------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["algorithms", "backbones", "devices"])
def test_what_there_is_is_listed_for_people_and_for_machines(
    what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list", what, "--json"]) == 0
    entries = json.loads(capsys.readouterr().out)
    assert entries
    assert main(["list", what]) == 0
    for_people = capsys.readouterr().out
    for entry in entries:
        assert entry["name"] in for_people
        assert entry["title"] in for_people


def test_algorithms_tell_where_they_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    offer_contrary(monkeypatch)
    assert main(["list", "algorithms", "--json"]) == 0
    by_name = {entry["name"]: entry for entry in json.loads(capsys.readouterr().out)}
    assert list(by_name) == [*learners(), "contrary", "untrained"]
    assert list(by_name["untrained"]["unavailable"]) == list(backbones())
    there = [name for name, backbone in backbones().items() if backbone.unavailable is None]
    assert by_name["contrary"]["backbones"] == there
    assert "fewshot meta-train" in by_name["untrained"]["unavailable"]["conv4"]


def test_algorithms_are_listed_with_limits_options_and_why_they_cannot_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    offer_contrary(monkeypatch)
    assert main(["list", "algorithms"]) == 0
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    own = lines[[line.partition(" ")[0] for line in lines].index("contrary") :]
    assert "limits: Mostly wrong." in own
    assert "--option contrary=off (on or off): Whether to prefer the least likely class." in own
    assert "--option sharpness=2 (0.5 to 8): How much a distance counts." in own
    assert main(["list", "algorithms", "--json"]) == 0
    entries = json.loads(capsys.readouterr().out)
    there = [name for name, backbone in backbones().items() if backbone.unavailable is None]
    reasons = {(name, why) for entry in entries for name, why in entry["unavailable"].items()}
    assert {f"not on {name}: {why}" for name, why in reasons if name in there} <= set(lines)
    assert not [line for line in lines if line.startswith("not on ") and line.split()[2][:-1] not in there]


# --- demo -------------------------------------------------------------------------------------


@pytest.fixture
def without_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """The window has tests of its own."""
    monkeypatch.setattr(demo_command, "_picture_of_window", lambda options: None)


@pytest.mark.usefixtures("without_window")
def test_the_demo_leaves_predictions_that_are_mostly_right(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "demo folder"
    assert main(["demo", "--out", str(folder), "--device", "cpu", "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["folder"] == str(folder)
    assert summary["of"] == len(table(folder / "predictions.csv")) == 120
    assert summary["right"] > 80
    assert summary["window"] is None
    beside = json.loads((folder / "predictions.csv.run.json").read_text())
    assert beside["runs"] == [summary["run"]]


@pytest.mark.usefixtures("without_window")
def test_the_demo_can_be_done_again_and_tells_people_where_it_lies(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert main(["demo", "--out", str(tmp_path), "--device", "cpu"]) == 0
    out = capsys.readouterr().out
    assert str(tmp_path) in out
    assert "predictions.csv" in out


@pytest.mark.parametrize(
    "message", ["No module named PySide6", "libEGL.so.1: cannot open shared object file"]
)
def test_the_demo_without_qt_reports_that_it_has_no_picture_of_the_window(
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = subprocess.run

    def run_without_qt(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        if "fewshot_gui.snapshot" in command:
            return subprocess.CompletedProcess(command, 1, "", message)
        return run(command, **options)

    monkeypatch.setattr(subprocess, "run", run_without_qt)
    assert main(["demo", "--out", str(tmp_path), "--device", "cpu"]) == 0
    assert (tmp_path / "predictions.csv").is_file()
    assert message in capsys.readouterr().err


def test_the_picture_of_the_demo_is_of_a_window_with_the_same_choices(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[list[str]] = []

    def note(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        commands.append(command)
        return subprocess.CompletedProcess(command, 0)

    offer_contrary(monkeypatch)
    monkeypatch.setattr(subprocess, "run", note)
    chosen = ["--algorithm", "contrary", "--backbone", "conv4", "--device", "cpu"]
    chosen += ["--option", "contrary=on", "--option", "places=2"]
    assert main(["demo", "--out", str(tmp_path), *chosen]) == 0
    [command] = commands
    assert command[-len(chosen) :] == chosen


def test_a_demo_that_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "taken").touch()
    assert main(["demo", "--out", str(tmp_path / "taken")]) == 2
    assert "taken" in capsys.readouterr().err


# --- gui --------------------------------------------------------------------------------------


def test_where_there_is_no_display_the_window_says_what_to_do_instead(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert main(["gui"]) == 2
    assert "There is no display here; `fewshot predict`" in capsys.readouterr().err


def test_a_project_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gui", str(tmp_path / "gone.fewshot")]) == 2
    assert "gone.fewshot" in capsys.readouterr().err


# --- as a process of its own ------------------------------------------------------------------


def fewshot(*arguments: str | Path, **options: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "engine.cli.main", *map(str, arguments)],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


@pytest.mark.subprocess
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has names that are not UTF-8")
def test_names_that_the_terminal_cannot_show_do_no_harm(support: Path, images: Path, tmp_path: Path) -> None:
    folder = tmp_path / b"latin1-\xe4".decode("utf-8", "surrogateescape")
    folder.mkdir()
    (images / "arka").rename(images / folder.name)
    process = fewshot(
        *("predict", "--support", support, "--images", images, "--out", folder / "кошка.csv"),
        *("--backbone", "conv4", "--device", "cpu"),
        env={**os.environ, "PYTHONIOENCODING": "ascii:strict"},
    )
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert "6 pictures labelled" in out
    assert "latin1-\\udce4" in out
    assert len(table(folder / "кошка.csv")) == 6


@pytest.mark.subprocess
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send to another process")
def test_a_real_ctrl_c_stops_a_real_process_quietly(tmp_path: Path) -> None:
    # Tests that a script runs in its background are deaf to Ctrl-C, and would pass that on.
    hear = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    process = fewshot("demo", "--out", tmp_path / "demo", "--device", "cpu", preexec_fn=hear)
    while not list(tmp_path.glob("demo/examples/*/*.png")):  # it has begun to draw, which takes a while
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    assert (out, err) == ("", "fewshot: stopped.\n")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows tells in another way that nobody reads any more")
@pytest.mark.subprocess
def test_a_reader_that_has_enough_is_no_failure() -> None:
    process = fewshot("list", "algorithms")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert (process.stderr.read(), process.wait(timeout=120)) == ("", 0)
    process.stderr.close()


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        ImportError("libtorch_cpu.so: failed to map segment from shared object"),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
    ],
)
def test_a_computer_without_memory_is_told_in_a_sentence(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def load(*_: object) -> None:
        raise error

    monkeypatch.setattr(demo_command, "COMMAND", replace(demo_command.COMMAND, run=load))
    assert main(["demo"]) == 2
    assert capsys.readouterr().err == (
        "fewshot: The computer ran out of memory; close other programs and try again.\n"
    )
