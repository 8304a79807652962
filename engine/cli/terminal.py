"""All that the command line writes: results and remarks on stdout, notices and progress on stderr.

Nothing else prints. What is written holds names from anywhere, so each line is made visible
(`engine.visible`) on its way. A result that cannot be written is an error. Remarks, notices and progress that
cannot be written, to a closed stream or a full disk, are left out, and the work goes on.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, TextIO

from engine.errors import FewshotError, reason_of
from engine.versions import in_words
from engine.visible import visible


def write_result(*lines: str) -> None:
    """Write what was asked for to stdout.

    Raises `FewshotError` if that is not possible, or `BrokenPipeError` if its reader has gone.
    """
    try:
        _write(sys.stdout, lines)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise FewshotError(
            "Standard output could not be written: {reason}.", reason=reason_of(error)
        ) from error


def write_json(
    value: object, indent: int | None = None, default: Callable[[object], object] | None = None
) -> None:
    """`write_result` of a value as JSON, in ASCII: all else in it is escaped."""
    write_result(*json.dumps(value, indent=indent, default=default).split("\n"))


def write_remark(*lines: str) -> None:
    """Write to stdout what was done, if that is possible."""
    with suppress(OSError):
        _write(sys.stdout, lines)


def write_notice(*lines: str) -> None:
    """Write to stderr, if that is possible."""
    with suppress(OSError):
        _write(sys.stderr, lines)


def bug_lines(report: str) -> list[str]:
    """What to say of a bug: the traceback, what it happened on, and a request."""
    return [*report.rstrip().split("\n"), in_words(), "This is a bug in Fewshot; please report it."]


def _write(stream: TextIO, lines: Iterable[str]) -> None:
    try:
        stream.write("".join(f"{visible(line)}\n" for line in lines))
        stream.flush()
    except OSError:
        # What is left in the buffer would fail again when the interpreter ends.
        with suppress(OSError):
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, stream.fileno())
            os.close(null)
        raise


class Parser(argparse.ArgumentParser):
    """Writes its help as a result, and what is wrong with the arguments as a notice."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.color = False  # from Python 3.14 on, help is coloured by control characters

    def error(self, message: str) -> Any:
        super().error(visible(message))

    def _print_message(self, message: str, file: Any = None) -> None:
        write = write_result if file is sys.stdout else write_notice
        write(*message.removesuffix("\n").split("\n"))


def open_standard_streams() -> None:
    """Make the standard streams fit to be used, whatever they were when the process was started.

    In the place of one that is closed comes one that is empty and cannot be written. Else the next file
    that is opened would have its number, and what native libraries print would be written into it.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            null = os.open(os.devnull, os.O_RDONLY)  # takes the lowest number that is free: the stream's own
            os.set_inheritable(null, True)
            setattr(sys, name, os.fdopen(null, mode, encoding="utf-8", closefd=False))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A name that the terminal cannot show must not turn a finished job into a failure.
            stream.reconfigure(errors="backslashreplace")
