"""Line charts as SVG, for documents: panels side by side, each line named at its end.

The colours follow the reader's light or dark scheme, on a ground of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

WIDTH, HEIGHT = 560, 380
LEFT, RIGHT, TOP, BOTTOM = 52, 128, 44, 52
LINE_HEIGHT = 17

# Light, dark; told apart with any kind of colour vision, and by their dashes.
COLOURS = (
    ("#0072b2", "#56b4e9"),
    ("#c45a00", "#ff9f4a"),
    ("#00805c", "#3fd0a4"),
    ("#a8447f", "#ef9fcd"),
    ("#77611b", "#e2c94f"),
    ("#3d3d3d", "#d6d6d6"),
)
DASHES = ("none", "7 3", "2 3", "9 3 2 3", "12 4", "4 2")


@dataclass(frozen=True)
class Panel:
    """Lines over `x`, in percent; `familiar` is the range of x that is shaded."""

    title: str
    x_title: str
    x: tuple[float, ...]
    lines: dict[str, tuple[float, ...]]
    familiar: tuple[float, float]

    @property
    def low(self) -> int:
        """Where its axis begins: at the lowest value or somewhat below. It ends at 100."""
        return min(95, 5 * int(min(map(min, self.lines.values())) // 5))

    @property
    def step(self) -> int:
        """From one mark on the axis to the next."""
        return next(step for step in (1, 2, 5, 10, 20) if (100 - self.low) / step <= 8)


def line_chart(title: str, y_title: str, panels: Sequence[Panel], columns: int = 2) -> str:
    """The panels row by row, as an SVG document."""
    rows = -(-len(panels) // columns)
    width, height = columns * WIDTH, rows * HEIGHT + TOP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        f"<title>{escape(title)}</title>",
        f"<style>{_style()}</style>",
        f'<rect class="ground" width="{width}" height="{height}"/>',
        f'<text class="title" x="{LEFT}" y="28">{escape(title)}</text>',
    ]
    for number, panel in enumerate(panels):
        across, down = number % columns * WIDTH, number // columns * HEIGHT + TOP
        parts += [f'<g transform="translate({across} {down})">', *_panel(panel, y_title), "</g>"]
    return "\n".join([*parts, "</svg>\n"])


def _style() -> str:
    """The rules, and over them those for the dark. Without variables, which few viewers know."""

    def scheme(which: int, ground: str, ink: str, pale: str, shade: str) -> str:
        lines = "".join(
            f".l{index}{{stroke:{pair[which]}}}.n{index}{{fill:{pair[which]}}}"
            for index, pair in enumerate(COLOURS)
        )
        rest = f".ground{{fill:{ground}}}text{{fill:{ink}}}.grid{{stroke:{pale}}}.familiar{{fill:{shade}}}"
        return rest + lines

    dark = scheme(1, "#14171b", "#e6e9ed", "#3a4048", "#262c34")
    return (
        "text{font:13px system-ui,sans-serif}.title{font-size:16px;font-weight:600}.name{font-weight:600}"
        ".line{fill:none;stroke-width:2.2}"
        + "".join(f".l{index}{{stroke-dasharray:{dash}}}" for index, dash in enumerate(DASHES))
        + scheme(0, "#ffffff", "#1f2328", "#d0d4d9", "#eaeef2")
        + f"@media (prefers-color-scheme:dark){{{dark}}}"
    )


def _panel(panel: Panel, y_title: str) -> list[str]:
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    first, last = panel.x[0], panel.x[-1]

    def across(x: float) -> float:
        return LEFT + (x - first) / (last - first) * (right - LEFT)

    def down(y: float) -> float:
        return TOP + (100.0 - y) / (100.0 - panel.low) * (bottom - TOP)

    begin, end = (across(min(max(x, first), last)) for x in panel.familiar)
    parts = [
        f'<path class="familiar" d="M{begin:.1f} {TOP}H{end:.1f}V{bottom}H{begin:.1f}z"/>',
        f'<text x="{LEFT}" y="{TOP - 14}"><tspan class="name">{escape(panel.title)}</tspan>: '
        f"{escape(y_title)}</text>",
    ]
    for y in range(100, panel.low - 1, -panel.step):
        parts.append(f'<path class="grid" d="M{LEFT} {down(y):.1f}H{right}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{down(y) + 4:.1f}" text-anchor="end">{y}</text>')
    for x in panel.x:
        parts.append(f'<text x="{across(x):.1f}" y="{bottom + 18}" text-anchor="middle">{x:g}</text>')
    middle = (LEFT + right) / 2
    parts.append(f'<text x="{middle}" y="{bottom + 38}" text-anchor="middle">{escape(panel.x_title)}</text>')
    for index, ys in enumerate(panel.lines.values()):
        points = " ".join(f"{across(x):.1f},{down(y):.1f}" for x, y in zip(panel.x, ys, strict=True))
        parts.append(f'<polyline class="line l{index}" points="{points}"/>')
    ends = _apart([down(ys[-1]) for ys in panel.lines.values()], TOP, bottom)
    for index, (name, y) in enumerate(zip(panel.lines, ends, strict=True)):
        parts.append(f'<text class="name n{index}" x="{right + 8}" y="{y + 4:.1f}">{escape(name)}</text>')
    return parts


def _apart(heights: Sequence[float], top: float, bottom: float) -> list[float]:
    """The heights, moved as little as it takes for names to stand below one another."""
    order = sorted(range(len(heights)), key=lambda index: heights[index])
    places = list(heights)
    for before, index in pairwise(order):
        places[index] = max(places[index], places[before] + LINE_HEIGHT)
    limit = max(bottom, top + LINE_HEIGHT * len(heights))
    for index in reversed(order):
        places[index] = min(places[index], limit)
        limit = places[index] - LINE_HEIGHT
    return places
