"""`fewshot --version`: what a report of a problem needs to say."""

from __future__ import annotations

import argparse
from typing import Any

from engine import versions
from engine.cli.terminal import write_result


class ShowVersions(argparse.Action):
    """Writes the versions and the device that `auto` means here, and ends the program."""

    def __init__(self, option_strings: list[str], dest: str, **others: Any) -> None:
        super().__init__(option_strings, dest, nargs=0, help="show versions and the device, and exit")

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        write_result(versions.in_words())  # at once: torch takes seconds to load, or does not load at all
        try:
            from engine.devices import list_devices

            device = str(list_devices()[0].title)
        except Exception as error:
            device = f"none, as torch cannot be used ({error}); see `fewshot doctor`"
        write_result(f"Device: {device}")
        parser.exit()
