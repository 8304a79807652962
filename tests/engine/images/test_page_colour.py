"""What is transparent is filled so that what is opaque can be seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from engine.images import decode, examine, thumbnail
from tests.broken_pictures import encoded

SOMEWHERE = Path("some.png")
WHITE, BLACK = (255, 255, 255), (0, 0, 0)


def icon(colour: tuple[int, int, int], size: int = 96, opacity: int = 255) -> Image.Image:
    """A cross with smooth edges."""
    shape = Image.new("L", (4 * size, 4 * size))
    draw = ImageDraw.Draw(shape)
    draw.rectangle((1.8 * size, 0.4 * size, 2.2 * size, 3.6 * size), fill=opacity)
    draw.rectangle((0.4 * size, 1.8 * size, 3.6 * size, 2.2 * size), fill=opacity)
    picture = Image.new("RGBA", (size, size), (*colour, 0))
    picture.putalpha(shape.resize((size, size), Image.Resampling.BOX))
    return picture


def page_of(picture: Image.Image, file_format: str = "PNG", **options: object) -> object:
    return decode(encoded(picture, file_format, **options), SOMEWHERE).getpixel((1, 1))


@pytest.mark.parametrize("colour", [WHITE, (240, 240, 240), (255, 250, 225)])
def test_the_page_is_black_under_what_is_nearly_white(colour: tuple[int, int, int]) -> None:
    picture, facts = examine(encoded(icon(colour), "PNG"), SOMEWHERE)
    assert picture.getpixel((1, 1)) == BLACK
    assert picture.getpixel((48, 48)) == colour
    assert facts.on_black


@pytest.mark.parametrize("colour", [BLACK, (128, 128, 128), (255, 0, 0), (255, 255, 0), (150, 200, 255)])
def test_the_page_stays_white_under_all_else(colour: tuple[int, int, int]) -> None:
    assert page_of(icon(colour)) == WHITE
    assert not examine(encoded(icon(colour), "PNG"), SOMEWHERE)[1].on_black


def test_the_rule_is_one_for_every_way_to_be_transparent() -> None:
    for colour, page in ((WHITE, BLACK), ((255, 0, 0), WHITE)):
        picture = icon(colour)
        assert page_of(picture, "WEBP", lossless=True) == page
        assert page_of(picture, "TIFF") == page
        assert page_of(picture.quantize(8), "PNG") == page
        shape = picture.getchannel("A").point(lambda level: level // 128).convert("P")
        shape.putpalette([0, 0, 0, *colour])
        assert page_of(shape, "GIF", transparency=0) == page
    assert page_of(icon(WHITE).convert("LA")) == BLACK


@pytest.mark.parametrize("size", [16, 33, 96, 700])
@pytest.mark.parametrize("opacity", [255, 120])
def test_neither_size_nor_faintness_changes_the_page(size: int, opacity: int) -> None:
    assert page_of(icon(WHITE, size, opacity)) == BLACK
    assert page_of(icon((30, 60, 90), size, opacity)) == WHITE


def test_dark_seams_and_shadows_do_not_make_a_white_icon_dark() -> None:
    seamed = icon(WHITE)
    edges = np.asarray(seamed).copy()
    edges[(edges[:, :, 3] > 0) & (edges[:, :, 3] < 180), :3] = 0
    assert page_of(Image.fromarray(edges)) == BLACK
    shadow = Image.new("RGBA", seamed.size, (0, 0, 0, 0))
    shadow.putalpha(
        seamed.getchannel("A").filter(ImageFilter.GaussianBlur(4)).point(lambda level: level // 3)
    )
    assert page_of(Image.alpha_composite(shadow, seamed)) == BLACK


def test_a_picture_without_anything_or_without_holes_lies_on_white() -> None:
    assert page_of(Image.new("RGBA", (8, 8), (255, 255, 255, 0))) == WHITE
    paper = Image.new("RGBA", (8, 8), (255, 255, 255, 255))
    assert not examine(encoded(paper, "PNG"), SOMEWHERE)[1].on_black


def test_a_drawing_on_white_paper_with_round_corners_stays_as_it_was() -> None:
    paper = Image.new("RGBA", (64, 64), (255, 255, 255, 255))
    paper.paste((0, 0, 0, 255), (10, 10, 30, 20))
    paper.putpixel((1, 1), (0, 0, 0, 0))
    assert page_of(paper) == WHITE


def test_the_thumbnail_lies_on_the_same_page(tmp_path: Path) -> None:
    path = tmp_path / "white.png"
    icon(WHITE, 400).save(path)
    assert thumbnail(path, 64)[1, 1].tolist() == [0, 0, 0]
