"""The tabs over the grid: which pictures to show, and how many there are of each."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTabBar, QWidget

from fewshot_gui.picture_columns import Show

_TITLE_WIDTH = 110
"""Of a title, in pixels: a class may have a long name, and in a window of 1280 the tabs just fit, as long as
nothing is unreadable or compared."""


class FilterTabs(QTabBar):
    """One tab for each `Show`, then pages beside the grid. The one of the selected class bears its name.

    The one of a comparison is there once there is a comparison, and bears what it shows; the one of
    unreadable pictures while there are any.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._titles = {show: self.tr(show.value) for show in Show}
        self._counts = dict.fromkeys(Show, 0)
        self.setAccessibleName(self.tr("Which pictures to show"))
        self.setToolTip(self.tr("Which pictures to show"))
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        for show in Show:
            self.setTabData(self.addTab(self._titles[show]), show)
        self.setTabVisible(self.place_of(Show.COMPARED), False)
        self.setTabVisible(self.place_of(Show.UNREADABLE), False)

    @property
    def chosen(self) -> Show | None:
        """What the grid shows; `None` where a page is shown instead."""
        show: Show | None = self.tabData(self.currentIndex())
        return show

    def add_page(self) -> int:
        """A tab for something else than pictures of the grid; returns its place, to be given a text."""
        return self.addTab("")

    def choose(self, show: Show) -> None:
        self.setCurrentIndex(self.place_of(show))

    def place_of(self, show: Show) -> int:
        return list(Show).index(show)

    def set_counts(self, counts: Mapping[Show, int]) -> None:
        self._counts = dict(counts)
        self._write()

    def name_class(self, name: str) -> None:
        """What the selected class is called; nothing if none is selected."""
        self._titles[Show.CLASS] = name or self.tr(Show.CLASS.value)
        self._write()

    def name_comparison(self, name: str) -> None:
        """What there is to see of a comparison; nothing if there is none."""
        self._titles[Show.COMPARED] = name or self.tr(Show.COMPARED.value)
        if not name and self.chosen is Show.COMPARED:
            self.choose(Show.ALL)
        self.setTabVisible(self.place_of(Show.COMPARED), bool(name))
        self._write()

    def _write(self) -> None:
        any_unreadable = self._counts[Show.UNREADABLE] > 0
        if any_unreadable or self.chosen is not Show.UNREADABLE:  # nobody is led away from what they look at
            self.setTabVisible(self.place_of(Show.UNREADABLE), any_unreadable)
        for place, show in enumerate(Show):
            title = self.fontMetrics().elidedText(
                self._titles[show], Qt.TextElideMode.ElideRight, _TITLE_WIDTH
            )
            text = f"{title.replace('&', '&&')} ({self._counts[show]:,})"
            if text != self.tabText(place):
                self.setTabText(place, text)
                self.setTabToolTip(place, self._titles[show])
