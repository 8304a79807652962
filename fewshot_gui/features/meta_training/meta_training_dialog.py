"""The form for a meta-training: what to train, on which data and how long."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon, QStandardItem
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from engine.errors import FewshotError
from engine.learners.recipe import Recipe
from engine.learners.user_checkpoints import normalize_checkpoint_name, user_checkpoint_path
from engine.meta_training.training_config import LabeledPictures, TrainingConfig, held_out_count
from engine.runs.catalogue import AlgorithmEntry, BackboneEntry, Catalogue
from fewshot_gui.shell.engine_texts import translated
from fewshot_gui.shell.project_dialogs import mark_project_independent
from fewshot_gui.shell.saved_settings import remember, remembered_list
from fewshot_gui.widgets.choice_menu import ChoiceMenu, entry, heading
from fewshot_gui.widgets.file_dialog import FileDialog
from fewshot_gui.widgets.question import Question

_SOURCES = "meta-training/sources"
_MAX_WAYS = 100
_MAX_SHOTS = 100
_MAX_EPISODES = 10_000_000
_NOTE_CHARACTERS = 66
_MAX_NAMED = 3
_MOST_ROWS = 2
"""The most unfinished trainings that stand in the form side by side; more are scrolled."""


class MetaTrainingDialog(QDialog):
    """Says what is missing before the training can begin; remembers the folders and zips of the last one.
    Deletes itself when closed."""

    submitted = Signal(TrainingConfig)
    """The configuration of a new training."""
    resumed = Signal(TrainingConfig)
    """An unfinished training to resume."""
    discarded = Signal(TrainingConfig)
    """An unfinished training to delete."""

    def __init__(
        self,
        parent: QWidget,
        catalogue: Catalogue,
        project: str,
        classes: Mapping[str, tuple[str, ...]],
        unfinished: Sequence[TrainingConfig],
        chosen: tuple[str, str, str],
    ) -> None:
        """`classes` has the paths of the labelled pictures of `project`; `chosen` are algorithm, backbone and
        device."""
        super().__init__(parent)
        mark_project_independent(self)  # it has its own copy of the names and paths of the project
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Meta-train on my classes"))
        self._catalogue = catalogue
        self._project, self._classes = project, classes
        self._last_defaults: Recipe | None = None
        """The defaults that the fields were filled with last."""
        self._trainable = {one.name: one for one in catalogue.algorithms if one.trains_on}
        self._make_fields()
        self._lay_out(unfinished)
        self._fill(*chosen)
        self._connect()
        self._update_enabled()
        self.name.setFocus()
        self.name.selectAll()

    # -- making it

    def _make_fields(self) -> None:
        self.name = QLineEdit(self)
        self.name.setPlaceholderText(self.tr("what the algorithm menu will call it"))
        self.algorithm, self.backbone, self.device = (ChoiceMenu(self) for _ in range(3))
        self.from_project = QCheckBox(self.tr("The &labelled pictures of this project"), self)
        self.note = self._small_label()
        self.folders = QListWidget(self)
        self.folders.setMaximumHeight(4 * self.fontMetrics().height())
        self.folders.setAccessibleName(self.tr("Folders and zips to learn from"))
        self.folders.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.add_folder = QPushButton(self.tr("Add &folder…"), self)
        self.add_zip = QPushButton(self.tr("Add &zip…"), self)
        self.remove = QPushButton(self.tr("&Remove"), self)
        for button in (self.add_folder, self.add_zip, self.remove):
            button.setAutoDefault(False)
        self.ways = _Range(2, _MAX_WAYS, self.tr("Classes per episode"), self)
        self.shots = _Range(1, _MAX_SHOTS, self.tr("Examples per class"), self)
        self.query = _whole(1, _MAX_SHOTS, self)
        self.episodes = _whole(1, _MAX_EPISODES, self)
        self.episodes.setGroupSeparatorShown(True)
        self.seed = _whole(0, 2**31 - 1, self)
        self.problem = QLabel(self)
        self.problem.setWordWrap(True)
        # Their texts change while a person types, which must not move anything.
        for label, lines in ((self.note, 3), (self.problem, 2)):
            label.setMinimumHeight(lines * label.fontMetrics().lineSpacing())
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
        for field, explanation in (
            (self.ways, self.tr("How many classes each episode, a small task to practise on, is drawn with")),
            (self.shots, self.tr("How many labelled examples of each class an episode has")),
            (self.query, self.tr("How many further pictures of each class an episode is judged on")),
            (self.episodes, self.tr("How long it trains")),
            (self.seed, self.tr("Another number draws other episodes, and other classes to validate on")),
        ):
            field.setToolTip(explanation)

    def _lay_out(self, unfinished: Sequence[TrainingConfig]) -> None:
        column = QVBoxLayout(self)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetMinimumSize)
        rows = [_Unfinished(order, self._title(order), self) for order in unfinished]
        if len(rows) > _MOST_ROWS:
            column.addWidget(_scrolled(rows, self))
        else:
            for row in rows:
                column.addWidget(row)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        form.addRow(self.tr("&Name"), self.name)
        form.addRow(self.tr("&Algorithm"), self.algorithm)
        form.addRow(self.tr("&Backbone"), self.backbone)
        form.addRow(self.tr("Learn from"), self.from_project)
        form.addRow("", self.note)
        buttons = QVBoxLayout()
        for button in (self.add_folder, self.add_zip, self.remove):
            buttons.addWidget(button)
        folders = QHBoxLayout()
        folders.addWidget(self.folders, 1)
        folders.addLayout(buttons)
        form.addRow(self.tr("Folders of classes"), folders)
        form.addRow(self.tr("&Classes per episode"), self.ways)
        form.addRow(self.tr("E&xamples per class"), self.shots)
        form.addRow(self.tr("&Queries per class"), self.query)
        form.addRow(self.tr("&Episodes in all"), self.episodes)
        form.addRow(self.tr("See&d"), self.seed)
        form.addRow(self.tr("De&vice"), self.device)
        column.addLayout(form)
        column.addWidget(self.problem)
        kinds = QDialogButtonBox
        self.buttons = QDialogButtonBox(kinds.StandardButton.Cancel, self)
        self.buttons.button(kinds.StandardButton.Cancel).setIcon(QIcon())
        self.start = self.buttons.addButton(self.tr("&Start training"), kinds.ButtonRole.AcceptRole)
        self.start.setDefault(True)
        column.addWidget(self.buttons)

    def _fill(self, algorithm: str, backbone: str, device: str) -> None:
        self.name.setText(self._project)
        items = []
        for family, members in groupby(self._trainable.values(), key=lambda one: one.family):
            items += [heading(translated(family)), *map(_item, members)]
        self.algorithm.fill(items)
        self.algorithm.choose(algorithm)
        automatic = self.tr("Automatic ({device})").format(
            device=translated(self._catalogue.devices[0].title)
        )
        devices = [entry(translated(one.title), one.name) for one in self._catalogue.devices]
        self.device.fill([entry(automatic, "auto"), *devices])
        self.device.choose(device)
        self.from_project.setChecked(bool(self._classes))
        self.from_project.setEnabled(bool(self._classes))
        for source in remembered_list(_SOURCES):
            if os.path.exists(source):  # noqa: PTH110 - `Path.exists` raises where a drive does not answer
                self.add_source(Path(source))
        self._on_algorithm_chosen()
        self.backbone.choose(backbone)
        self._on_backbone_chosen()

    def _connect(self) -> None:
        self.algorithm.currentIndexChanged.connect(self._on_algorithm_chosen)
        self.backbone.currentIndexChanged.connect(self._on_backbone_chosen)
        for changed in (
            self.name.textChanged,
            self.from_project.toggled,
            self.ways.changed,
            self.shots.changed,
            self.query.valueChanged,
            self.folders.model().rowsInserted,
            self.folders.model().rowsRemoved,
            self.folders.currentRowChanged,
        ):
            changed.connect(self._update_enabled)
        self.add_folder.clicked.connect(self._ask_folder)
        self.add_zip.clicked.connect(self._ask_zip)
        self.remove.clicked.connect(self._remove_folder)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.accepted.connect(self._submit)

    # -- what is chosen

    @property
    def recipe(self) -> Recipe:
        """The recipe that the fields describe."""
        planned = self._default_recipe
        batch = planned.meta_batch
        steps = -(-self.episodes.value() // batch) if planned.steps else 0
        ways, shots = self.ways.ends, self.shots.ends
        return Recipe(ways, shots, self.query.value(), batch, planned.learning_rate, steps)

    @property
    def _default_recipe(self) -> Recipe:
        """The default recipe of the algorithm on the backbone."""
        return self._entry.trains_on[self.backbone.name]

    @property
    def _entry(self) -> AlgorithmEntry:
        return self._trainable[self.algorithm.name]

    def add_source(self, path: Path) -> None:
        """Add this folder or zip to the training data."""
        if not self.folders.findItems(str(path), Qt.MatchFlag.MatchExactly):
            self.folders.addItem(str(path))

    def _submit(self) -> None:
        data: list[str | LabeledPictures] = []
        if self.from_project.isChecked():
            data.append(LabeledPictures(self._project, self._classes))
        sources = [self.folders.item(row).text() for row in range(self.folders.count())]
        remember(_SOURCES, sources)
        data += sources
        out = user_checkpoint_path(
            self.algorithm.name, self.backbone.name, normalize_checkpoint_name(self.name.text())
        )
        self.submitted.emit(
            TrainingConfig(
                algorithm=self.algorithm.name,
                backbone=self.backbone.name,
                data=tuple(data),
                out=out,
                recipe=self.recipe,
                seed=self.seed.value(),
                device=self.device.name,
            )
        )

    # -- reactions to changed fields

    def _on_algorithm_chosen(self) -> None:
        """Offer the backbones that the algorithm can be trained on."""
        backbones = [one for one in self._catalogue.backbones if one.name in self._entry.trains_on]
        standing = self.backbone.name
        self.backbone.fill(list(map(_item, backbones)))
        self.backbone.choose(standing)
        self._on_backbone_chosen()

    def _on_backbone_chosen(self) -> None:
        """Fill in the defaults for the algorithm on this backbone, except where a person has typed
        something."""
        if self.backbone.name not in self._entry.trains_on:  # while they are being filled in
            return
        earlier, recipe = self._last_defaults, self._default_recipe
        self._last_defaults = recipe
        if earlier is None or self.ways.ends == earlier.ways:
            self.ways.set_ends(recipe.ways)
        if earlier is None or self.shots.ends == earlier.shots:
            self.shots.set_ends(recipe.shots)
        if earlier is None or self.query.value() == earlier.query:
            self.query.setValue(recipe.query)
        if earlier is None or self.episodes.value() == _episodes(earlier):
            self.episodes.setValue(_episodes(recipe))
        self.episodes.setEnabled(recipe.steps > 0)
        self._update_enabled()

    def ask_to_discard(self, order: TrainingConfig, row: QWidget) -> None:
        """Ask whether to delete this training, which `row` offers to resume. It may have taken a night."""
        words = self.tr("Give up the training of {title}?").format(title=self._title(order))
        question = Question(self, words, self.tr("&Give up"), self.tr("What it learned is deleted."))
        question.accepted.connect(lambda: self._discard(order, row))
        question.open()

    def _discard(self, order: TrainingConfig, row: QWidget) -> None:
        self.discarded.emit(order)
        row.hide()
        self._update_enabled()

    def _update_enabled(self, _change: object = None) -> None:
        missing_reason = self._missing_reason()
        self.note.setText(self._counted() if self.from_project.isChecked() else "")
        self.remove.setEnabled(self.folders.currentRow() >= 0)
        self.problem.setText(missing_reason)
        self.start.setEnabled(not missing_reason)

    def _missing_reason(self) -> str:
        """Why the training cannot begin with these fields, as a sentence; empty if it can."""
        try:
            name = normalize_checkpoint_name(self.name.text())
        except FewshotError as error:
            return translated(error.message)
        checkpoint = user_checkpoint_path(self.algorithm.name, self.backbone.name, name)
        if checkpoint.exists():
            return self.tr("There is a “{name}” already: choose another name.").format(name=name)
        if checkpoint.with_name(f"{checkpoint.stem}.training.safetensors").exists():
            words = self.tr("A training of “{name}” is not finished: continue it, or choose another name.")
            return words.format(name=name)
        if not self.from_project.isChecked() and self.folders.count() == 0:
            return self.tr("There is nothing to learn from: label pictures, or add a folder of classes.")
        if self.from_project.isChecked() and len(self._usable()) < self._needed():
            return self.tr("This project has too few classes with enough labelled pictures, see above.")
        return ""

    def _usable(self) -> list[str]:
        least = self.recipe.min_pictures
        return [name for name, paths in self._classes.items() if len(paths) >= least]

    def _needed(self) -> int:
        """The number of classes that are needed: those of the smallest episode, and two for validation."""
        return max(4, self.ways.ends[0] + 2)

    def _counted(self) -> str:
        """A sentence about how many classes of the project can be used, and what the others lack."""
        least, usable, needed = self.recipe.min_pictures, self._usable(), self._needed()
        words = self.tr("{n} of {all} classes have the {least} pictures that are needed.").format(
            n=len(usable), all=len(self._classes), least=least
        )
        if len(usable) >= needed:
            apart = held_out_count(len(usable))
            split = self.tr("{learn} for training, {apart} held out for validation.")
            return f"{words} {split.format(learn=len(usable) - apart, apart=apart)}"
        asked = self.tr("{needed} such classes are needed: {learn} to learn from, 2 others to validate on.")
        short = {name: least - len(paths) for name, paths in self._classes.items() if len(paths) < least}
        nearest = sorted(short.items(), key=lambda item: item[1])[:_MAX_NAMED]
        missing = ", ".join(self.tr("“{name}” lacks {n}").format(name=name, n=n) for name, n in nearest)
        more = f" {missing}." if missing else ""
        return f"{words} {asked.format(needed=needed, learn=needed - 2)}{more}"

    # -- folders

    def _ask_folder(self) -> None:
        self._ask(self.tr("Folder with a folder of pictures for each class"), QFileDialog.FileMode.Directory)

    def _ask_zip(self) -> None:
        title = self.tr("Zips with a folder of pictures for each class")
        self._ask(title, QFileDialog.FileMode.ExistingFiles, self.tr("Zips (*.zip)"))

    def _ask(self, title: str, mode: QFileDialog.FileMode, *filters: str) -> None:
        dialog = FileDialog(self, title, "classes", mode, name_filters=filters)
        dialog.chosen.connect(self._add_sources)
        dialog.open()

    def _add_sources(self, paths: Sequence[Path]) -> None:
        for path in paths:
            self.add_source(path)

    def _remove_folder(self) -> None:
        self.folders.takeItem(self.folders.currentRow())

    # -- small parts

    def _title(self, order: TrainingConfig) -> str:
        """The title of a training: “birds” (MAML, Conv4)."""
        algorithms = {one.name: translated(one.title) for one in self._catalogue.algorithms}
        backbones = {one.name: translated(one.title) for one in self._catalogue.backbones}
        algorithm = algorithms.get(order.algorithm, order.algorithm)
        return f"“{order.name}” ({algorithm}, {backbones.get(order.backbone, order.backbone)})"

    def _small_label(self) -> QLabel:
        label = QLabel(self)
        label.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        label.setWordWrap(True)
        font = label.font()
        font.setPointSizeF(0.9 * font.pointSizeF())
        label.setFont(font)
        label.setMinimumWidth(_NOTE_CHARACTERS * label.fontMetrics().averageCharWidth())
        return label


class _Unfinished(QFrame):
    """A row for an unfinished training, with buttons to resume or to delete it."""

    def __init__(self, order: TrainingConfig, title: str, dialog: MetaTrainingDialog) -> None:
        super().__init__(dialog)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        words = QLabel(self.tr("The training of {title} is not finished.").format(title=title), self)
        words.setWordWrap(True)
        resume = QPushButton(self.tr("Con&tinue"), self)
        discard = QPushButton(self.tr("&Give up…"), self)
        for button in (resume, discard):
            button.setAutoDefault(False)
        resume.setAccessibleName(self.tr("Continue the training of {title}").format(title=title))
        discard.setAccessibleName(self.tr("Give up the training of {title}").format(title=title))
        row = QHBoxLayout(self)
        row.addWidget(words, 1)
        row.addWidget(resume)
        row.addWidget(discard)
        resume.clicked.connect(lambda: dialog.resumed.emit(order))
        resume.clicked.connect(dialog.reject)
        discard.clicked.connect(lambda: dialog.ask_to_discard(order, self))


def _scrolled(rows: Sequence[QWidget], parent: QWidget) -> QScrollArea:
    """The rows in a place as high as `_MOST_ROWS` of them, and a half, which shows that there are more."""
    area, content = QScrollArea(parent), QWidget(parent)
    column = QVBoxLayout(content)
    column.setContentsMargins(0, 0, 0, 0)
    for row in rows:
        column.addWidget(row)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)
    area.setFixedHeight(round((_MOST_ROWS + 0.5) * (rows[0].sizeHint().height() + column.spacing())))
    return area


class _Range(QWidget):
    """Two fields “from … to …”; the first is never above the second."""

    changed = Signal()

    def __init__(self, least: int, most: int, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.low, self.high = _whole(least, most, self), _whole(least, most, self)
        self.low.setAccessibleName(self.tr("{name}, at least").format(name=name))
        self.high.setAccessibleName(self.tr("{name}, at most").format(name=name))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.low)
        row.addWidget(QLabel(self.tr("to"), self))
        row.addWidget(self.high)
        row.addStretch(1)
        self.setFocusProxy(self.low)
        self.low.valueChanged.connect(lambda value: self.high.setValue(max(value, self.high.value())))
        self.high.valueChanged.connect(lambda value: self.low.setValue(min(value, self.low.value())))
        for field in (self.low, self.high):
            field.valueChanged.connect(self.changed)

    @property
    def ends(self) -> tuple[int, int]:
        return self.low.value(), self.high.value()

    def set_ends(self, ends: tuple[int, int]) -> None:
        self.low.setValue(ends[0])
        self.high.setValue(ends[1])
        self.low.setValue(ends[0])


def _episodes(recipe: Recipe) -> int:
    """The number in the field; a field at 0 means none."""
    return max(1, recipe.steps * recipe.meta_batch)


def _whole(least: int, most: int, parent: QWidget) -> QSpinBox:
    field = QSpinBox(parent)
    field.setRange(least, most)
    return field


def _item(one: AlgorithmEntry | BackboneEntry) -> QStandardItem:
    return entry(translated(one.title), one.name, translated(one.summary))
