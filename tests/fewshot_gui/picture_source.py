"""A project that exists only in a test."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from fewshot_gui.widgets.symbols import class_symbol


@dataclass
class FakeSource:
    """Pictures `0, 1, 2 …` in `folder`, of classes `0: cat` and `1: dog`."""

    folder: Path = Path("pictures")
    labels: dict[int, int] = field(default_factory=dict)
    predictions: dict[int, tuple[int, float]] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)

    def path(self, picture_id: int) -> Path:
        return self.folder / f"{picture_id}.png"

    def class_of(self, picture_id: int) -> int | None:
        return self.labels.get(picture_id)

    def prediction(self, picture_id: int) -> tuple[int, float] | None:
        return self.predictions.get(picture_id)

    def is_earlier(self, picture_id: int) -> bool:
        return False

    def likeliest(self, picture_id: int) -> int | None:
        predicted = self.predictions.get(picture_id)
        return predicted[0] if predicted else None

    def compared_classes(self, picture_id: int) -> tuple[int, int] | None:
        return None

    def error(self, picture_id: int) -> str | None:
        return self.errors.get(picture_id)

    def class_name(self, class_id: int) -> str:
        return ("cat", "dog")[class_id]

    def class_color(self, class_id: int) -> str:
        return ("#e69f00", "#56b4e9")[class_id]

    def class_symbol(self, class_id: int) -> str:
        return class_symbol(class_id)
