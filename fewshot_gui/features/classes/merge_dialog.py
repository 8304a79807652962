"""A dialog that asks which class another is to be merged into."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QIcon, QShortcut
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QListView, QVBoxLayout, QWidget

from fewshot_gui.features.classes.class_list import ClassDelegate, Picture
from fewshot_gui.features.classes.class_model import ClassModel, ClassRole
from fewshot_gui.shell.long_words import with_short_words


class MergeDialog(QDialog):
    """Lists the other classes, and those with a part of a name in theirs. Deletes itself when closed."""

    chosen = Signal(int)
    """The id of the class to merge into."""

    def __init__(self, parent: QWidget, classes: ClassModel, class_id: int, picture: Picture) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        name = with_short_words(classes.index_of(class_id).data())
        self.setWindowTitle(self.tr("Merge {name}").format(name=name))
        words = self.tr("“{name}” is removed, and its pictures get the class that you choose:")
        question = QLabel(words.format(name=name), self)
        question.setWordWrap(True)
        question.setMinimumWidth(44 * question.fontMetrics().averageCharWidth())
        self._others = _OtherClasses(classes, class_id, self)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Search by name"))
        self.search.setAccessibleName(self.tr("Search by name"))
        self.search.setClearButtonEnabled(True)
        self.list = QListView(self)
        self.list.setModel(self._others)
        self._delegate = ClassDelegate(picture, self.list)
        self.list.setItemDelegate(self._delegate)
        self.list.setUniformItemSizes(True)
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.list.setAccessibleName(self.tr("The class to merge into"))
        question.setBuddy(self.list)
        kinds = QDialogButtonBox
        buttons = QDialogButtonBox(kinds.StandardButton.Cancel, self)
        buttons.button(kinds.StandardButton.Cancel).setIcon(QIcon())
        self.merge_button = buttons.addButton(self.tr("&Merge"), kinds.ButtonRole.AcceptRole)
        self.merge_button.setDefault(True)
        column = QVBoxLayout(self)
        for widget in (question, self.search, self.list, buttons):
            column.addWidget(widget)

        for key, step in ((Qt.Key.Key_Up, -1), (Qt.Key.Key_Down, 1)):
            shortcut = QShortcut(key, self.search, context=Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(partial(self._move, step))
        self.search.textChanged.connect(self._others.setFilterFixedString)
        self.list.doubleClicked.connect(self.accept)
        self.list.selectionModel().currentChanged.connect(self._update_enabled)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._others.rowsInserted.connect(self._choose_first)
        self._others.rowsRemoved.connect(self._choose_first)
        self._others.modelReset.connect(self._choose_first)
        self._choose_first()
        self.search.setFocus()

    def accept(self) -> None:
        current = self.list.currentIndex()
        if current.isValid():
            self.chosen.emit(current.data(ClassRole.CLASS_ID))
            super().accept()

    def _move(self, step: int) -> None:
        index = self._others.index(self.list.currentIndex().row() + step, 0)
        if index.isValid():
            self.list.setCurrentIndex(index)

    def _choose_first(self) -> None:
        if not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self._others.index(0, 0))
        self._update_enabled()

    def _update_enabled(self) -> None:
        self.merge_button.setEnabled(self.list.currentIndex().isValid())


class _OtherClasses(QSortFilterProxyModel):
    """All classes but one."""

    def __init__(self, classes: ClassModel, class_id: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._class_id = class_id
        self.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setSourceModel(classes)

    def filterAcceptsRow(self, row: int, parent: QModelIndex | QPersistentModelIndex) -> bool:
        index = self.sourceModel().index(row, 0, parent)
        return index.data(ClassRole.CLASS_ID) != self._class_id and super().filterAcceptsRow(row, parent)
