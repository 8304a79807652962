"""The tabs over the grid: which pictures to show, and the number of each."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from fewshot_gui.project.picture_columns import Show
from fewshot_gui.widgets.folding_tabs import FoldingTabs

_TITLE_WIDTH = 110
"""The maximum width of a title in pixels. A class may have a long name; at this width, the tabs of 40,000
pictures just fit a window of 1280, without tabs for unknown, unreadable or compared pictures."""


class FilterTabs(FoldingTabs):
    """One tab for each `Show`, then pages beside the grid.

    The tab of the selected class has the name of the class, and the tab of a comparison says what it shows;
    both are hidden without one. The tabs of unknown and unreadable pictures are hidden while there are none.

    After a run, what is to be reviewed is all that has no label. People took the two for different pictures
    and looked into both, so the tab of unlabelled ones is hidden as long as it shows the same: it is for
    pictures that no run has looked at yet.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._titles: dict[Show, str] = {}
        self._counts = dict.fromkeys(Show, 0)
        self.setAccessibleName(self.tr("Which pictures to show"))
        self.setToolTip(self.tr("Which pictures to show"))
        for show in Show:
            self.setTabData(self.addTab(""), show)
        self._write()

    @property
    def chosen(self) -> Show | None:
        """What the grid shows; `None` if a page is shown instead."""
        show: Show | None = self.tabData(self.currentIndex())
        return show

    def add_page(self) -> int:
        """Add a tab for a page beside the grid; returns its position, where a text can be set."""
        return self.addTab("")

    def choose(self, show: Show) -> None:
        self.setCurrentIndex(self.place_of(show))

    def place_of(self, show: Show) -> int:
        return list(Show).index(show)

    def set_counts(self, counts: Mapping[Show, int]) -> None:
        self._counts = dict(counts)
        self._write()

    def name_class(self, name: str) -> None:
        """Set the name of the selected class; empty if none is selected."""
        self._title(Show.CLASS, name)

    def name_comparison(self, name: str) -> None:
        """Set the title of the comparison's tab; empty if there is none."""
        self._title(Show.COMPARED, name)

    def _title(self, show: Show, name: str) -> None:
        """Set a tab's title. Without one the tab is hidden; if it was chosen, the tab All is chosen
        instead."""
        if name:
            self._titles[show] = name
        else:
            self._titles.pop(show, None)
            if self.chosen is show:
                self.choose(Show.ALL)
        self._write()

    def _write(self) -> None:
        for place, show in enumerate(Show):
            title = self._titles.get(show) or self.tr(show.value)
            short = self.fontMetrics().elidedText(title, Qt.TextElideMode.ElideMiddle, _TITLE_WIDTH)
            text = f"{short.replace('&', '&&')} ({self._counts[show]:,})"
            if text != self.tabText(place):
                self.setTabText(place, text)
            self.setTabToolTip(place, title)
        self.fold()

    def is_wanted(self, place: int) -> bool:
        """Whether the tab has anything to show; the one that a person looks at stays."""
        show = self.tabData(place)
        if show is None or place == self.currentIndex():
            return True
        if show is Show.CLASS:
            return show in self._titles
        if show is Show.UNLABELED:
            return self._counts[show] != self._counts[Show.TO_REVIEW]
        return show not in (Show.UNKNOWN, Show.UNREADABLE, Show.COMPARED) or self._counts[show] > 0

    def stays(self, place: int) -> bool:
        """The first tab and the pages never move to the list."""
        return self.tabData(place) in (None, Show.ALL)
