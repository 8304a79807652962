"""Every action of the window: its text, shortcut and icon. Menus and toolbar are made from these."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QPalette
from PySide6.QtWidgets import QMainWindow, QMenu

from engine.visible import visible
from engine.workspace import ClassRow
from fewshot_gui.shell.languages import without_mnemonic
from fewshot_gui.shell.theme import THEMES, icon


class Actions(QObject):
    """Created once for a window; the owner of a feature connects `triggered`."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._icons: dict[QAction, str] = {}
        self._texts: dict[QAction, str] = {}
        self.new_project = self._action(self.tr("&New project…"), "Ctrl+N")
        self.open_project = self._action(self.tr("&Open project…"), "Ctrl+O")
        self.open_beside = self._action(self.tr("Open in a new &window…"), "Ctrl+Shift+W")
        self.add_pictures = self._action(self.tr("Add &pictures…"), "Ctrl+P", "add-pictures")
        self.add_folder = self._action(self.tr("Add &folder…"), "Ctrl+Shift+P")
        self.add_classes = self._action(self.tr("Add folder of &classes…"), "Ctrl+Shift+O", "add-class")
        self.add_archive = self._action(self.tr("Add &archive…"), "")
        self.add_archive_of_classes = self._action(self.tr("Add archive of c&lasses…"), "")
        self.add_examples = self._action(self.tr("Add e&xamples to the selected class…"), "Ctrl+Shift+E")
        self.locate = self._action(self.tr("Locate &missing pictures…"), "")
        self.export = self._action(self.tr("&Export…"), "Ctrl+E", "export")
        self.save_classifier = self._action(self.tr("Sa&ve classifier…"), "")
        self.apply_classifier = self._action(self.tr("Apply classifier to fol&der…"), "")
        self.watch_folder = self._action(self.tr("Wa&tch a folder…"), "")
        self.quit = self._action(self.tr("&Quit"), "Ctrl+Q")
        self.undo = self._action(self.tr("&Undo"), "Ctrl+Z", "undo")
        self.undo.setShortcuts([QKeySequence("Ctrl+Z"), QKeySequence("Backspace")])
        self.redo = self._action(self.tr("&Redo"), "Ctrl+Shift+Z", "redo")
        self.copy = self._action(self.tr("&Copy pictures"), "Ctrl+C")
        self.paste = self._action(self.tr("&Paste pictures"), "Ctrl+V")
        self.copy_path = self._action(self.tr("Copy pat&h"), "Ctrl+Shift+C")
        self.select_all = self._action(self.tr("Select &all"), "Ctrl+A")
        self.search = self._action(self.tr("&Find"), "Ctrl+F")
        self.settings = self._action(self.tr("Se&ttings…"), "Ctrl+,")
        self.settings.setMenuRole(QAction.MenuRole.PreferencesRole)
        self.run = self._action(self.tr("&Run"), "Ctrl+R", "run")
        self.run.setShortcuts([QKeySequence("Ctrl+R"), QKeySequence("F5")])
        self.run_again = self._action(self.tr("Run a&gain after every change of a label"), "")
        self.run_again.setCheckable(True)
        self.prepare = self._action(self.tr("Prepare pictures while you wor&k"), "")
        self.prepare.setCheckable(True)
        self.cancel = self._action(self.tr("&Cancel"), "Esc", "cancel")
        self.options = self._action(self.tr("Algorithm &options…"), "Ctrl+Shift+R")
        self.meta_train = self._action(self.tr("&Meta-train on my classes…"), "")
        self.compare = self._action(self.tr("Compare &two runs…"), "")
        self.open_picture = self._action(self.tr("Op&en"), "")
        self.show_in_folder = self._action(self.tr("Show in &folder"), "")
        self.unknown = self._action(self.tr("Label as &unknown"), "U")
        self.new_class = self._action(self.tr("Label as a ne&w class"), "Ctrl+Shift+L")
        self.accept = self._action(self.tr("&Accept the prediction"), "Return")
        self.accept.setShortcuts([QKeySequence("Return"), QKeySequence("Enter")])
        self.accept_all = self._action(self.tr("Accept all confident predictions in &view…"), "Ctrl+Return")
        self.skip = self._action(self.tr("&Skip to the next"), "S")
        self.advance = self._action(self.tr("Advance to the &next picture after labelling"), "")
        self.advance.setCheckable(True)
        self.remove_label = self._action(self.tr("&Remove the label"), "0")
        self.remove_pictures = self._action(self.tr("Remove from the &project"), "Del")
        self.similar = self._action(self.tr("Find si&milar"), "M")
        self.new_order = self._action(self.tr("Take up the new &order"), "Ctrl+L")
        # A key that is held down must not act on pictures that nobody has looked at.
        for action in (self.unknown, self.accept, self.remove_label, self.remove_pictures):
            action.setAutoRepeat(False)
        # Their keys act only while the pictures have the focus.
        self.of_selection = (
            self.accept,
            self.skip,
            self.copy,
            self.copy_path,
            self.remove_pictures,
            self.similar,
            self.open_picture,
            self.show_in_folder,
        )
        self.of_grid = (*self.of_selection, self.select_all)
        for action in self.of_grid:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.look = self._action(self.tr("&Look closely"), "Space")
        self.fit = self._action(self.tr("Zoom to &fit"), "F")
        self.actual_size = self._action(self.tr("Zoom to &100 %"), "Z")
        self.fit.setIconText(self.tr("Fit"))
        self.actual_size.setIconText(self.tr("100 %"))
        self.zoom_in = self._action(self.tr("Zoom &in"), "+")
        self.zoom_in.setShortcuts([QKeySequence("+"), QKeySequence("=")])
        self.zoom_out = self._action(self.tr("Zoom &out"), "-")
        # Their keys act on the large picture; in the grid, some of them act on its cells.
        self.of_picture = (self.look, self.fit, self.actual_size, self.zoom_in, self.zoom_out)
        for action in self.of_picture:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.shortcuts = self._action(self.tr("&Keyboard shortcuts"), "F1")
        self.guide = self._action(self.tr("&Guide"), "Shift+F1")
        self.about_algorithm = self._action(self.tr("About the a&lgorithm"), "")
        self.about = self._action(self.tr("&About Fewshot"), "")
        self.themes = QActionGroup(self)
        titles = (self.tr("&System"), self.tr("&Light"), self.tr("&Dark"))
        for theme, title in zip(THEMES, titles, strict=True):
            action = self._action(title, "")
            action.setCheckable(True)
            action.setData(theme)
            self.themes.addAction(action)

    def tint(self, palette: QPalette) -> None:
        """Draw the icons in the colours of `palette`."""
        for action, name in self._icons.items():
            action.setIcon(icon(name, palette))

    def show_history(self, undo_title: str | None, redo_title: str | None) -> None:
        """Show the titles of the gestures to undo and redo; `None` if there is none."""
        for action, text, words, title in (
            (self.undo, self.tr("&Undo"), self.tr("&Undo {gesture}"), undo_title),
            (self.redo, self.tr("&Redo"), self.tr("&Redo {gesture}"), redo_title),
        ):
            action.setEnabled(title is not None)
            title = visible(title) if title else title
            action.setText(words.format(gesture=title.replace("&", "&&")) if title else text)
            name = without_mnemonic(words).format(gesture=title) if title else without_mnemonic(text)
            action.setIconText(name)
            action.setToolTip(f"{name} ({action.shortcut().toString()})")

    def with_keys(self) -> list[tuple[str, QAction]]:
        """Every action that has a key, with its name; undo has a longer text in the menu."""
        return [(text, action) for action, text in self._texts.items() if action.shortcuts()]

    def _action(self, text: str, key: str, icon_name: str = "") -> QAction:
        action = QAction(text, self._window, shortcut=QKeySequence(key))
        self._texts[action] = without_mnemonic(text)
        action.setIconText(self._texts[action].removesuffix("…"))
        if icon_name:
            self._icons[action] = icon_name
        return action


class ClassMenu(QMenu):
    """An entry for each class, with its key, then `others`; it labels the selected pictures."""

    chosen = Signal(int)
    """The id of the class that was chosen."""

    def __init__(self, title: str, others: Sequence[QAction], parent: QMainWindow) -> None:
        super().__init__(title, parent)
        self._of_classes: list[QAction] = []
        self._end = self.addSeparator()
        self.addActions(others)
        self.triggered.connect(self._emit_chosen)

    @property
    def of_classes(self) -> Sequence[QAction]:
        """The entries of the classes."""
        return self._of_classes

    def set_classes(self, classes: Sequence[ClassRow]) -> None:
        for action in self._of_classes:
            self.removeAction(action)
            action.deleteLater()  # deleted, not only removed: its key must be free at once
        self._of_classes = []
        for row in classes:
            action = QAction(visible(row.name).replace("&", "&&"), self, shortcut=QKeySequence(row.key))
            action.setAutoRepeat(False)  # one label a press
            action.setData(row.id)
            self._of_classes.append(action)
        self.insertActions(self._end, self._of_classes)

    def _emit_chosen(self, action: QAction) -> None:
        if action in self._of_classes:
            self.chosen.emit(action.data())


def connect_all(pairs: Sequence[tuple[QAction, Callable[[], object]]]) -> None:
    """Connect each action to its slot."""
    for action, slot in pairs:
        action.triggered.connect(slot)
