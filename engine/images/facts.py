"""What is known of a picture file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PictureFacts:
    """What a file says of its picture: Pillow's names of its `format` and `mode`, its upright size in pixels,
    and how many `pages` or frames it has.

    What is known only once the picture is decoded: which `page` is shown (from 1), how many bits of each
    number are used of how many that are `bits_stored` (0: all), the share of the pixels that is `missing`,
    the name of the colour `profile` that was converted to sRGB ("": none), and whether what is transparent
    was laid `on_black`.
    """

    format: str
    mode: str
    width: int
    height: int
    pages: int = 1
    page: int = 1
    bits_used: int = 0
    bits_stored: int = 0
    missing: float = 0.0
    profile: str = ""
    on_black: bool = False

    @property
    def pixels(self) -> int:
        return self.width * self.height
