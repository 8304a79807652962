"""The command `fewshot`. Exit status: 0 done, 1 a bug, 2 what the caller can mend, 130 interrupted."""

from __future__ import annotations

import argparse
import errno
import io
import os
import sys
from collections.abc import Sequence

from engine.cli.base import Command
from engine.errors import FewshotError
from engine.registry import discover


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="fewshot", description="Label pictures from a handful of examples, on your own computer."
    )
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in discover("engine.cli", "COMMAND"):
        assert isinstance(command, Command)
        subparser = subparsers.add_parser(command.name, help=command.summary, description=command.summary)
        command.configure(subparser)
        subparser.set_defaults(run=command.run)
    options = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A name that the terminal cannot show must not turn a finished job into a failure.
            stream.reconfigure(errors="backslashreplace")
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except FewshotError as error:
        print(f"fewshot: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # Who reads the output has enough, as `head` does. What is left must not be written at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (ImportError, MemoryError, OSError) as error:
        if not _tells_of_no_memory(error):
            raise
        print("fewshot: The computer ran out of memory; close other programs and try again.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("fewshot: stopped.", file=sys.stderr)
        return 130
    return status


def _tells_of_no_memory(error: BaseException) -> bool:
    """Whether there was no memory, be it for a library, of which only the text of the error tells."""
    is_told = isinstance(error, ImportError | OSError) and "failed to map segment" in str(error)
    return is_told or isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM


if __name__ == "__main__":
    sys.exit(main())
