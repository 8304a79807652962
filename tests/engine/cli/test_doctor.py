"""`fewshot doctor` and `fewshot --version`: what is there, what is not, and what to do."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from engine import telemetry, versions
from engine.cli import checkup
from engine.cli.checkup import QUESTIONS, Finding, look_at_everything
from engine.cli.main import main
from engine.paths import data_dir

ORT = Path("Microsoft", "DeveloperTools", ".onnxruntime")


@pytest.fixture(autouse=True)
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home and a folder of temporary files in which nobody else leaves anything."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache-home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache-home"))
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Finding]:
    """The answer to one question."""

    def answer(name: str) -> Finding:
        monkeypatch.setattr(checkup, "QUESTIONS", [row for row in QUESTIONS if row[0] == name])
        [finding] = look_at_everything()
        return finding

    return answer


@pytest.fixture
def folder_of_telemetry() -> Path:
    folder = telemetry._folder()
    folder.mkdir(parents=True)
    for name in ("deviceid", "deviceid.lock", "onnxruntime.db", "onnxruntime.db-journal"):
        (folder / name).write_text("mine")
    return folder


@pytest.mark.slow
def test_a_sound_installation_has_every_question_answered(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["healthy"] is True
    checks = {check["name"]: check for check in report["checks"]}
    assert list(checks) == [name for name, _ in QUESTIONS]
    assert not [check for check in checks.values() if check["state"] == "problem"]
    assert versions.in_words() in checks["versions"]["found"]
    assert "torch computes" in checks["processor"]["found"]


def test_a_question_that_breaks_is_a_problem_and_the_others_are_answered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> checkup.Answer:
        raise OSError("libcudart.so is missing")

    monkeypatch.setattr(checkup, "QUESTIONS", [("GPU", broken), ("after", lambda: ("ok", "fine", ""))])
    assert main(["doctor"]) == 2
    first, to_do, second = capsys.readouterr().out.splitlines()
    assert first.split() == ["problem", "GPU", "OSError:", "libcudart.so", "is", "missing"]
    assert to_do.strip().startswith("→ Install Fewshot anew")
    assert second.split() == ["ok", "after", "fine"]


@pytest.mark.parametrize(
    ("question", "variable", "state"),
    [
        ("cache folder", "FEWSHOT_CACHE_DIR", "note"),
        ("data folder", "FEWSHOT_DATA_DIR", "note"),
        ("settings", "XDG_CONFIG_HOME", "note"),
    ],
)
def test_a_folder_that_cannot_be_written_to_is_named(
    question: str,
    variable: str,
    state: str,
    only: Callable[[str], Finding],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if question == "settings" and sys.platform in ("darwin", "win32"):
        pytest.skip("settings are elsewhere here")
    (tmp_path / "file").touch()
    monkeypatch.setenv(variable, str(tmp_path / "file" / "folder"))
    finding = only(question)
    assert (finding.state, str(tmp_path / "file" / "folder") in finding.found) == (state, True)
    assert finding.to_do


def test_without_a_folder_for_temporary_files_nothing_runs(
    only: Callable[[str], Finding], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "file" / "folder"))
    assert only("temporary folder").state == "problem"


def test_looking_leaves_nothing_behind(
    only: Callable[[str], Finding], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEWSHOT_CACHE_DIR", str(tmp_path / "not" / "yet"))
    before = sorted(tmp_path.rglob("*"))
    assert [only(name).state for name in ("cache folder", "data folder", "cache")] == ["ok", "ok", "ok"]
    assert sorted(tmp_path.rglob("*")) == before


def test_without_qt_the_window_is_missing_and_runs_are_not(
    only: Callable[[str], Finding], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    finding = only("display")
    assert (finding.state, finding.found) == ("note", "PySide6 is not installed")


@pytest.mark.subprocess
@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="there is always a display")
@pytest.mark.parametrize(("platform", "state"), [("xcb", "note"), ("offscreen", "ok")])
def test_a_display_is_proven_by_opening_it(
    platform: str, state: str, only: Callable[[str], Finding], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("QT_QPA_PLATFORM", platform)
    assert only("display").state == state


@pytest.mark.slow
def test_a_damaged_checkpoint_is_a_problem(only: Callable[[str], Finding]) -> None:
    own = data_dir() / "checkpoints" / "prototypical-conv4 birds.safetensors"
    own.parent.mkdir(parents=True)
    own.write_bytes(b"damaged")
    finding = only("checkpoints")
    assert finding.state == "problem"
    assert finding.found.startswith("prototypical:birds: ")
    assert str(own.parent) in finding.to_do


def test_what_telemetry_left_is_named(
    folder_of_telemetry: Path, tmp_path: Path, only: Callable[[str], Finding]
) -> None:
    session = tmp_path / "tmp" / ".ses"
    session.touch()
    finding = only("telemetry")
    assert finding.state == "note"
    for file in ("deviceid", "onnxruntime.db"):
        assert str(folder_of_telemetry / file) in finding.found
    assert str(session) in finding.found
    assert "All programs that use ONNX Runtime share them" in finding.to_do


@pytest.mark.usefixtures("folder_of_telemetry")
def test_what_telemetry_left_is_removed_on_request_with_its_empty_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(checkup, "QUESTIONS", [row for row in QUESTIONS if row[0] == "telemetry"])
    assert main(["doctor", "--remove-telemetry"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [*["Removed"] * 4, "ok"]
    assert not list(tmp_path.rglob("Microsoft"))


def test_what_others_keep_beside_it_stays(folder_of_telemetry: Path) -> None:
    other = folder_of_telemetry / "model.onnx"
    other.touch()
    assert len(telemetry.remove_leftovers()) == 4
    assert list(folder_of_telemetry.iterdir()) == [other]
    assert telemetry.leftovers() == []


def test_the_version_says_what_a_report_needs(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == versions.in_words()
    for name in ("Fewshot 0", "Python 3", "torch 2", "onnxruntime 1", "PySide6 6"):
        assert name in first
    assert second.startswith("Device: ")


def test_a_version_is_shown_where_torch_cannot_be_loaded(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "engine.devices", None)
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert "torch cannot be used" in capsys.readouterr().out


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")
def test_an_installed_package_names_no_commit_of_the_repository_it_lies_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    subprocess.run(["git", *who, "commit", "-q", "--allow-empty", "-m", "x"], cwd=tmp_path, check=True)
    monkeypatch.setattr(versions, "_ROOT", tmp_path)
    assert len(versions._commit()) == 12
    monkeypatch.setattr(versions, "_ROOT", tmp_path / "tmp")
    assert versions._commit() == ""


def test_without_git_no_commit_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    monkeypatch.setattr(versions, "_ROOT", tmp_path)
    monkeypatch.setenv("PATH", "")
    assert versions._commit() == ""


def test_what_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {**versions.versions(), "PySide6": "", "commit": "0123456789ab"}
    monkeypatch.setattr(versions, "versions", lambda: found)
    assert "PySide6 is not installed" in versions.in_words()
    assert "(0123456789ab)" in versions.in_words()
