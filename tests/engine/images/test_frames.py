"""Of several frames or pages, the picture is the first that shows something."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.images import decode, describe, examine
from engine.images.frames import MOST_FRAMES, first_with_content
from tests.broken_pictures import encoded, flag

SOMEWHERE = Path("some.gif")
FORMATS = ("GIF", "WEBP", "PNG", "TIFF", "MPO", "AVIF")


def frames_file(frames: list[Image.Image], file_format: str) -> bytes:
    options = {"lossless": True} if file_format == "WEBP" else {}
    return encoded(frames[0], file_format, save_all=True, append_images=frames[1:], **options)


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("blank", ["black", "white", "gray"])
def test_blank_frames_are_passed_over(file_format: str, blank: str) -> None:
    frames = [Image.new("RGB", (64, 48), blank), flag(), flag().rotate(180)]
    picture, facts = examine(frames_file(frames, file_format), SOMEWHERE)
    assert np.abs(np.asarray(picture).astype(int) - np.asarray(flag())).mean() < 12
    assert (facts.page, facts.pages) == (2, 3)


@pytest.mark.parametrize("file_format", FORMATS)
def test_the_first_frame_is_taken_if_it_shows_anything(file_format: str) -> None:
    data = frames_file([flag(), Image.new("RGB", (64, 48), "white"), flag().rotate(180)], file_format)
    picture, facts = examine(data, SOMEWHERE)
    assert np.abs(np.asarray(picture).astype(int) - np.asarray(flag())).mean() < 12
    assert (facts.page, facts.pages) == (1, 3)
    assert describe(data, SOMEWHERE) == facts


@pytest.mark.parametrize("file_format", ["WEBP", "PNG"])
def test_a_transparent_frame_is_blank(file_format: str) -> None:
    frames = [Image.new("RGBA", (64, 48)), flag().convert("RGBA")]
    assert examine(frames_file(frames, file_format), SOMEWHERE)[1].page == 2


def test_a_fade_in_is_waited_for() -> None:
    black = Image.new("RGB", (64, 48))
    frames = [Image.blend(black, flag(), step / 8) for step in range(9)]
    picture, facts = examine(frames_file(frames, "WEBP"), SOMEWHERE)
    assert facts.page >= 8
    assert np.asarray(picture).max() > 220


def test_where_all_frames_are_blank_the_first_is_taken() -> None:
    frames = [Image.new("RGB", (64, 48), (level, 0, 0)) for level in (0, 3, 6)]
    assert examine(frames_file(frames, "GIF"), SOMEWHERE)[1].page == 1


def test_frames_that_are_broken_do_not_cost_the_first() -> None:
    data = frames_file([Image.new("RGB", (64, 48)), flag()], "GIF")
    assert decode(data[: len(data) * 2 // 3], SOMEWHERE).size == (64, 48)


def test_no_more_frames_are_looked_at_than_allowed() -> None:
    looked_at = []

    def at(place: int) -> Image.Image:
        looked_at.append(place)
        return Image.new("RGB", (8, 8))

    assert first_with_content(range(10_000), at) is not None
    assert len(looked_at) == MOST_FRAMES


def test_a_later_frame_that_is_too_large_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.images.limits.MAX_PIXELS", 64 * 48)
    data = frames_file([Image.new("RGB", (64, 48)), flag().resize((128, 96))], "MPO")
    monkeypatch.setattr("engine.images.limits._ALWAYS_ALLOWED", 64 * 48)
    assert decode(data, SOMEWHERE).size == (64, 48)
