"""What whoever does not use a mouse, or does not see the screen, has of a window."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QTabBar, QWidget

NO_FOCUS = Qt.FocusPolicy.NoFocus


def controls(root: QWidget) -> Iterator[QWidget]:
    """What can have the keyboard, less the parts that Qt makes them of."""
    for widget in root.findChildren(QWidget):
        of_qt = widget.objectName().startswith("qt_")
        inside = widget.parentWidget()
        while inside is not None and not isinstance(inside, QAbstractScrollArea):
            inside = inside.parentWidget()
        is_viewport = inside is not None and widget is inside.viewport()
        of_qt = of_qt or type(widget) is QTabBar or isinstance(widget.parentWidget(), QTabBar)  # of docks
        if widget.focusPolicy() != NO_FOCUS and widget.isVisible() and not of_qt and not is_viewport:
            yield widget


def spoken(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    return "" if interface is None else interface.text(QAccessible.Text.Name).strip()


def described(widget: QWidget) -> str:
    return f"{type(widget).__name__} “{spoken(widget)}” in {type(widget.parentWidget()).__name__}"


def nameless(root: QWidget) -> list[str]:
    return [described(widget) for widget in controls(root) if not spoken(widget)]


def reached_by_tab() -> list[QWidget]:
    """What has the keyboard now, and what gets it as Tab is pressed until it comes round."""
    reached: list[QWidget] = []
    while len(reached) < 200:
        focused = QApplication.focusWidget()
        assert focused is not None
        if focused in reached:
            break
        reached.append(focused)
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    return reached


def missed_by_tab(root: QWidget, reached: list[QWidget]) -> list[str]:
    wanted = [w for w in controls(root) if w.focusPolicy() & Qt.FocusPolicy.TabFocus and w.isEnabled()]
    return [described(widget) for widget in wanted if widget not in reached]
