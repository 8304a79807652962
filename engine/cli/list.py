"""`fewshot list algorithms|backbones|devices`: what there is to choose from."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Iterator

from engine.cli.base import Command
from engine.cli.terminal import write_json, write_result
from engine.messages import Message
from engine.runs.catalogue import AlgorithmEntry, BackboneEntry, DeviceEntry, OptionEntry, Unavailable


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("algorithms", "backbones", "devices"))
    parser.add_argument("--json", action="store_true", help="everything known, as JSON")


def _run(options: argparse.Namespace) -> int:
    from engine.runs.run import read_catalogue

    catalogue = read_catalogue()
    entries: tuple[AlgorithmEntry | BackboneEntry | DeviceEntry, ...] = getattr(catalogue, options.what)
    if options.json:
        write_json(entries, indent=2, default=_plain)
        return 0
    # Said once, in the list of backbones, and not again for each algorithm.
    absent = {backbone.name for backbone in catalogue.backbones if backbone.unavailable is not None}
    width = max(len(entry.name) for entry in entries)
    for entry in entries:
        write_result(f"{entry.name:<{width}}  {entry.title}")
        for detail in _details(entry, absent):
            write_result(f"{'':<{width}}  {detail}")
    return 0


def _details(entry: AlgorithmEntry | BackboneEntry | DeviceEntry, absent: Collection[str]) -> Iterator[str]:
    if isinstance(entry, AlgorithmEntry):
        yield entry.paper
        yield str(entry.summary)
        yield f"limits: {entry.limits}"
        yield f"runs on: {', '.join(entry.backbones) or 'nothing yet'}"
        for backbone, unavailable in entry.unavailable.items():
            if backbone not in absent:
                yield f"not on {backbone}: {unavailable.reason}"
        if entry.untrained:
            yield f"not meta-trained for: {', '.join(entry.untrained)}"
        for option in entry.options:
            yield f"--option {option.name}={_value(option.default)} ({_range(option)}): {option.explanation}"
    elif isinstance(entry, BackboneEntry):
        yield entry.summary
        yield f"{entry.licence}; {entry.source}"
        if entry.unavailable is not None:
            yield str(entry.unavailable.reason)


def _plain(value: object) -> object:
    match value:
        case Message():
            return str(value)
        case Unavailable(reason=reason):
            return str(reason)
    return vars(value)


def _value(value: float | bool) -> str:
    return ("on" if value else "off") if isinstance(value, bool) else f"{value:g}"


def _range(option: OptionEntry) -> str:
    if isinstance(option.default, bool):
        return "on or off"
    return f"{_value(option.minimum)} to {_value(option.maximum)}"


COMMAND = Command("list", "Show the algorithms, backbones or devices there are.", _configure, _run)
