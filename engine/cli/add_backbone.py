"""`fewshot add-backbone NAME [--from FILE]`: bring the weights of a backbone onto this computer."""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path

from engine.cli.base import Command
from engine.cli.progress import ProgressBar
from engine.cli.terminal import write_result
from engine.errors import FewshotError
from engine.messages import Message


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="see `fewshot list backbones`")
    parser.add_argument(
        "--from", dest="source", type=Path, metavar="FILE", help="take this file, and fetch nothing"
    )


def _run(options: argparse.Namespace) -> int:
    from engine.backbones.adding import add
    from engine.backbones.base import get_backbone
    from engine.backbones.weights import Added

    backbone = get_backbone(options.name)
    weights = backbone.weights
    if not isinstance(weights, Added):
        raise FewshotError(
            "The weights of {backbone} come with the installation.", backbone=Message(backbone.title)
        )
    if options.source is None and not weights.address:
        raise FewshotError(
            "The weights of {backbone} cannot be fetched; give the file: {command}",
            backbone=Message(backbone.title),
            command=weights.command,
        )
    bar = ProgressBar(description=backbone.name, total=weights.size, unit="B", unit_scale=True)
    with bar, closing(add(weights, options.source)) as steps:
        for done in steps:
            bar.update(done - bar.n)
    write_result(f"{backbone.title}: added to {weights.path()} ({backbone.licence}; {backbone.source}).")
    return 0


COMMAND = Command(
    "add-backbone", "Fetch the weights of a backbone, or take them from a file.", _configure, _run
)
