"""`fewshot watch`: label every picture that comes into a folder, as soon as it is whole."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.cli.base import Command
from engine.cli.terminal import write_json, write_notice, write_remark
from engine.errors import FewshotError
from engine.exports import Row
from engine.messages import Message
from engine.runs.events import DeviceChanged, Warned


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--classifier", type=Path, required=True, metavar="FILE", help="what `fewshot fit` has written"
    )
    parser.add_argument(
        "--in", type=Path, required=True, metavar="DIR", dest="folder", help="the folder to watch"
    )
    to = parser.add_mutually_exclusive_group(required=True)
    to.add_argument("--table", type=Path, metavar="FILE", help="append the labels to this .csv or .jsonl")
    to.add_argument("--folders", type=Path, metavar="DIR", help="copy pictures into a folder for each class")
    parser.add_argument("--move", action="store_true", help="move the pictures instead of copying them")
    parser.add_argument("--device", default="auto", metavar="D", help="auto, cpu, cuda:N or mps")
    parser.add_argument(
        "--json",
        action="store_true",
        help="print a line of JSON on stdout for each picture and message",
    )


def _run(options: argparse.Namespace) -> int:
    if options.move and options.folders is None:
        raise FewshotError("--move needs --folders: with a table, pictures stay where they are.")
    if options.folders is not None and options.folders.resolve().is_relative_to(options.folder.resolve()):
        raise FewshotError(
            "The folder '{path}' is within the one that is watched. Give one outside of it.",
            path=options.folders,
        )
    # Here, not above: they load torch, which a wrong call should not have to wait for.
    from engine.watching.outputs import FoldersOutput, TableOutput
    from engine.watching.watch import Labelled, Waiting, watch

    output = FoldersOutput(options.folders, options.move) if options.folders else TableOutput(options.table)
    problem: Message | None = None
    is_waiting = False
    for event in watch(options.classifier, options.folder, output, options.device):
        match event:
            case Labelled(row=row) if options.json:
                write_json(_as_json(row))
            case Labelled(row=row) if row.error:
                write_notice(f"The picture {row.image} cannot be read: {row.error}.")
            case Labelled(row=row):
                write_remark(f"{row.image}: {row.label} ({100 * (row.confidence or 0):.0f} %)")
            case Waiting():
                if event.problem is not None and event.problem != problem:
                    is_waiting = False
                    _say(event.problem, options.json)
                if not is_waiting and event.problem is None:
                    is_waiting = True
                    ctrl_c = Message("Watching {folder}; Ctrl-C stops.", folder=options.folder)
                    button = Message("Watching {folder}.", folder=options.folder)
                    _say(button if options.json else ctrl_c, options.json)
                problem = event.problem
            case Warned(message=message) | DeviceChanged(message=message):
                _say(message, options.json)
            case _:
                pass
    return 0


def _say(message: Message, as_json: bool) -> None:
    """With JSON as a line that a window can translate."""
    if as_json:
        write_json({"message": message.to_json()})
    else:
        write_notice(str(message))


def _as_json(row: Row) -> dict[str, object]:
    return {"image": row.image, "label": row.label, "confidence": row.confidence, "error": row.error}


COMMAND = Command("watch", "Label every picture that comes into a folder by a classifier.", _configure, _run)
