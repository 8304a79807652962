"""Light and dark: palettes of our own on the Fusion style, and icons that follow them.

Qt's colour scheme stays "unknown" on bare X servers, and the palette stays light there, so the palettes are
defined here and applied as a whole.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, get_args

from PySide6.QtCore import QByteArray, QObject, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from engine.paths import assets_dir
from fewshot_gui.shell.plain_text import PlainTextStyle

Theme = Literal["system", "light", "dark"]
THEMES: tuple[Theme, ...] = get_args(Theme)

_Role = QPalette.ColorRole
_Group = QPalette.ColorGroup

_COLORS: dict[str, dict[_Role, str]] = {
    "light": {
        _Role.Window: "#f2f3f5",
        _Role.WindowText: "#1c2026",
        _Role.Base: "#ffffff",
        _Role.AlternateBase: "#eceef1",
        _Role.Text: "#1c2026",
        _Role.PlaceholderText: "#59616d",
        _Role.Button: "#e8eaed",
        _Role.ButtonText: "#1c2026",
        _Role.BrightText: "#b3261e",
        _Role.Highlight: "#1f5fbf",
        _Role.HighlightedText: "#ffffff",
        _Role.Accent: "#1f5fbf",
        _Role.Link: "#1a56b0",
        _Role.LinkVisited: "#6b3fa0",
        _Role.ToolTipBase: "#ffffff",
        _Role.ToolTipText: "#1c2026",
    },
    "dark": {
        _Role.Window: "#202328",
        _Role.WindowText: "#e7e9ec",
        _Role.Base: "#17191d",
        _Role.AlternateBase: "#272b31",
        _Role.Text: "#e7e9ec",
        _Role.PlaceholderText: "#a3abb6",
        _Role.Button: "#2e333a",
        _Role.ButtonText: "#e7e9ec",
        _Role.BrightText: "#ff8a80",
        _Role.Highlight: "#2a66c4",
        _Role.HighlightedText: "#ffffff",
        _Role.Accent: "#5b93ea",
        _Role.Link: "#8ab4f8",
        _Role.LinkVisited: "#c9a7f0",
        _Role.ToolTipBase: "#2e333a",
        _Role.ToolTipText: "#e7e9ec",
    },
}
_DISABLED_TEXT = {"light": "#8b929c", "dark": "#6d7580"}
_FRAME_SHADE = 140
_SCHEMES = {
    "system": Qt.ColorScheme.Unknown,
    "light": Qt.ColorScheme.Light,
    "dark": Qt.ColorScheme.Dark,
}


def palette(name: Literal["light", "dark"]) -> QPalette:
    """A palette with every role set, so that no colour of the desktop remains."""
    colors = _COLORS[name]
    made = QPalette(QColor(colors[_Role.Button]), QColor(colors[_Role.Window]))
    for role, color in colors.items():
        made.setColor(role, QColor(color))
    for role in (_Role.WindowText, _Role.Text, _Role.ButtonText):
        made.setColor(_Group.Disabled, role, QColor(_DISABLED_TEXT[name]))
    made.setColor(_Group.Disabled, _Role.Highlight, made.color(_Role.Mid))
    return made


def apply_theme(app: QApplication, theme: Theme = "system") -> None:
    """Apply a theme to the whole program; `system` follows the desktop."""
    app.setStyle(PlainTextStyle())
    follower = app.findChild(_DesktopFollower) or _DesktopFollower(app)
    follower.follow(theme)


class _DesktopFollower(QObject):
    """Knows the chosen theme, and applies it again when the desktop turns light or dark."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._theme: Theme = "system"
        app.styleHints().colorSchemeChanged.connect(self._apply)

    def follow(self, theme: Theme) -> None:
        self._theme = theme
        self._app.styleHints().setColorScheme(_SCHEMES[theme])
        self._apply()

    @Slot()
    def _apply(self) -> None:
        dark = self._theme == "dark" or (
            self._theme == "system" and self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        )
        colors = palette("dark" if dark else "light")
        self._app.setPalette(colors)
        # Fusion draws frames in a darker shade of this colour, which is invisible in a dark window.
        colors.setColor(_Role.Window, colors.color(_Role.PlaceholderText).lighter(_FRAME_SHADE))
        # Qt takes the name as a str; its stubs say bytes, which it refuses.
        self._app.setPalette(colors, "QCheckBox")  # type: ignore[arg-type]


def luminance(color: QColor) -> float:
    """Relative luminance, 0 (black) to 1 (white); WCAG 2.2."""
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (color.redF(), color.greenF(), color.blueF())
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: QColor, other: QColor) -> float:
    """Contrast ratio, 1 (equal) to 21; WCAG 2.2 asks 4.5 of text and 3 of signs."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def visible_on(color: QColor, background: QColor, ratio: float = 3.0) -> QColor:
    """`color`, made lighter or darker only as far as its contrast with `background` needs."""
    return QColor.fromRgb(_visible_on(color.rgb(), background.rgb(), ratio))


@lru_cache(maxsize=1024)
def _visible_on(rgb: int, background_rgb: int, ratio: float) -> int:
    color, background = QColor.fromRgb(rgb), QColor.fromRgb(background_rgb)
    black, white = QColor("black"), QColor("white")
    away = max(black, white, key=lambda end: contrast(end, background))
    for percent in range(0, 101, 5):
        mixed = mix(color, away, percent / 100)
        if contrast(mixed, background) >= ratio:
            return int(mixed.rgb())
    return int(away.rgb())


def mix(color: QColor, other: QColor, share: float) -> QColor:
    """`color` with `share` (0..1) of it replaced by `other`."""
    mine = (color.redF(), color.greenF(), color.blueF())
    its = (other.redF(), other.greenF(), other.blueF())
    return QColor.fromRgbF(*((1 - share) * a + share * b for a, b in zip(mine, its, strict=True)))


def icon(name: str, colors: QPalette) -> QIcon:
    """The icon `assets/icons/<name>.svg`, with the palette's text colour as its `currentColor`."""
    drawing = (assets_dir() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    made = QIcon()
    for mode, group in ((QIcon.Mode.Normal, _Group.Active), (QIcon.Mode.Disabled, _Group.Disabled)):
        color = colors.color(group, _Role.ButtonText).name()
        renderer = QSvgRenderer(QByteArray(drawing.replace("currentColor", color).encode()))
        for size in (16, 24, 32, 48, 64, 128):
            made.addPixmap(_draw(renderer, size), mode)
    return made


def _draw(renderer: QSvgRenderer, size: int) -> QPixmap:
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap
