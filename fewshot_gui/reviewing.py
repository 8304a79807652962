"""The tab of issues: where what it shows comes from, and where its remedies lead."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal

from fewshot_gui.asking import Asker
from fewshot_gui.bridge import Bridge
from fewshot_gui.issues.duplicates import Duplicates
from fewshot_gui.issues.scarce_classes import ScarceClasses
from fewshot_gui.issues.unreadable import Unreadable
from fewshot_gui.issues.wrong_labels import WrongLabels
from fewshot_gui.project import ProjectHub
from fewshot_gui.views.issue_pane import IssuePane
from fewshot_gui.views.picture_pane import PicturePane


class Reviewer(QObject):
    """Puts the issues beside the pictures."""

    told = Signal(str)
    """A sentence: why something had nothing to do."""
    class_wanted = Signal(int)
    """This class is to be selected, as its pictures are shown."""
    locate_asked = Signal()

    def __init__(
        self,
        hub: ProjectHub,
        bridge: Bridge,
        asker: Asker,
        pictures: PicturePane,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._hub, self._pictures = hub, pictures
        wrong_labels, duplicates = WrongLabels(hub, self), Duplicates(hub, asker, self)
        unreadable, scarce = Unreadable(hub, self), ScarceClasses(hub, self)
        kinds = (wrong_labels, duplicates, unreadable, scarce)
        self.pane = IssuePane(kinds, hub, pictures.thumbnails, pictures)
        self._tab = pictures.add_page(self.pane)
        bridge.doubts.connect(wrong_labels.judge)
        unreadable.locate.connect(self.locate_asked)
        scarce.wanted.connect(self._show_likeliest)
        for kind in kinds:
            kind.told.connect(self.told)
        self.pane.counted.connect(self._show_count)
        self.pane.selection_changed.connect(pictures.selection_changed)
        self.pane.opened.connect(pictures.reveal)
        # Queued: the click itself gives the keyboard to the tabs.
        pictures.tabs.tabBarClicked.connect(self._focus, Qt.ConnectionType.QueuedConnection)
        self.pane.look()

    def _show_count(self, count: int) -> None:
        self._pictures.tabs.setTabText(self._tab, self.tr("Issues ({n})").format(n=f"{count:,}"))

    def _focus(self, place: int) -> None:
        if place == self._tab:
            self.pane.list.setFocus()

    def _show_likeliest(self, class_id: int) -> None:
        if not self._hub.predicted_count:
            self.told.emit(self.tr("Nothing is predicted yet: press Run, then look here again."))
            return
        self.class_wanted.emit(class_id)
        self._pictures.show_likeliest()
