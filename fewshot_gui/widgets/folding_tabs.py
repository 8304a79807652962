"""A row of tabs that never overflows: those for which there is no room stand in a list at its end."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QTabBar, QToolButton, QWidget

_NARROWEST = 200
"""The least width of the row in pixels: the chosen tab and the list of the others."""
_LINE = 3
"""The width of the line under the chosen tab, in pixels."""


class FoldingTabs(QTabBar):
    """Folds the last tabs first. The chosen tab and those that `stays` names are never folded."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setUsesScrollButtons(False)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(_NARROWEST)
        self.more = QToolButton(self)
        self.more.setText("»")
        self.more.setToolTip(self.tr("More tabs"))
        self.more.setAccessibleName(self.tr("More tabs"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.more.hide()
        self._list = QMenu(self.more)
        self._list.setToolTipsVisible(True)
        self._list.aboutToShow.connect(self._fill_list)
        self._list.triggered.connect(self._choose)
        self.more.setMenu(self._list)
        self.currentChanged.connect(self.fold)

    def is_wanted(self, _place: int) -> bool:
        """Whether the tab is shown or listed at all."""
        return True

    def stays(self, _place: int) -> bool:
        """Whether the tab is shown even if there is little room."""
        return False

    def fold(self) -> None:
        """Show the tabs for which there is room, and list the others."""
        wanted = [place for place in range(self.count()) if self.is_wanted(place)]
        widths = {place: self.tabSizeHint(place).width() for place in wanted}
        button = self.more.sizeHint().width()
        excess = sum(widths.values()) - self.width()
        folded: list[int] = []
        if excess > 0:
            excess += button
            for place in reversed(wanted):
                if excess > 0 and place != self.currentIndex() and not self.stays(place):
                    folded.insert(0, place)
                    excess -= widths[place]
        for place in range(self.count()):
            visible = place in wanted and place not in folded
            if visible != self.isTabVisible(place):  # Qt would forget that the others have to move
                self.setTabVisible(place, visible)
        self.more.setVisible(bool(folded))
        self.more.setGeometry(self.width() - button, 2, button, self.height() - 2)

    def setTabText(self, place: int, text: str) -> None:
        super().setTabText(place, text)
        self.fold()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fold()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Underline the chosen tab, which has nearly the colour of the others in a dark window."""
        super().paintEvent(event)
        line = self.tabRect(self.currentIndex())
        line.setTop(line.bottom() - _LINE + 1)
        painter = QPainter(self)
        painter.fillRect(line.adjusted(1, 0, -1, 0), self.palette().color(QPalette.ColorRole.Accent))
        painter.end()

    def _fill_list(self) -> None:
        self._list.clear()
        for place in range(self.count()):
            if self.is_wanted(place) and not self.isTabVisible(place):
                action = self._list.addAction(self.tabText(place))
                action.setToolTip(self.tabToolTip(place))
                action.setData(place)

    def _choose(self, action: QAction) -> None:
        self.setCurrentIndex(action.data())
