"""The panel of classes: each is a place to drop examples on, and below is one to drop new classes on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtCore import QMimeData, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QColor, QImage, QKeySequence
from PySide6.QtWidgets import (
    QColorDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.visible import visible
from engine.workspace.commands import AddClass, MergeClasses, MoveClass, RecolorClass, RemoveClass
from engine.workspace.rows import UNKNOWN
from fewshot_gui.features.classes.class_list import ClassList
from fewshot_gui.features.classes.class_model import ClassModel, ClassRole
from fewshot_gui.features.classes.drop_button import DropButton
from fewshot_gui.features.classes.merge_dialog import MergeDialog
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.picture_columns import NO_CLASS
from fewshot_gui.project.picture_drag import can_take_pictures, pictures_in
from fewshot_gui.shell.menus import SEPARATOR, Entry, fill_menu
from fewshot_gui.widgets.drops import DropZone
from fewshot_gui.widgets.fonts import bold
from fewshot_gui.widgets.thumbnails import ThumbnailLoader

_UNKNOWN_MARGIN = 6
_ZONE_MARGIN = 14


class ClassPanel(QWidget):
    """Adds, renames, recolours, moves and removes classes; emits what was dropped."""

    examples_dropped = Signal(int, QMimeData)
    """The class id, and what was dropped on the class."""
    classes_dropped = Signal(QMimeData)
    """What was dropped on the zone for new classes."""
    pictures_dropped = Signal(int, np.ndarray)
    """The class id, or `UNKNOWN`, and the ids of pictures of the project that were dropped on the class."""
    pictures_dropped_as_class = Signal(np.ndarray)
    """The ids of pictures of the project that were dropped on the zone for new classes."""
    unknown_requested = Signal()
    """The person wants to see the pictures that belong to no class."""
    classes_requested = Signal()
    """The person wants to choose a folder of classes."""
    key_requested = Signal(int)
    """The id of a class that needs another key."""
    class_selected = Signal(int)
    """The id of the selected class, or `NO_CLASS`."""
    show_requested = Signal(bool)
    """The pictures of the selected class are to be shown; whether they get the keyboard, too."""
    examples_requested = Signal()
    """Examples of the selected class are to be asked for."""
    export_requested = Signal(int)
    """The id of a class whose pictures are to be exported."""
    merge_offered = Signal(str, int, int)
    """A sentence: a class was to get the name of another. Then both, by id."""
    labels_changed = Signal(str)
    """A sentence: what a gesture on a class did to the labels of its pictures."""

    def __init__(self, hub: ProjectHub, thumbnails: ThumbnailLoader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hub, self._thumbnails = hub, thumbnails
        self._awaited: set[int] = set()
        """The pictures that were painted without a thumbnail."""
        self.model = ClassModel(hub, self)
        self.list = ClassList(self._picture, self)
        self.list.setModel(self.model)
        self.list.setAccessibleName(self.tr("Classes"))
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._open_menu)
        self.unknown_zone = DropButton(
            self.tr("Unknown"),
            self.tr("Drop pictures here that belong to none of the classes, or click to see them"),
            _UNKNOWN_MARGIN,
            self,
        )
        self.unknown_zone.clicked.connect(self.unknown_requested)
        self.new_zone = DropButton(
            self.tr("Drop here for a new class:\npictures or folders"),
            self.tr("Click to choose a folder that has a subfolder for each class"),
            _ZONE_MARGIN,
            self,
        )
        self.new_zone.clicked.connect(self.classes_requested)
        self._make_actions()
        self._lay_out()

        over_list = DropZone(self.list.viewport(), can_take_pictures)
        over_list.hovered.connect(self._show_target)
        over_list.left.connect(self._hide_target)
        over_list.dropped.connect(self._drop_on_list)
        self.unknown_zone.dropped.connect(partial(self._drop_on_class, UNKNOWN))
        self.new_zone.dropped.connect(self._drop_as_class)

        self._selected = self._gone = NO_CLASS
        self.list.selectionModel().currentChanged.connect(self._emit_selected)
        self.model.name_taken.connect(self._offer_merge)
        self.model.modelReset.connect(self._restore_selection)
        self.model.rowsInserted.connect(self._restore_selection)
        self.list.clicked.connect(self._show_clicked)
        thumbnails.loaded.connect(self._on_thumbnail)
        thumbnails.capacity_available.connect(self.list.viewport().update)
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

    def show_selected(self) -> None:
        self.show_requested.emit(True)

    def ask_export_selected(self) -> None:
        self.export_requested.emit(self._selected)

    def rename_selected(self) -> None:
        if self._hub.can_change():
            self.edit_name(self._selected)

    def remove_selected(self) -> None:
        gone = next(row for row in self._hub.queries.classes if row.id == self._selected)
        removed = self._hub.commands.apply_to_many(RemoveClass(gone.id, gone.count))
        if removed is None or not gone.count:
            return
        words = (
            self.tr("“{name}” was removed, and 1 picture has no label any more.")
            if gone.count == 1
            else self.tr("“{name}” was removed, and {n} pictures have no label any more.")
        )
        self.labels_changed.emit(words.format(n=f"{gone.count:,}", name=visible(gone.name)))

    def ask_merge_selected(self) -> None:
        dialog = MergeDialog(self, self.model, self._selected, self._picture)
        dialog.chosen.connect(partial(self.merge, self._selected))
        dialog.open()

    def merge(self, class_id: int, into: int) -> None:
        """Give the pictures of a class to another and remove it; either may have been removed meanwhile."""
        rows = {row.id: row for row in self._hub.queries.classes}
        if class_id not in rows or into not in rows:
            return
        gone, kept = rows[class_id], rows[into]
        if self._hub.commands.apply_to_many(MergeClasses({class_id: into}, gone.count)) is None:
            return
        words = (
            self.tr("1 picture moved from “{name}” to “{into}”, and “{name}” was removed.")
            if gone.count == 1
            else self.tr("{n} pictures moved from “{name}” to “{into}”, and “{name}” was removed.")
        )
        self.select(into)
        self.labels_changed.emit(
            words.format(n=f"{gone.count:,}", name=visible(gone.name), into=visible(kept.name))
        )

    def recolor_selected(self) -> None:
        if not self._hub.can_change():
            return
        dialog = QColorDialog(QColor(self._hub.queries.class_color(self._selected)), self)
        dialog.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(partial(self._recolor, self._selected))
        dialog.open()

    def ask_key_of_selected(self) -> None:
        if self._hub.can_change():
            self.key_requested.emit(self._selected)

    def move_selected_up(self) -> None:
        self._move_selected(-1)

    def move_selected_down(self) -> None:
        self._move_selected(+1)

    # -- within

    def _picture(self, picture_id: int) -> QImage | None:
        image = self._thumbnails.image(picture_id, self._hub.queries.path(picture_id))
        if image is None:
            self._awaited.add(picture_id)
        return image

    def _on_thumbnail(self, picture_id: int) -> None:
        if picture_id in self._awaited:
            self._awaited.discard(picture_id)
            self.list.viewport().update()

    def _show_clicked(self) -> None:
        self.show_requested.emit(False)

    def _offer_merge(self, class_id: int, other: int) -> None:
        name = self._hub.queries.class_name(other)
        words = self.tr("There is already a class “{name}”. Merge “{old}” into it, or choose another name.")
        old = self._hub.queries.class_name(class_id)
        self.merge_offered.emit(words.format(name=name, old=old), class_id, other)

    def _recolor(self, class_id: int, color: QColor) -> None:
        if self.model.index_of(class_id).isValid():  # it may have been removed meanwhile
            self._hub.commands.apply(RecolorClass(class_id, color.name()))

    def _move_selected(self, by: int) -> None:
        place = self.list.currentIndex().row() + by
        if 0 <= place < self.model.rowCount():
            self._hub.commands.apply(MoveClass(self._selected, place))

    def _make_actions(self) -> None:
        self.add_action = self._action(self.tr("Add class"), "Ctrl+Shift+N", self.add_class)
        self.show_action = self._action(self.tr("Show its pictures"), "Return", self.show_selected)
        self.examples_action = self._action(self.tr("Add examples…"), "", self.examples_requested.emit)
        self.rename_action = self._action(self.tr("Rename"), "F2", self.rename_selected)
        self.merge_action = self._action(self.tr("Merge into…"), "", self.ask_merge_selected)
        self.recolor_action = self._action(self.tr("Change colour…"), "", self.recolor_selected)
        self.key_action = self._action(self.tr("Key…"), "", self.ask_key_of_selected)
        self.up_action = self._action(self.tr("Move up"), "Alt+Up", self.move_selected_up)
        self.down_action = self._action(self.tr("Move down"), "Alt+Down", self.move_selected_down)
        self.export_action = self._action(self.tr("Export its pictures…"), "", self.ask_export_selected)
        self.remove_action = self._action(self.tr("Remove class"), "Del", self.remove_selected)
        self.add_action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        self.show_action.setShortcuts([QKeySequence("Return"), QKeySequence("Enter")])
        # Not in the editor of a name, where Return ends the editing.
        self.show_action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)

    @property
    def editing_actions(self) -> list[QAction]:
        """Those that change the classes, for a menu."""
        others = (self.show_action, self.examples_action, self.export_action)
        return [action for action in self.list.actions() if action not in others]

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
        column.addWidget(self.unknown_zone)
        column.addWidget(self.new_zone)

    def _open_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        of_class: list[Entry] = [self.show_action, self.examples_action, SEPARATOR]
        of_class += [self.rename_action, self.merge_action, self.recolor_action, self.key_action]
        of_class += [self.up_action, self.down_action, SEPARATOR, self.export_action, SEPARATOR]
        # Beside the rows there is no class that the others could be about.
        on_class = self.list.indexAt(place).isValid()
        fill_menu(menu, [*of_class, self.remove_action] if on_class else [self.add_action])
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
            self._drop_on_class(index.data(ClassRole.CLASS_ID), mime)
        else:
            self._drop_as_class(mime)

    def _drop_on_class(self, class_id: int, mime: QMimeData) -> None:
        ids = pictures_in(mime, self._hub)
        if ids is None:
            self.examples_dropped.emit(class_id, mime)
        else:
            self.pictures_dropped.emit(class_id, ids)

    def _drop_as_class(self, mime: QMimeData) -> None:
        ids = pictures_in(mime, self._hub)
        if ids is None:
            self.classes_dropped.emit(mime)
        else:
            self.pictures_dropped_as_class.emit(ids)

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
        self._awaited.clear()

    def _update_enabled(self) -> None:
        for action in self.list.actions():
            if action is not self.add_action:
                action.setEnabled(self._selected != NO_CLASS)
        if self.model.rowCount() < 2:
            self.merge_action.setEnabled(False)
