"""Fewshot's engine: label pictures from a handful of examples. Needs no Qt.

`from engine import FewShotClassifier` is the whole of it for most scripts. The class is loaded on
first use, because it brings torch along and most of the engine does without.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.classifier import FewShotClassifier

__all__ = ["FewShotClassifier"]


def __getattr__(name: str) -> Any:
    if name == "FewShotClassifier":
        from engine.classifier import FewShotClassifier

        return FewShotClassifier
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
