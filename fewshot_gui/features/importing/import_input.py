"""Pictures that a person drops, pastes or chooses in a dialog, as examples of a class or to be labelled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np
from PySide6.QtCore import QMimeData, QObject, QPoint, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QFileDialog, QWidget

from engine.errors import FewshotError
from engine.images import READABLE_SUFFIXES
from engine.images.archive import ARCHIVE_SUFFIXES
from engine.workspace import PROJECT_SUFFIX
from fewshot_gui.features.importing.fetch_dialog import FetchDialog
from fewshot_gui.features.importing.importer import Importer
from fewshot_gui.features.importing.sites import site_of
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.picture_columns import NO_CLASS
from fewshot_gui.project.picture_drag import pictures_in
from fewshot_gui.shell.engine_texts import translated
from fewshot_gui.widgets.drop_frame import DropFrame
from fewshot_gui.widgets.drops import DropZone, Source, can_take, only_path_in, sources_of
from fewshot_gui.widgets.file_dialog import FileDialog


class ChosenClass(Protocol):
    """The selected class, and whether its list has the keyboard focus."""

    @property
    def selected_class(self) -> int: ...
    @property
    def has_keyboard(self) -> bool: ...


class ImportInput(QObject):
    """Pictures dropped on the grid are to be labelled; pictures dropped on a class are its examples.

    Folders dropped beside the classes become classes: the place of the drop says what it means. If folders on
    the grid look like classes, the importer asks.
    """

    problem = Signal(str)
    project_dropped = Signal(Path)
    """The path of a project that was dropped instead of pictures."""
    pictures_pasted = Signal(int, np.ndarray)
    """The class id, and the ids of pictures of the project that were pasted into the class."""
    nothing_found = Signal(str)
    """A sentence: there were no pictures in what was dropped or pasted."""

    def __init__(
        self,
        hub: ProjectHub,
        importer: Importer,
        chosen: ChosenClass,
        grid: QAbstractItemView,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._hub = hub
        self._importer = importer
        self._chosen = chosen
        self._window = window
        self._agreed_sites: set[str] = set()
        frame = DropFrame(grid.viewport())
        over_grid = DropZone(grid.viewport(), self._is_from_outside)
        over_grid.hovered.connect(frame.show)
        over_grid.left.connect(frame.hide)
        over_grid.dropped.connect(self._import_pictures)

    def paste(self) -> None:
        """Import the pictures on the clipboard: as examples if a class has the focus, else to be labelled."""
        mime = QGuiApplication.clipboard().mimeData()
        ids = pictures_in(mime, self._hub)
        if self._chosen.has_keyboard and self._chosen.selected_class != NO_CLASS:
            if ids is None:
                self.import_examples(self._chosen.selected_class, mime)
            else:
                self.pictures_pasted.emit(self._chosen.selected_class, ids)
        elif ids is not None:
            self.nothing_found.emit(
                self.tr(
                    "These pictures are in the project already. To paste them into a class, click it first."
                )
            )
        else:
            self._import_pictures(mime)

    def ask_pictures(self) -> None:
        self._ask(self._files_dialog, self.tr("Add pictures to be labelled"), self._importer.add_to_label)

    def ask_examples(self) -> None:
        """Ask for examples of the class that is selected now, even if another is selected later."""
        class_id = self._chosen.selected_class
        title = self.tr("Add examples of {name}").format(name=self._hub.queries.class_name(class_id))
        self._ask(self._files_dialog, title, partial(self._importer.add_examples, class_id=class_id))

    def ask_folder(self) -> None:
        title = self.tr("Add a folder of pictures to be labelled")
        self._ask(self._folder_dialog, title, self._importer.add_to_label)

    def ask_classes(self) -> None:
        title = self.tr("Add a folder that has a subfolder for each class")
        self._ask(self._folder_dialog, title, self._importer.add_classes)

    def ask_archive(self) -> None:
        title = self.tr("Add an archive of pictures to be labelled")
        self._ask(self._archive_dialog, title, self._importer.add_to_label)

    def ask_archive_of_classes(self) -> None:
        title = self.tr("Add an archive that has a folder for each class")
        self._ask(self._archive_dialog, title, self._importer.add_classes)

    def _ask(
        self, make: Callable[[str], FileDialog], title: str, add: Callable[[Sequence[Source]], None]
    ) -> None:
        if self._hub.can_change():  # before a person has chosen files in vain
            dialog = make(title)
            dialog.chosen.connect(add)
            dialog.open()

    def _archive_dialog(self, title: str) -> FileDialog:
        patterns = " ".join(f"*{suffix}" for suffix in ARCHIVE_SUFFIXES)
        filters = [self.tr("Archives ({patterns})").format(patterns=patterns)]
        mode = QFileDialog.FileMode.ExistingFiles
        return FileDialog(self._window, title, "pictures", mode, name_filters=filters)

    def _files_dialog(self, title: str) -> FileDialog:
        patterns = " ".join(f"*{suffix}" for suffix in READABLE_SUFFIXES)
        filters = [self.tr("Pictures ({patterns})").format(patterns=patterns), self.tr("All files (*)")]
        return FileDialog(
            self._window, title, "pictures", QFileDialog.FileMode.ExistingFiles, name_filters=filters
        )

    def _folder_dialog(self, title: str) -> FileDialog:
        return FileDialog(self._window, title, "pictures", QFileDialog.FileMode.Directory)

    def _is_from_outside(self, mime: QMimeData) -> bool:
        return pictures_in(mime, self._hub) is None and can_take(mime)

    def _import_pictures(self, mime: QMimeData, _place: QPoint | None = None) -> None:
        self._import(mime, self._importer.add_to_label)

    def import_examples(self, class_id: int, mime: QMimeData) -> None:
        self._import(mime, partial(self._importer.add_examples, class_id=class_id))

    def import_classes(self, mime: QMimeData) -> None:
        self._import(mime, self._importer.add_classes)

    def _import(self, mime: QMimeData, add: Callable[[Sequence[Source]], None]) -> None:
        path = only_path_in(mime)
        if path is not None and path.suffix == PROJECT_SUFFIX:
            self.project_dropped.emit(path)
            return
        if not self._hub.can_change():
            return  # before a pasted picture is saved
        try:
            sources = sources_of(mime, self._hub.kept_dir)
        except FewshotError as error:
            self.problem.emit(translated(error.message))
            return
        if not sources:
            self.nothing_found.emit(self.tr("There are no pictures or folders in it."))
            return
        far = [source for source in sources if isinstance(source, str) and self._must_ask(source)]
        at_hand = [source for source in sources if not isinstance(source, str) or not self._must_ask(source)]
        if at_hand:  # whatever the person answers about the others
            add(at_hand)
        if far:
            dialog = FetchDialog(self._window, len(far), sorted(set(map(site_of, far))))
            dialog.agreed.connect(self._agreed_sites.update)
            dialog.accepted.connect(partial(add, far))
            dialog.open()

    def _must_ask(self, address: str) -> bool:
        """Whether the address is on a site to which nobody has agreed; a `data:` address is on none."""
        return site_of(address) not in self._agreed_sites | {""}
