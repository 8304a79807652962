"""Room for a dock that shares its place with a smaller one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabBar

_LEAST = 150
"""The height at first of each of the others, with its title; where one needs more, it has that."""


class DockRoom(QObject):
    """While `dock` is in front of the docks with which it is tabbed, it has the height of `others` in its
    column, but for their least. The heights that a person drags are kept for both cases."""

    def __init__(self, dock: QDockWidget, others: Sequence[QDockWidget], window: QMainWindow) -> None:
        super().__init__(window)
        self._dock, self._others, self._window = dock, others, window
        self._is_in_front = False
        self._heights: dict[bool, dict[QDockWidget, int]] = {True: {}, False: {}}
        # Queued, because a window that is shown has not laid out its docks yet.
        dock.visibilityChanged.connect(self._share, Qt.ConnectionType.QueuedConnection)

    def give_back(self) -> None:
        """Restore the heights without the dock in front, before they are remembered."""
        self._share(False)

    @Slot(bool)
    def _share(self, is_visible: bool) -> None:
        neighbours = self._window.tabifiedDockWidgets(self._dock)
        is_in_front = is_visible and bool(neighbours)
        if is_in_front == self._is_in_front or not self._window.isVisible():
            return
        area = self._window.dockWidgetArea(self._dock)
        others = [
            other
            for other in self._others
            if other.isVisible() and not other.isFloating() and self._window.dockWidgetArea(other) == area
        ]
        before = {other: other.height() for other in others}
        self._heights[self._is_in_front].update(before)
        kept = self._heights[is_in_front]
        after = [kept.get(other, min(height, _LEAST)) for other, height in before.items()]
        # A dock behind another has a position outside of the window.
        tabbed = [self._dock, *neighbours]
        front = max((dock.height() for dock in tabbed if not dock.visibleRegion().isEmpty()), default=0)
        bars = self._window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
        tabs = max((bar.height() for bar in bars if bar.isVisible()), default=0)
        room = front + tabs + sum(before.values()) - sum(after)
        self._window.resizeDocks([self._dock, *others], [room, *after], Qt.Orientation.Vertical)
        self._is_in_front = is_in_front
