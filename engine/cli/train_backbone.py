"""`fewshot train-backbone`: train the character backbone from pixels."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.cli.base import Command
from engine.cli.numbers import at_least


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--backbone", default="conv4", metavar="NAME", help="default: %(default)s")
    parser.add_argument(
        "--data",
        nargs="+",
        required=True,
        metavar="DATA",
        help="folders or zips of classes, glyph arrays (.npz), or the word synthetic",
    )
    parser.add_argument(
        "--exclude", nargs="+", default=[], metavar="PREFIX", help="never see classes whose name begins so"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="NAME.safetensors")
    parser.add_argument(
        "--steps",
        type=at_least(1),
        default=9000,
        metavar="N",
        help="episodes to train on; default: %(default)s",
    )
    parser.add_argument("--seed", type=at_least(0), default=0, metavar="S", help="default: %(default)s")
    parser.add_argument(
        "--attribution", action="append", default=[], metavar="TEXT", help="whose data it is, for the card"
    )


def _run(options: argparse.Namespace) -> int:
    # Here, not above: they load torch, which a wrong call should not have to wait for.
    from engine.backbones.base import get_backbone
    from engine.cli.meta_train import follow
    from engine.meta_training.backbone import train_backbone
    from engine.meta_training.training_config import state_beside

    events = train_backbone(
        get_backbone(options.backbone),
        options.data,
        tuple(options.exclude),
        options.out,
        options.steps,
        options.seed,
        options.attribution,
    )
    return follow(events, options.steps, state_beside(options.out), "give the same command again.")


COMMAND = Command("train-backbone", "Train the character backbone from pixels.", _configure, _run)
