"""Everything that a window asks of its engine thread and that needs torch."""

from engine.labeling.run import label, read_catalogue
from engine.meta_training.resumable import train
from engine.review.answers import answer

__all__ = ["answer", "label", "read_catalogue", "train"]
