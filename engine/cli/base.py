"""What a command of `fewshot` is: one file in this folder that publishes `COMMAND`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass


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
