"""The panel of classes: each is a place to drop examples on, and below is one to drop new classes on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QMargins, QMimeData, QModelIndex, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QKeySequence, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QColorDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.workspace.commands import AddClass, MoveClass, RecolorClass, RemoveClass
from fewshot_gui.features.classes.class_list import ClassList
from fewshot_gui.features.classes.class_model import ClassModel, ClassRole
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.picture_columns import NO_CLASS
from fewshot_gui.widgets.drops import DropZone
from fewshot_gui.widgets.fonts import bold

_Role = QPalette.ColorRole
_MARGIN = 14
"""The space around the words of the zone, in pixels."""


class ClassPanel(QWidget):
    """Adds, renames, recolours, moves and removes classes; emits what was dropped."""

    examples_dropped = Signal(int, QMimeData)
    """The class id, and what was dropped on the class."""
    classes_dropped = Signal(QMimeData)
    """What was dropped on the zone for new classes."""
    classes_requested = Signal()
    """The person wants to choose a folder of classes."""
    key_requested = Signal(int)
    """The id of a class that needs another key."""
    class_selected = Signal(int)
    """The id of the selected class, or `NO_CLASS`."""

    def __init__(self, hub: ProjectHub, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hub = hub
        self.model = ClassModel(hub, self)
        self.list = ClassList(self)
        self.list.setModel(self.model)
        self.list.setAccessibleName(self.tr("Classes"))
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._open_menu)
        self.new_zone = NewClassZone(self)
        self.new_zone.clicked.connect(self.classes_requested)
        self._make_actions()
        self._lay_out()

        over_list = DropZone(self.list.viewport())
        over_list.hovered.connect(self._show_target)
        over_list.left.connect(self._hide_target)
        over_list.dropped.connect(self._drop_on_list)
        over_zone = DropZone(self.new_zone)
        over_zone.hovered.connect(self.new_zone.light_up)
        over_zone.left.connect(self.new_zone.clear_highlight)
        over_zone.dropped.connect(self._drop_on_zone)

        self._selected = self._gone = NO_CLASS
        self.list.selectionModel().currentChanged.connect(self._emit_selected)
        self.model.modelReset.connect(self._restore_selection)
        self.model.rowsInserted.connect(self._restore_selection)
        hub.opened.connect(self._forget_selection)
        self._update_enabled()

    @property
    def selected_class(self) -> int:
        """The id of the current class, or `NO_CLASS`."""
        return self._selected

    @property
    def has_keyboard(self) -> bool:
        return self.list.hasFocus()

    def select(self, class_id: int) -> None:
        self.list.setCurrentIndex(self.model.index_of(class_id))

    def edit_name(self, class_id: int) -> None:
        """Open the editor for the name of this class, in its row."""
        self.select(class_id)
        self.list.edit(self.model.index_of(class_id))

    def actions_with_keys(self) -> list[tuple[str, QAction]]:
        return [(action.text(), action) for action in self.list.actions() if action.shortcuts()]

    # -- gestures

    def add_class(self) -> None:
        name = self._hub.queries.free_class_name()
        if self._hub.commands.apply(AddClass(name)) is not None and (
            row := self._hub.queries.class_named(name)
        ):
            self.edit_name(row.id)

    def rename_selected(self) -> None:
        self.edit_name(self._selected)

    def remove_selected(self) -> None:
        count = next(row.count for row in self._hub.queries.classes if row.id == self._selected)
        self._hub.commands.apply_to_many(RemoveClass(self._selected, count))

    def recolor_selected(self) -> None:
        dialog = QColorDialog(QColor(self._hub.queries.class_color(self._selected)), self)
        dialog.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(partial(self._recolor, self._selected))
        dialog.open()

    def ask_key_of_selected(self) -> None:
        self.key_requested.emit(self._selected)

    def move_selected_up(self) -> None:
        self._move_selected(-1)

    def move_selected_down(self) -> None:
        self._move_selected(+1)

    # -- within

    def _recolor(self, class_id: int, color: QColor) -> None:
        if self.model.index_of(class_id).isValid():  # it may have been removed meanwhile
            self._hub.commands.apply(RecolorClass(class_id, color.name()))

    def _move_selected(self, by: int) -> None:
        place = self.list.currentIndex().row() + by
        if 0 <= place < self.model.rowCount():
            self._hub.commands.apply(MoveClass(self._selected, place))

    def _make_actions(self) -> None:
        self.add_action = self._action(self.tr("Add class"), "Ctrl+Shift+N", self.add_class)
        self.rename_action = self._action(self.tr("Rename"), "F2", self.rename_selected)
        self.recolor_action = self._action(self.tr("Change colour…"), "", self.recolor_selected)
        self.key_action = self._action(self.tr("Key…"), "", self.ask_key_of_selected)
        self.up_action = self._action(self.tr("Move up"), "Alt+Up", self.move_selected_up)
        self.down_action = self._action(self.tr("Move down"), "Alt+Down", self.move_selected_down)
        self.remove_action = self._action(self.tr("Remove class"), "Del", self.remove_selected)
        self.add_action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)

    def _action(self, text: str, key: str, slot: Callable[[], None]) -> QAction:
        action = QAction(text, self, shortcut=QKeySequence(key))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(slot)
        self.list.addAction(action)
        return action

    def _lay_out(self) -> None:
        title = QLabel(self.tr("Classes"))
        title.setFont(bold(title.font()))
        title.setBuddy(self.list)
        add = QToolButton(self)
        add.setDefaultAction(self.add_action)
        add.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        add.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(add)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 0, 8)
        column.addLayout(head)
        column.addWidget(self.list, 1)
        column.addWidget(self.new_zone)

    def _open_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(self.list.actions())
        menu.popup(self.list.viewport().mapToGlobal(place))

    def _show_target(self, place: QPoint) -> None:
        index = self.list.indexAt(place)
        self.list.set_drop_row(index.row())
        if index.isValid():
            self.new_zone.clear_highlight()
        else:
            self.new_zone.light_up()

    def _hide_target(self) -> None:
        self.list.set_drop_row(-1)
        self.new_zone.clear_highlight()

    def _drop_on_list(self, mime: QMimeData, place: QPoint) -> None:
        index = self.list.indexAt(place)
        if index.isValid():
            self.examples_dropped.emit(index.data(ClassRole.CLASS_ID), mime)
        else:
            self.classes_dropped.emit(mime)

    def _drop_on_zone(self, mime: QMimeData, _place: QPoint) -> None:
        self.classes_dropped.emit(mime)

    def _emit_selected(self, current: QModelIndex) -> None:
        self._selected = current.data(ClassRole.CLASS_ID) if current.isValid() else NO_CLASS
        if current.isValid():
            self._gone = NO_CLASS
        self._update_enabled()
        self.class_selected.emit(self._selected)

    def _restore_selection(self) -> None:
        """Select the same class again after a reset of the model, also if it had been removed meanwhile."""
        wanted = self._gone if self._selected == NO_CLASS else self._selected
        index = self.model.index_of(wanted)
        if index.isValid():
            self.list.setCurrentIndex(index)
        elif self._selected != NO_CLASS:
            self._emit_selected(QModelIndex())
            self._gone = wanted

    def _forget_selection(self) -> None:
        # A class of another project may have the same id, but it is not the selected one.
        self.list.setCurrentIndex(QModelIndex())
        self._gone = NO_CLASS

    def _update_enabled(self) -> None:
        for action in self.list.actions():
            if action is not self.add_action:
                action.setEnabled(self._selected != NO_CLASS)


class NewClassZone(QAbstractButton):
    """The zone below the list: it says what to drop here, is highlighted during a drag, and asks for a folder
    when it is clicked."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setText(self.tr("Drop folders here:\neach becomes a class"))
        self.setToolTip(self.tr("Click to choose a folder that has a subfolder for each class"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._lit = False

    def light_up(self) -> None:
        self._lit = True
        self.update()

    def clear_highlight(self) -> None:
        self._lit = False
        self.update()

    def sizeHint(self) -> QSize:
        words = self.fontMetrics().size(0, self.text())
        return words.grownBy(QMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        role, line = (
            (_Role.Accent, Qt.PenStyle.SolidLine)
            if self._lit or self.hasFocus() or self.underMouse()
            else (_Role.PlaceholderText, Qt.PenStyle.DashLine)
        )
        painter.setPen(QPen(self.palette().color(role), 2, line))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.end()
