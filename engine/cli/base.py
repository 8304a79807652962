"""What a command of `fewshot` is: one file in this folder that publishes `COMMAND`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from engine.errors import FewshotError

ON_OFF = {"on": True, "off": False, "true": True, "false": False, "yes": True, "no": False}


@dataclass(frozen=True)
class Command:
    """A subcommand. `configure` adds its arguments; `run` does it and returns the exit status."""

    name: str
    summary: str
    configure: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def add_choices(parser: argparse.ArgumentParser, algorithm: str, backbone: str) -> None:
    """The arguments of every command that runs something. Names are checked by the engine, not here."""
    parser.add_argument("--algorithm", default=algorithm, metavar="NAME", help="default: %(default)s")
    parser.add_argument("--backbone", default=backbone, metavar="NAME", help="default: %(default)s")
    parser.add_argument("--device", default="auto", metavar="D", help="auto, cpu, cuda:N or mps")
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a choice about the algorithm, see `fewshot list algorithms`; may be given several times",
    )


def read_options(texts: Sequence[str]) -> dict[str, Any]:
    """What `--option` was given, by name: a bool, a number or, for the engine to refuse, the text itself."""
    options: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise FewshotError("--option takes NAME=VALUE, for example steps=50, not “{text}”.", text=text)
        options[name.strip()] = _read_value(value.strip())
    return options


def _read_value(text: str) -> float | bool | str:
    if text.lower() in ON_OFF:
        return ON_OFF[text.lower()]
    try:
        return float(text)
    except ValueError:
        return text
