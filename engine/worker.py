"""Everything that a window asks of its engine thread and that needs torch."""

from engine.meta_training.resumable import train
from engine.review.answers import answer
from engine.runs.apply import apply
from engine.runs.fit import fit
from engine.runs.preparing import prepare
from engine.runs.run import label, read_catalogue

__all__ = ["answer", "apply", "fit", "label", "prepare", "read_catalogue", "train"]
