"""`fewshot --version`: what a report of a problem needs to say."""

from __future__ import annotations

import argparse
from typing import Any

from engine import versions


class ShowVersions(argparse.Action):
    """Prints the versions and the device that `auto` means here, and ends the program."""

    def __init__(self, option_strings: list[str], dest: str, **others: Any) -> None:
        super().__init__(option_strings, dest, nargs=0, help="show versions and the device, and exit")

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        # At once: torch takes seconds to load, or does not load at all.
        print(versions.in_words(), flush=True)
        try:
            from engine.devices import list_devices

            print(f"Device: {list_devices()[0].title}")
        except Exception as error:
            print(f"Device: none, as torch cannot be used ({error}); see `fewshot doctor`")
        parser.exit()
