"""Which pictures to show, as data: a condition over `picture` left-joined with its `label`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PictureFilter:
    """An SQL condition and the values of its `?`s."""

    condition: str
    values: tuple[int | str, ...] = ()


ALL = PictureFilter("TRUE")
UNLABELLED = PictureFilter("label.class_id IS NULL")
UNREADABLE = PictureFilter("picture.error IS NOT NULL")


def labelled_with(class_id: int) -> PictureFilter:
    """The pictures of one class."""
    return PictureFilter("label.class_id = ?", (class_id,))
