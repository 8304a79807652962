"""The engine as a window sees it: what there is to choose, runs, and questions about the pictures."""

from __future__ import annotations

from engine.labeling.run import label, read_catalogue
from engine.review.answers import answer

__all__ = ["answer", "label", "read_catalogue"]
