"""`fewshot list algorithms|backbones|devices`: what there is to choose from."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import Any

from engine.cli.base import Command


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("algorithms", "backbones", "devices"))
    parser.add_argument("--json", action="store_true", help="everything known, as JSON")


def _run(options: argparse.Namespace) -> int:
    from engine.labeling.run import read_catalogue

    entries: list[dict[str, Any]] = [asdict(entry) for entry in getattr(read_catalogue(), options.what)]
    if options.json:
        print(json.dumps(entries, indent=2))
        return 0
    width = max(len(entry["name"]) for entry in entries)
    for entry in entries:
        print(f"{entry['name']:<{width}}  {entry['title']}")
        for detail in ("paper", "summary"):
            if detail in entry:
                print(f"{'':<{width}}  {entry[detail]}")
        if options.what == "algorithms":
            print(f"{'':<{width}}  runs on: {', '.join(entry['backbones']) or 'nothing yet'}")
    return 0


COMMAND = Command("list", "Show the algorithms, backbones or devices there are.", _configure, _run)
