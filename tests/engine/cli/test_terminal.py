"""What the command line writes moves no terminal; where it cannot be written, the work is still done."""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from engine.cli import gui as gui_command
from engine.cli import list as list_command
from engine.cli.main import main
from engine.cli.progress import ProgressBar
from engine.cli.terminal import Parser, write_json, write_notice, write_remark, write_result
from engine.errors import FewshotError
from tests.engine.tasks import write_characters

CHECKOUT = Path(__file__).parents[3]
WILD = "a\x1b[2J\x9b\u202eb"
TAME = r"a\x1b[2J\x9b\u202eb"

posix = pytest.mark.skipif(os.name != "posix", reason="Windows has no such names and no such streams")


class Full(io.TextIOWrapper):
    """A stream whose disk is full, whose reader has gone, …"""

    def __init__(self, number: int) -> None:
        super().__init__(io.BytesIO())
        self._number = number

    def write(self, text: str) -> int:
        raise OSError(self._number, os.strerror(self._number))


def is_tame(text: str) -> bool:
    return all(line.isprintable() for line in text.split("\n"))


# -- what is written


def test_every_line_is_written_visibly(capsys: pytest.CaptureFixture[str]) -> None:
    for write in (write_result, write_remark, write_notice):
        write(WILD, "and another\nline")
        captured = capsys.readouterr()
        assert captured.out + captured.err == f"{TAME}\nand another\\nline\n"


def test_json_is_ascii(capsys: pytest.CaptureFixture[str]) -> None:
    write_json({WILD: ["кошка\x7f\n"]}, indent=2)
    out = capsys.readouterr().out
    assert out.isascii()
    assert is_tame(out)
    assert json.loads(out) == {WILD: ["кошка\x7f\n"]}


def test_progress_is_shown_visibly(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(ProgressBar, "monitor_interval", 0)  # without tqdm's thread
    with ProgressBar([1, 2], WILD) as bar:
        bar.set_description(f"Reading {WILD}")
        bar.write(f"Left out: {WILD}")
    shown = terminal.getvalue()
    assert f"Reading {TAME}" in shown
    assert f"Left out: {TAME}\n" in shown
    assert is_tame(shown.replace("\r", ""))


def test_wrong_arguments_are_told_visibly(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["list", WILD], [WILD], ["list", "devices", f"--{WILD}\nx"]):
        with pytest.raises(SystemExit) as exit_:
            main(arguments)
        assert exit_.value.code == 2
    told = capsys.readouterr().err
    assert is_tame(told)
    assert told.endswith(f"error: unrecognized arguments: --{TAME}\\nx\n")


def test_a_sentence_and_a_bug_are_told_visibly(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["predict", "--support", "x", "--images", "x", "--out", "x.csv", "--option", WILD]) == 2
    error = capsys.readouterr().err
    assert error.endswith(f"not “{TAME}”.\n")

    def broken(*_: object) -> None:
        raise ZeroDivisionError(WILD)

    monkeypatch.setattr(list_command, "_plain", broken)
    assert main(["list", "devices", "--json"]) == 1
    error = capsys.readouterr().err
    assert f"ZeroDivisionError: {TAME}\n" in error
    assert error.endswith("This is a bug in Fewshot; please report it.\n")
    assert is_tame(error)


@posix
def test_a_whole_run_over_hostile_names_writes_nothing_raw(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    examples, images = tmp_path / "examples", tmp_path / WILD
    write_characters(examples, {WILD: 2, "two\nlines": 2})
    write_characters(images, {"new": 2}, stream=1)
    (examples / f"{WILD}.png").touch()
    (examples / WILD / f"{WILD}.png").touch()
    call = ["predict", "--support", str(examples), "--images", str(images), "--backbone", "conv4"]
    assert main([*call, "--device", "cpu", "--out", str(tmp_path / f"{WILD}.csv")]) == 0
    captured = capsys.readouterr()
    assert captured.out.count(TAME) == 1
    assert captured.err.count(TAME) == 3
    assert is_tame(captured.out + captured.err)
    assert WILD in (tmp_path / f"{WILD}.csv").read_text("utf-8")


# -- where it cannot be written


def wrong_and_fine() -> list[Any]:
    """A call, whether its output is what was asked for, and where it goes."""
    summary, table = ["--json"], list[str]()
    return [
        pytest.param(more, wanted, number, id=f"{'json' if more else 'table'} {errno.errorcode[number]}")
        for more, wanted in ((summary, True), (table, False))
        for number in (errno.ENOSPC, errno.EBADF, errno.EPIPE)
    ]


@pytest.mark.parametrize(("more", "is_asked_for", "number"), wrong_and_fine())
def test_a_table_is_written_wherever_stdout_leads(
    more: Sequence[str],
    is_asked_for: bool,
    number: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_characters(tmp_path / "examples", {"arka": 2, "beta": 2})
    folder, out = str(tmp_path / "examples"), tmp_path / "out.csv"
    monkeypatch.setattr(sys, "stdout", Full(number))
    call = ["predict", "--support", folder, "--images", folder, "--out", str(out), "--backbone", "conv4"]
    status = main([*call, "--device", "cpu", "--algorithm", "prototypical", *more])
    assert len(out.read_text("utf-8").splitlines()) == 5
    told = capsys.readouterr().err
    if is_asked_for and number != errno.EPIPE:  # a reader that has gone has enough
        sentence = f"fewshot: Standard output could not be written: {os.strerror(number)}.\n"
        assert (status, told) == (2, sentence)
    else:
        assert (status, told) == (0, "")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EBADF, errno.EPIPE])
def test_what_stderr_does_not_take_changes_no_status(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Full(number))
    assert main(["predict", "--support", "nowhere", "--images", "x", "--out", "x.csv"]) == 2
    with pytest.raises(SystemExit) as exit_:
        main(["list", "nothing"])
    assert exit_.value.code == 2
    with ProgressBar([1, 2]) as bar:
        bar.write("news")


def fewshot(line: str) -> tuple[int, str]:
    """Give a shell `fewshot` and redirections; returns its exit status and what is left of its output."""
    python = f'"{sys.executable}" -m engine.cli.main'
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line.replace('fewshot', python)}"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.subprocess
@posix
@pytest.mark.parametrize(
    ("line", "status", "told"),
    [
        ("fewshot --help >&-", 2, "fewshot: Standard output could not be written: Bad file descriptor.\n"),
        ("fewshot list nothing <&- >&- 2>&-", 2, ""),
        ("fewshot --help | true", 0, ""),
    ],
)
def test_closed_streams_end_in_the_documented_status(line: str, status: int, told: str) -> None:
    assert fewshot(line) == (status, told)


@pytest.mark.subprocess
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
def test_a_full_disk_behind_stdout_is_told_once() -> None:
    told = "fewshot: Standard output could not be written: No space left on device.\n"
    assert fewshot("fewshot --help >/dev/full") == (2, told)


@pytest.mark.subprocess
@posix
def test_no_file_takes_the_number_of_a_stream_that_is_closed() -> None:
    script = "from engine.cli.terminal import *; open_standard_streams(); print(open('/dev/null').fileno())"
    done = subprocess.run(
        ["bash", "-c", f'exec "{sys.executable}" -c "{script}" <&- 2>&-'],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
    )
    assert int(done.stdout) > 2


def test_help_is_what_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Full(errno.ENOSPC))
    with pytest.raises(FewshotError, match="Standard output could not be written"):
        Parser(prog="x").print_help(sys.stdout)


@posix
def test_a_program_that_a_signal_has_ended_is_told_by_its_status() -> None:
    status = gui_command._run_to_its_end([sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"])
    assert status == 128 + 9
