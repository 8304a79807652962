"""The page of issues: the kind, its meaning, its remedies, and the list."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from fewshot_gui.features.review.issue_list import IssueList
from fewshot_gui.features.review.issue_model import IssueModel
from fewshot_gui.features.review.issues.kind import IssueKind, Remedy
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.widgets.flow_layout import FlowLayout
from fewshot_gui.widgets.folding_tabs import FoldingTabs
from fewshot_gui.widgets.thumbnails import ThumbnailLoader

_MAX_PICTURES = 200


class IssuePane(QWidget):
    """One tab for each kind. The keys of its remedies work while the page has the focus."""

    counted = Signal(int)
    """The number of issues of all kinds."""
    selection_changed = Signal(np.ndarray)
    """The ids of the pictures of the selected issues."""
    opened = Signal(int)
    """The id of a picture to show in the grid."""

    def __init__(
        self, kinds: Sequence[IssueKind], hub: ProjectHub, thumbnails: ThumbnailLoader, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._kinds = kinds
        self.tabs = FoldingTabs(self)
        self.tabs.setAccessibleName(self.tr("Kind of issue"))
        self.explanation = QLabel(self)
        self.explanation.setWordWrap(True)
        self.list = IssueList(IssueModel(self), hub, thumbnails)
        self.setFocusProxy(self.list)
        self.restore_dismissed = QPushButton(self)
        self.restore_dismissed.clicked.connect(self._restore_dismissed)
        row = FlowLayout()
        self._remedies: dict[IssueKind, list[tuple[Remedy, QAction, QPushButton]]] = {}
        for kind in kinds:
            self.tabs.addTab(kind.title)
            self._remedies[kind] = [self._offer(remedy, row) for remedy in kind.remedies]
        row.addWidget(self._offer_search())
        head = QHBoxLayout()
        head.addWidget(self.explanation, 1)
        head.addWidget(self.restore_dismissed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.addWidget(self.tabs)
        column.addLayout(head)
        column.addLayout(row)
        column.addWidget(self.list, 1)

        for kind in kinds:
            kind.changed.connect(partial(self._follow, kind))
        self.tabs.currentChanged.connect(self._show_another_kind)
        # Queued: the click itself gives the focus to the tabs.
        self.tabs.tabBarClicked.connect(self._focus_list, Qt.ConnectionType.QueuedConnection)
        self.list.selection_changed.connect(self._on_selection)
        self.list.doubleClicked.connect(self._show_current)
        self._show()

    @property
    def kind(self) -> IssueKind:
        """The kind that is shown."""
        return self._kinds[self.tabs.currentIndex()]

    def showEvent(self, event: QShowEvent) -> None:
        # The list was not updated while it was hidden: tens of thousands of issues take time.
        self._show()
        super().showEvent(event)

    def find_issues(self) -> None:
        """Find the issues of every kind."""
        for kind in self._kinds:
            kind.refresh()

    def actions_with_keys(self) -> list[tuple[str, QAction]]:
        """Every remedy, with its kind of issue, and the actions of all kinds."""
        remedies = [
            (f"{kind.title}: {remedy.title}", action)
            for kind, offers in self._remedies.items()
            for remedy, action, _ in offers
        ]
        return [*remedies, (self._look.text(), self._look)]

    def _offer_search(self) -> QPushButton:
        self._look = QAction(self.tr("Show among the pictures"), self)
        self._look.setShortcut(QKeySequence("Space"))
        # Only for the list: on a button, it presses the button.
        self._look.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self._look.triggered.connect(self._show_current)
        self.list.addAction(self._look)
        key = self._look.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        words = self.tr("Show")
        self._look_button = QPushButton(f"{words}  ({key})", self)
        self._look_button.setToolTip(self._look.text())
        self._look_button.setAccessibleName(self._look.text())
        self._look_button.clicked.connect(self._look.trigger)
        return self._look_button

    def _offer(self, remedy: Remedy, row: FlowLayout) -> tuple[Remedy, QAction, QPushButton]:
        action = QAction(remedy.title, self)
        keys = [QKeySequence(remedy.key)]
        action.setShortcuts([*keys, QKeySequence("Enter")] if remedy.key == "Return" else keys)
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(partial(self._remedy, remedy))
        self.addAction(action)
        key = keys[0].toString(QKeySequence.SequenceFormat.NativeText)
        button = QPushButton(f"{remedy.title}  ({key})", self)
        button.clicked.connect(action.trigger)
        row.addWidget(button)
        return remedy, action, button

    def _remedy(self, remedy: Remedy) -> None:
        selected = self.list.selected_issues()
        if len(selected) or not remedy.needs_selection:
            remedy.act(selected)

    def _restore_dismissed(self) -> None:
        self.kind.restore_dismissed()
        self.list.setFocus()

    def _follow(self, kind: IssueKind) -> None:
        place = self._kinds.index(kind)
        text = f"{kind.title} ({len(kind.found):,})" if kind.has_searched else kind.title
        if self.tabs.tabText(place) != text:
            self.tabs.setTabText(place, text)
        if kind is self.kind and self.isVisible():
            self._show()
        self.counted.emit(sum(len(kind.found) for kind in self._kinds))

    def _show_another_kind(self) -> None:
        self.list.reset_position()
        self._show()

    def _focus_list(self, _place: int) -> None:
        self.list.setFocus()

    def _show(self) -> None:
        self.explanation.setText(self.kind.explanation)
        self.list.show_kind(self.kind)
        dismissed = self.kind.dismissed
        self.restore_dismissed.setVisible(dismissed > 0)
        self.restore_dismissed.setText(self.tr("Show {n} dismissed again").format(n=f"{dismissed:,}"))
        self._update_enabled()

    def _update_enabled(self) -> None:
        any_selected = self.list.selectionModel().hasSelection()
        self._look.setEnabled(any_selected)
        self._look_button.setEnabled(any_selected)
        for kind, offers in self._remedies.items():
            for remedy, action, button in offers:
                possible = kind is self.kind and (any_selected or not remedy.needs_selection)
                action.setEnabled(possible)
                button.setEnabled(possible)
                button.setVisible(kind is self.kind)

    def _on_selection(self) -> None:
        self._update_enabled()
        issues = self.list.selected_issues()[:_MAX_PICTURES].tolist()
        pictures = [picture for issue in issues for picture in self.kind.pictures_of(issue)]
        self.selection_changed.emit(np.array(pictures, np.int64))

    def _show_current(self) -> None:
        index = self.list.currentIndex()
        pictures = self.kind.pictures_of(self.list.issue_at(index.row())) if index.isValid() else ()
        if pictures:
            self.opened.emit(pictures[0])
