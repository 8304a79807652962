from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QCheckBox, QProxyStyle, QWidget
from pytestqt.qtbot import QtBot

from engine.paths import assets_dir
from fewshot_gui.shell.theme import apply_theme, contrast, icon, palette, visible_on

Name = Literal["light", "dark"]
Role = QPalette.ColorRole
READABLE = 4.5
DISTINCT = 3.0

TEXT_ON_GROUND = [
    (Role.WindowText, Role.Window),
    (Role.PlaceholderText, Role.Window),
    (Role.Text, Role.Base),
    (Role.Text, Role.AlternateBase),
    (Role.PlaceholderText, Role.Base),
    (Role.PlaceholderText, Role.AlternateBase),
    (Role.BrightText, Role.Base),
    (Role.BrightText, Role.AlternateBase),
    (Role.ButtonText, Role.Button),
    (Role.HighlightedText, Role.Highlight),
    (Role.ToolTipText, Role.ToolTipBase),
    (Role.Link, Role.Base),
    (Role.Link, Role.Window),
    (Role.LinkVisited, Role.Base),
]


@pytest.fixture
def app(qtbot: QtBot, qapp: QApplication) -> Iterator[QApplication]:
    before = qapp.palette()
    yield qapp
    apply_theme(qapp, "system")
    qapp.setPalette(before)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_all_text_is_readable_on_its_ground(name: Name) -> None:
    colors = palette(name)
    faint = [
        (text, ground)
        for text, ground in TEXT_ON_GROUND
        if contrast(colors.color(text), colors.color(ground)) < READABLE
    ]
    assert faint == []


@pytest.mark.parametrize("name", ["light", "dark"])
def test_a_selected_cell_stands_out_from_its_ground(name: Name) -> None:
    colors = palette(name)
    assert contrast(colors.color(Role.Highlight), colors.color(Role.Base)) >= DISTINCT


def test_contrast_is_that_of_wcag() -> None:
    assert contrast(QColor("white"), QColor("black")) == pytest.approx(21)
    assert contrast(QColor("white"), QColor("white")) == pytest.approx(1)
    assert contrast(QColor("#777777"), QColor("white")) == pytest.approx(4.48, abs=0.01)


def test_any_class_colour_can_be_seen_on_any_ground() -> None:
    for ground in map(QColor, ("#ffffff", "#17191d", "#1f5fbf", "#808080")):
        for color in map(QColor, ("#f0e442", "#000000", "#ffffff", "#0072b2", "#808080")):
            assert contrast(visible_on(color, ground), ground) >= DISTINCT


def test_a_colour_that_can_be_seen_stays_as_it_is() -> None:
    assert visible_on(QColor("#0072b2"), QColor("white")) == QColor("#0072b2")


def test_a_theme_can_be_chosen_and_changed(app: QApplication) -> None:
    for theme in ("dark", "light"):
        apply_theme(app, theme)
        ground = QPalette.ColorRole.Window
        assert app.palette().color(ground) == palette(theme).color(ground)
    assert palette("dark").color(ground) != palette("light").color(ground)
    style = app.style()
    assert isinstance(style, QProxyStyle)
    assert style.baseStyle().objectName() == "fusion"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_box_that_is_not_ticked_can_be_seen(app: QApplication, qtbot: QtBot, theme: Name) -> None:
    apply_theme(app, theme)
    window = QWidget()
    qtbot.addWidget(window)
    box = QCheckBox(window)
    box.setGeometry(10, 10, 30, 30)
    image, ground = window.grab().toImage(), palette(theme).color(Role.Window)
    assert image.pixelColor(2, 2) == ground
    through_it = [image.pixelColor(x, 25) for x in range(40)]
    assert max(contrast(color, ground) for color in through_it) >= DISTINCT


def test_every_icon_can_be_drawn(qtbot: QtBot) -> None:
    names = sorted(path.stem for path in (assets_dir() / "icons").glob("*.svg"))
    assert "run" in names
    for name in names:
        image = icon(name, palette("light")).pixmap(QSize(24, 24)).toImage()
        assert any(image.pixelColor(x, y).alpha() > 200 for x in range(24) for y in range(24)), name


def test_an_icon_takes_the_colour_of_the_text_beside_it(qtbot: QtBot) -> None:
    for name in ("light", "dark"):
        colors = palette(name)  # type: ignore[arg-type]
        drawn = icon("cancel", colors)
        centre = drawn.pixmap(QSize(32, 32)).toImage().pixelColor(16, 16)
        assert centre == colors.color(Role.ButtonText)
        disabled = drawn.pixmap(QSize(32, 32), QIcon.Mode.Disabled).toImage().pixelColor(16, 16)
        assert disabled == colors.color(QPalette.ColorGroup.Disabled, Role.ButtonText)
