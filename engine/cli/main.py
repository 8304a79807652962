"""The command `fewshot`. Exit status: 0 done, 1 a bug, 2 what the caller can mend, 130 interrupted."""

from __future__ import annotations

import errno
import sys
import traceback
from collections.abc import Sequence

from engine.cli.base import Command
from engine.cli.terminal import Parser, bug_lines, open_standard_streams, write_notice, write_remark
from engine.cli.version import ShowVersions
from engine.discovery import collect, of_type, plugin_problems
from engine.errors import FewshotError
from engine.process import set_up_process


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; returns the exit status."""
    open_standard_streams()
    set_up_process()
    try:
        options = _parser().parse_args(arguments)
        status: int = options.run(options)
    except FewshotError as error:
        write_notice(f"fewshot: {error}")
        return 2
    except KeyboardInterrupt:
        write_notice("fewshot: stopped.")
        return 130
    except BrokenPipeError:
        return 0  # who reads the output has enough, as `head` does
    except Exception as error:
        if _is_out_of_memory(error):
            write_notice("fewshot: The computer ran out of memory; close other programs and try again.")
            return 2
        write_notice(*bug_lines(traceback.format_exc()))
        return 1
    finally:
        for problem in plugin_problems():
            write_notice(f"fewshot: {problem}")
        write_remark()  # what a library has printed by itself
    return status


def _parser() -> Parser:
    parser = Parser(
        prog="fewshot", description="Label pictures from a handful of examples, on your own computer."
    )
    parser.add_argument("--version", action=ShowVersions)
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in collect(
        ["engine.cli"], "COMMAND", of_type(Command), lambda command: command.name
    ).values():
        subparser = subparsers.add_parser(command.name, help=command.summary, description=command.summary)
        command.configure(subparser)
        subparser.set_defaults(run=command.run)
    return parser


def _is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out, also for a library, which only the text of the error shows."""
    is_library = isinstance(error, ImportError | OSError) and "failed to map segment" in str(error)
    return is_library or isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM


if __name__ == "__main__":
    sys.exit(main())
