"""The main window: makes the features and connects them. What they do is in their own files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDockWidget,
    QLabel,
    QMainWindow,
    QSplitter,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from engine import threads
from engine.file_names import safe_file_name
from engine.learners.user_checkpoints import split_name
from engine.runs.catalogue import Catalogue
from engine.workspace import ChangeSet, Initiator
from engine.workspace.commands import RemovePictures
from fewshot_gui.engine_link.bridge import Bridge, Engine, EngineBroken, load_engine
from fewshot_gui.engine_link.kinds import BY_ESC, ENABLING, EXPORT, IMPORT, OPEN, RUN, Kind
from fewshot_gui.features.classes.class_keys import ClassKeys
from fewshot_gui.features.classes.class_panel import ClassPanel
from fewshot_gui.features.classifiers.classifier_applier import ClassifierApplier
from fewshot_gui.features.classifiers.classifier_saver import ClassifierSaver
from fewshot_gui.features.classifiers.folder_watcher import FolderWatcher
from fewshot_gui.features.comparing.comparer import Comparer
from fewshot_gui.features.exporting.export_dialog import ExportDialog
from fewshot_gui.features.exporting.exporter import Exporter
from fewshot_gui.features.importing.import_input import ImportInput
from fewshot_gui.features.importing.importer import Found, Importer, ImportQuestion
from fewshot_gui.features.importing.skipped_dialog import SkippedDialog
from fewshot_gui.features.inspector.inspector import Inspector
from fewshot_gui.features.labeling.label_moves import LabelMoves
from fewshot_gui.features.labeling.labeling import Labeling
from fewshot_gui.features.meta_training.meta_trainer import MetaTrainer
from fewshot_gui.features.pictures.all_labeled import AllLabeled
from fewshot_gui.features.pictures.locator import Locator
from fewshot_gui.features.pictures.ordering import Ordering
from fewshot_gui.features.pictures.picture_files import PictureFiles
from fewshot_gui.features.pictures.picture_menus import PictureMenus
from fewshot_gui.features.pictures.picture_pane import PicturePane
from fewshot_gui.features.pictures.place import remember_place, remembered_place
from fewshot_gui.features.pictures.replaced_files import ReplacedFiles
from fewshot_gui.features.pictures.welcome import Welcome
from fewshot_gui.features.preparing.pause_button import PauseButton
from fewshot_gui.features.preparing.preparer import Preparer
from fewshot_gui.features.projects.project_files import SURFACES, ProjectFiles
from fewshot_gui.features.review.reviewer import Reviewer
from fewshot_gui.features.runs.confidence_pane import ConfidencePane
from fewshot_gui.features.runs.rerunner import Rerunner
from fewshot_gui.features.runs.run_bar import RunBar
from fewshot_gui.features.runs.run_controller import RunController
from fewshot_gui.features.runs.unavailable import UnavailableMenu
from fewshot_gui.features.settings.preferences import settings_of
from fewshot_gui.features.settings.settings_dialog import SettingsDialog
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.picture_columns import NO_CLASS, Show
from fewshot_gui.project.questions import QuestionService
from fewshot_gui.shell.actions import Actions, ClassMenu, connect_all
from fewshot_gui.shell.dock_room import DockRoom
from fewshot_gui.shell.engine_texts import translated
from fewshot_gui.shell.error_report import ErrorReport
from fewshot_gui.shell.file_manager import open_file, show_in_folder
from fewshot_gui.shell.guide import TOUR, GuideDialog, algorithm_page
from fewshot_gui.shell.help import ShortcutsDialog, show_about
from fewshot_gui.shell.key_places import action_at_place
from fewshot_gui.shell.menus import SEPARATOR, Entry, OwnKeys, fill_menu, make_theme_menu, make_toolbar
from fewshot_gui.shell.message_bar import MessageBar, MessageGroup, MessageId, Notification, Severity
from fewshot_gui.shell.project_dialogs import close_project_dialogs
from fewshot_gui.shell.saved_settings import remember, remembered_bytes
from fewshot_gui.shell.status_bar import StatusBar
from fewshot_gui.shell.theme import apply_theme
from fewshot_gui.widgets.fonts import bold

if TYPE_CHECKING:
    from fewshot_gui.features.map.run_plots import RunPlots

CLOSING_S = 8.0
"""The deadline for all threads together when the window closes, in seconds. It is shorter than the deadline
of a signal (`quit_signals.py`). Every gesture is on the disk already, so nothing is lost."""
_SIZE = QSize(1400, 880)
"""The size of the window at its first start, without its frame, where the screen has room for it. Qt makes a
remembered size fit."""
_PLOTS = 0.27
"""The share of the width that the plots and the inspector have at first."""


class MainWindow(QMainWindow):
    """Classes on the left, pictures in the middle, the live plots on the right."""

    closed = Signal()
    """The project file is closed. `all_ended` tells whether every thread has ended, too."""

    def __init__(self, hub: ProjectHub, load: Callable[[], Engine] = load_engine) -> None:
        super().__init__()
        self.hub, self.tasks = hub, hub.tasks
        self.bridge = Bridge(self.tasks, load, self)
        self.actions_ = Actions(self)
        self._file = hub.file
        """The project of which this window remembers the place."""
        hub.opened.connect(self._leave_project)  # before anything shows the other project
        self.files = ProjectFiles(hub, self)
        self.importer = Importer(hub, self)
        self.exporter = Exporter(hub, self)
        self._make_views()
        self.locator = Locator(hub, self.messages, self)
        self.questions = QuestionService(hub, self.bridge, self.choices, self)
        self.runs = RunController(hub, self.bridge, self.choices, self.messages, self)
        self.preparer = Preparer(hub, self.bridge, self.choices, self.actions_.prepare, self)
        self.rerunner = Rerunner(hub, self.bridge, self.runs, self.actions_.run_again, self)
        self.replaced = ReplacedFiles(hub, self.bridge, self.questions, self.messages, self)
        self.meta_trainer = MetaTrainer(hub, self.bridge, self.choices, self.messages, self)
        self.reviewer = Reviewer(hub, self.bridge, self.questions, self.pictures.thumbnails, self.pictures)
        issues = self.pictures.add_page(self.reviewer.pane)
        self.reviewer.titled.connect(partial(self.pictures.tabs.setTabText, issues))
        self.reviewer.pane.selection_changed.connect(self.pictures.selection_changed)
        self.reviewer.pane.opened.connect(self.pictures.reveal)
        self.reviewer.pane.find_issues()
        self.ordering = Ordering(hub, self.questions, self.pictures, self.actions_.similar, self)
        self.comparer = Comparer(hub, self.bridge, self.runs, self.runs.ended, self.choices, self)
        self.classifier_saver = ClassifierSaver(hub, self.bridge, self.choices, self)
        self.classifier_applier = ClassifierApplier(hub, self.bridge, self.choices, self)
        self.folder_watcher = FolderWatcher(hub, self)
        self.labeling = Labeling(hub, self.pictures.grid, self.actions_, self)
        self.picture_files = PictureFiles(hub, self.pictures.grid, self.actions_, self)
        self.import_input = ImportInput(hub, self.importer, self.classes, self.pictures.grid, self)
        self._fill_menus()
        self.class_keys = ClassKeys(hub, self.class_menu, self)
        self.picture_menus = PictureMenus(hub, self.pictures, self.class_menu, self.actions_)
        self._connect()
        self.label_moves = LabelMoves(hub, self)  # after `_on_changed`
        self.label_moves.done.connect(self._show_with_undo)
        self._restore_shape()
        self._closing = False
        """Whether the window closes as soon as the tasks have ended that it waits for."""
        self._plugin_problems: tuple[object, ...] = ()
        self.status.show_device(self.tr("Loading the engine…"))
        self._show_project()

    @cached_property
    def report(self) -> ErrorReport:
        """The window of error reports, made at its first use."""
        return ErrorReport(self)

    def show_report(self, report: str) -> None:
        self.report.add(report, self.status.device.text())

    @cached_property
    def plots(self) -> RunPlots:
        """The live plots, made when the window is on the screen: they import pyqtgraph, which the first frame
        does not need."""
        from fewshot_gui.features.map.run_plots import RunPlots

        plots = RunPlots(self.hub, self.bridge, self.runs.starting, self.pictures.thumbnails, self)
        for problem in (plots.projector.problem, plots.scatter.problem, plots.loss.problem):
            problem.connect(self._notices.report_problem)
        plots.scatter.picked.connect(self.pictures.reveal)
        plots.scatter.surrounded.connect(self.pictures.select)
        self.pictures.selection_changed.connect(plots.scatter.highlight)
        self._map_dock.setWidget(plots.scatter)
        self._loss_dock.setWidget(plots.loss)
        return plots

    def complete(self) -> None:
        """Make what the first frame does not need, and start loading torch on the engine's thread.

        Call it when the window is on the screen.
        """
        plots = self.plots
        plots.scatter.highlight(self.pictures.grid.selected_ids())
        self.bridge.open()

    # -- making it

    def _make_views(self) -> None:
        self.messages = MessageBar(self)
        self._notices = MessageGroup(self.messages)
        """Messages about this project from parts that have no group of their own."""
        self._refusals = MessageGroup(self.messages)
        """Messages about refused gestures: the last one, until another gesture is accepted."""
        self._last_gesture = MessageGroup(self.messages)
        """What the last gesture did, with a button that undoes it, until the next gesture."""
        self._waiting = MessageGroup(self.messages)
        """The message about what closing waits for."""
        self._exports = MessageGroup(self.messages)
        """The message about the last export."""
        self.read_only_bar = MessageBar(self)
        """Says why the project is read-only, whatever other messages there are."""
        self._close_warning = MessageId(0)
        """The warning that the work has no file any more, if it was shown."""
        self.pictures = PicturePane(self.hub, self)
        self.classes = ClassPanel(self.hub, self.pictures.thumbnails, self)
        self.welcome = Welcome(self.pictures.grid.viewport(), self.files.recent_menu)
        self.all_labeled = AllLabeled(self.hub, self.pictures, self.actions_.export)
        self.confidence = ConfidencePane(self.hub, self.actions_.accept_all, self)
        self.choices = RunBar(self.actions_.options, self)
        self.status = StatusBar(self)
        self.setStatusBar(self.status)

        self._splitter = QSplitter(self)
        self._splitter.addWidget(self.classes)
        self._splitter.addWidget(self.pictures)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setSizes([230, 800])
        self._splitter.setChildrenCollapsible(False)
        middle = QWidget(self)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.read_only_bar)
        column.addWidget(self.messages)
        column.addWidget(self._splitter, 1)
        self.setCentralWidget(middle)
        self._docks = [
            self._dock(self.tr("Map of the pictures"), "map"),
            self._dock(self.tr("Confidence"), "confidence", self.confidence),
            self._dock(self.tr("Adaptation"), "adaptation"),
        ]
        self._map_dock, _, self._loss_dock = self._docks
        self.inspector = Inspector(
            self.hub,
            self.bridge,
            self.pictures.grid,
            self.pictures,
            self.choices,
            self.actions_,
            self,
        )
        self.inspector.revealed.connect(self.pictures.reveal)
        self.inspector.search_requested.connect(self.pictures.focus_search)
        self.choices.backbone.currentIndexChanged.connect(self.inspector.find_nearest)
        self._docks.append(self._dock(self.tr("Inspector"), "inspector", self.inspector.pane))
        self._docks[-1].visibilityChanged.connect(self.inspector.use_pane)
        self.tabifyDockWidget(self._docks[0], self._docks[-1])
        self._docks[0].raise_()
        frame = QSize(2, 2 + self.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight))
        self.resize(_SIZE.boundedTo(self.screen().availableGeometry().size() - frame))
        plots = round(_PLOTS * self.width())
        self.resizeDocks(self._docks, [plots] * len(self._docks), Qt.Orientation.Horizontal)
        self.resizeDocks(self._docks, [380, 150, 300, 380], Qt.Orientation.Vertical)
        self._inspector_room = DockRoom(self._docks[-1], self._docks[1:-1], self)

    def _dock(self, title: str, name: str, pane: QWidget | None = None) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(name)
        if pane is not None:
            dock.setWidget(pane)
        # Its own title bar has buttons that are invisible in a dark window; View shows and hides it.
        caption = QLabel(title, dock)
        caption.setContentsMargins(8, 8, 8, 2)
        caption.setFont(bold(caption.font()))
        dock.setTitleBarWidget(caption)
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        return dock

    def _fill_menus(self) -> None:
        do, bar = self.actions_, self.menuBar()
        bar.installEventFilter(OwnKeys(bar))
        self.class_menu = ClassMenu(self.tr("&Label as"), [do.unknown, do.new_class], self)
        adding = [do.add_pictures, do.add_folder, do.add_archive]
        adding += [do.add_classes, do.add_archive_of_classes, do.add_examples]
        recent = self.files.recent_menu
        opening = [do.new_project, do.open_project, do.open_beside, recent, SEPARATOR]
        files = [*opening, *adding, do.locate, SEPARATOR, do.export]
        files += [SEPARATOR, do.save_classifier, do.apply_classifier, do.watch_folder]
        fill_menu(bar.addMenu(self.tr("&File")), [*files, SEPARATOR, do.quit])
        editing = [do.undo, do.redo, SEPARATOR, do.copy, do.copy_path, do.paste, do.select_all]
        editing += [SEPARATOR, do.search, SEPARATOR]
        fill_menu(
            bar.addMenu(self.tr("&Edit")), [*editing, *self.classes.editing_actions, SEPARATOR, do.settings]
        )
        labeling: list[Entry] = [self.class_menu, do.accept, do.accept_all, do.skip, do.advance]
        taking = [SEPARATOR, do.similar, do.new_order, do.open_picture, do.show_in_folder]
        taking += [SEPARATOR, do.remove_label, do.remove_pictures]
        fill_menu(bar.addMenu(self.tr("&Pictures")), [*labeling, *taking])
        self.unavailable_menu = UnavailableMenu(self.tr("&Unavailable algorithms and backbones"), self)
        run = [
            do.run,
            do.cancel,
            do.run_again,
            do.prepare,
            SEPARATOR,
            do.options,
            self.unavailable_menu,
            SEPARATOR,
            do.meta_train,
        ]
        fill_menu(bar.addMenu(self.tr("&Run")), [*run, SEPARATOR, do.compare])
        docks = [dock.toggleViewAction() for dock in self._docks]
        fill_menu(
            bar.addMenu(self.tr("&View")),
            [make_theme_menu(self, do), SEPARATOR, *docks, SEPARATOR, *do.of_picture],
        )
        fill_menu(
            bar.addMenu(self.tr("&Help")), [do.guide, do.about_algorithm, SEPARATOR, do.shortcuts, do.about]
        )
        self.pictures.grid.addActions(do.of_grid)
        self.addToolBar(make_toolbar(self, self.choices, do))
        do.tint(self.palette())

    def _connect(self) -> None:
        do = self.actions_
        connect_all(
            [
                (do.new_project, self.files.ask_new),
                (do.open_project, self.files.ask_open),
                (do.open_beside, self.files.ask_open_beside),
                (do.add_pictures, self.import_input.ask_pictures),
                (do.add_folder, self.import_input.ask_folder),
                (do.add_classes, self.import_input.ask_classes),
                (do.add_archive, self.import_input.ask_archive),
                (do.add_archive_of_classes, self.import_input.ask_archive_of_classes),
                (do.add_examples, self.import_input.ask_examples),
                (do.locate, self.locator.ask),
                (do.export, self._ask_export),
                (do.save_classifier, self.classifier_saver.ask),
                (do.apply_classifier, self.classifier_applier.ask),
                (do.watch_folder, self.folder_watcher.ask),
                (do.quit, self.close),
                (do.undo, self.hub.commands.undo),
                (do.redo, self.hub.commands.redo),
                (do.copy, self.pictures.copy),
                (do.paste, self.import_input.paste),
                (do.select_all, self.pictures.grid.selectAll),
                (do.search, self.inspector.focus_search),
                (do.settings, self._show_settings),
                (do.run, self._run),
                (do.cancel, self.tasks.cancel_by_esc),
                (do.meta_train, self.meta_trainer.ask),
                (do.compare, self.comparer.ask),
                (do.new_order, self.pictures.take_new_order),
                (do.remove_pictures, self._remove_pictures),
                (do.guide, self._show_guide),
                (do.about_algorithm, self._show_algorithm),
                (do.shortcuts, self._show_shortcuts),
                (do.about, self._show_about),
            ]
        )
        self.welcome.demo_requested.connect(self.files.open_demo)
        self.welcome.surfaces_requested.connect(partial(self.files.open_demo, SURFACES))
        for requested in (self.welcome.classes_requested, self.classes.classes_requested):
            requested.connect(do.add_classes.trigger)
        self.welcome.pictures_requested.connect(do.add_pictures.trigger)
        do.themes.triggered.connect(self._choose_theme)
        self.class_menu.chosen.connect(self.labeling.label)

        self._went_back = {
            Initiator.UNDO: self.tr("Undone: {gesture}"),
            Initiator.REDO: self.tr("Redone: {gesture}"),
        }
        self.hub.changed.connect(self._on_changed)
        self.hub.predicted.connect(self._show_counts)
        self.hub.threshold_changed.connect(self._show_counts)
        self.hub.opened.connect(self._show_project)
        self.hub.refused.connect(self._on_refused)
        self.hub.read_only.connect(self._show_read_only)
        self.tasks.changed.connect(self._on_task)
        self.status.follow(self.tasks)
        self.status.add_indicator(PauseButton(self.preparer, do.prepare, self.status))
        self.tasks.on_close(
            self.bridge.close,  # its last events are saved in the project
            self.preparer.close,
            self._close_project,
            self.pictures.close_threads,
            self.inspector.close_threads,
            threads.have_ended,  # preparing pictures may outlast a cancelled run
        )
        self.locator.found.connect(self.pictures.reload)
        self.files.problem.connect(self.messages.report_problem)
        for problem in (self.import_input.problem, self.comparer.problem):
            problem.connect(self._notices.report_problem)
        self.reviewer.class_requested.connect(self.classes.select)
        self.reviewer.likeliest_requested.connect(self.pictures.show_likeliest)
        for pictures in (self.classes.pictures_dropped, self.import_input.pictures_pasted):
            pictures.connect(self.labeling.label_pictures)
        self.classes.unknown_requested.connect(self._show_unknown)
        self.classes.pictures_dropped_as_class.connect(self.labeling.label_as_new_class)
        self.labeling.class_added.connect(self.classes.edit_name)
        self.classes.examples_dropped.connect(self.import_input.import_examples)
        self.classes.classes_dropped.connect(self.import_input.import_classes)
        self.classes.show_requested.connect(self.pictures.show_selected_class)
        self.classes.examples_requested.connect(do.add_examples.trigger)
        self.classes.export_requested.connect(self._ask_export_of_class)
        self.classes.merge_offered.connect(self._offer_merge)
        self.classes.labels_changed.connect(self._show_with_undo)
        self.reviewer.locate_requested.connect(do.locate.trigger)
        self.labeling.nothing_done.connect(self.status.show_hint)
        for hint in (self.reviewer.hint, self.ordering.hint, self.pictures.hint, self.picture_files.hint):
            hint.connect(self.status.show_hint)
        self.importer.problem.connect(self._notices.warn)
        self.importer.noted.connect(self._notices.inform)
        self.importer.skipped.connect(self._on_skipped)
        self.importer.nothing_found.connect(self._on_nothing_found)
        self.importer.added.connect(self._on_added)
        self.importer.asked.connect(self._ask_about_import)
        self.importer.joined.connect(self._show_with_undo)
        self.importer.class_unnamed.connect(self.classes.edit_name)
        self.hub.commands.long_gestures.problem.connect(self._on_refused)
        self.hub.commands.long_gestures.hint.connect(self.status.show_hint)
        self.import_input.project_dropped.connect(self.files.open)
        self.import_input.nothing_found.connect(self.status.show_hint)
        self.questions.warned.connect(self._notices.warn)
        for source in (self.inspector, self.runs, self.meta_trainer, self.files):
            source.hint.connect(self.status.show_hint)
        self.exporter.written.connect(self._on_exported)
        self.exporter.cancelled.connect(partial(self._on_not_exported, Severity.INFORMATION))
        self.exporter.problem.connect(partial(self._on_not_exported, Severity.ERROR))
        self.classifier_saver.saved.connect(self._notices.inform)
        self.classifier_applier.written.connect(self._notices.inform)
        self.folder_watcher.problem.connect(self._notices.report_problem)
        for keeper in (self.classifier_saver, self.classifier_applier):
            keeper.problem.connect(self._notices.report_problem)
            keeper.warned.connect(self._notices.warn)
            keeper.report_requested.connect(self.show_report)
        self.exporter.problem.connect(self._stay_open)

        self.bridge.catalogue_ready.connect(self._on_catalogue)
        self.bridge.engine_broken.connect(self._on_engine_broken)
        for source in (self.runs, self.meta_trainer):
            source.report_requested.connect(self.show_report)
        self.runs.device_changed.connect(self.status.show_device)
        self.runs.backbone_wanted.connect(self._use_backbone)
        self.comparer.algorithm_requested.connect(self.choices.algorithm.choose)
        for wanted in (self.meta_trainer.trained, self.comparer.choice_requested):
            wanted.connect(self.choices.choose)
        self.runs.ended.connect(self._on_run_ended)
        self.choices.device_chosen.connect(self._show_device)
        for menu in (self.choices.algorithm, self.choices.backbone, self.choices.device):
            menu.currentIndexChanged.connect(self.preparer.restart)
        self.choices.switched.connect(self.status.show_hint)
        self.choices.explained.connect(self._show_explanation)
        self.unavailable_menu.explanation_requested.connect(self.choices.explain)
        for chosen in (self.comparer.chosen, self.replaced.chosen):
            chosen.connect(self.pictures.tabs.choose)
        for group in (self._notices, self._refusals, self._exports, self._last_gesture):
            self.hub.opened.connect(group.withdraw)

        self.classes.key_requested.connect(self.class_keys.ask)
        self.classes.class_selected.connect(self._on_class_selected)
        self.pictures.selection_changed.connect(self._update_enabled)

    # -- gestures

    def _run(self) -> None:
        self.pictures.expect_review()
        self.runs.run()

    def _use_backbone(self, backbone: str) -> None:
        """Take a backbone that was proposed, and show at once what comes of it."""
        self.choices.choose(self.choices.algorithm_name, backbone)
        self._run()

    def _ask_export(self) -> None:
        dialog = ExportDialog(self, self.hub.file.stem)
        dialog.export_chosen.connect(self.exporter.start)
        dialog.open()

    def _ask_export_of_class(self, class_id: int) -> None:
        name = self.hub.queries.class_name(class_id)
        dialog = ExportDialog(self, safe_file_name(f"{self.hub.file.stem} {name}"))
        dialog.setWindowTitle(self.tr("Export the pictures of {name}").format(name=name))
        dialog.export_chosen.connect(partial(self.exporter.start, class_id=class_id))
        dialog.open()

    def _show_unknown(self) -> None:
        if self.hub.queries.counts()[Show.UNKNOWN]:
            self.pictures.tabs.choose(Show.UNKNOWN)
        else:
            self.status.show_hint(self.tr("No picture is unknown yet: drop some here, or press U."))

    def _remove_pictures(self) -> None:
        selected = self.pictures.grid.selected_ids()
        if len(selected):
            self.hub.commands.apply_to_many(RemovePictures(selected.tolist()))

    # -- following what happens

    def _leave_project(self) -> None:
        """Another project is open, and nothing shows it yet."""
        close_project_dialogs(self)
        self._remember_place()
        self._file = self.hub.file

    def _remember_place(self) -> None:
        remember_place(self._file, self.pictures.place)

    def _go_to_place(self) -> None:
        """Show the project as it was left."""
        place = remembered_place(self.hub.file)
        if any(row.id == place.class_id for row in self.hub.queries.classes):
            self.classes.select(place.class_id)
        self.pictures.go_to(place)

    def _on_changed(self, changes: ChangeSet) -> None:
        self._last_gesture.withdraw()
        if changes.classes:
            self.class_menu.set_classes(self.hub.queries.classes)
        self._show_counts()
        self.status.follow_change()
        self._update_enabled()
        if changes.initiator in self._went_back:
            self.status.show_outcome(
                self._went_back[changes.initiator].format(gesture=translated(changes.title))
            )
        if not self.tasks.blocker_of(OPEN):  # else it may be a part of a gesture in progress
            self._refusals.withdraw()

    def _show_project(self) -> None:
        """Update everything that shows which project is open and what it contains."""
        read_only = self.tr(" (read-only)") if self.hub.read_only_reason else ""
        self.setWindowTitle(f"{self.files.title}{read_only} – Fewshot")
        self.setWindowFilePath(str(self.hub.file))
        self.class_menu.set_classes(self.hub.queries.classes)
        self._show_read_only()
        self._show_counts()
        self._update_enabled()
        self._go_to_place()
        self.choices.suit(self.files.suited_backbone)

    def _on_refused(self, sentence: str) -> None:
        self._refusals.withdraw()
        self._refusals.report_problem(sentence)

    def _offer_merge(self, sentence: str, class_id: int, other: int) -> None:
        self._refusals.withdraw()
        merge = partial(self.classes.merge, class_id, other)
        self._refusals.show_message(Notification(Severity.WARNING, sentence, self.tr("Merge"), merge))

    def _show_with_undo(self, sentence: str) -> None:
        """Show what the last gesture did; to be called after its `changed`."""
        self._last_gesture.withdraw()
        undo = self.actions_.undo.trigger
        self._last_gesture.show_message(Notification(Severity.INFORMATION, sentence, self.tr("Undo"), undo))

    def _show_read_only(self) -> None:
        """Show why the project is read-only, while it is."""
        self.read_only_bar.clear()
        if self.hub.read_only_reason:
            words = self.tr("Read-only: {reason}").format(reason=self.hub.read_only_reason)
            self.read_only_bar.show_message(
                Notification(Severity.WARNING, words, self.tr("Try again"), self.files.open_again)
            )

    def _show_counts(self, _ids: object = None) -> None:
        self.welcome.setVisible(self.hub.queries.picture_count == 0)
        self.status.show_counts(
            self.hub.queries.picture_count, self.hub.queries.labeled_count, self.hub.queries.predicted_count
        )

    def _update_enabled(self, _change: object = None) -> None:
        """Enable the actions that are possible now, and show why others are not."""
        do = self.actions_
        busy = self.tasks.is_running(RUN)
        unavailable_reason = self.runs.unavailable_reason
        do.run.setVisible(not busy)
        do.run.setEnabled(not unavailable_reason)
        do.run.setToolTip(unavailable_reason or self.tr("Label every picture that has no label (Ctrl+R)"))
        do.cancel.setVisible(self.tasks.can_cancel_by_esc)
        do.show_history(self.hub.commands.undo_title, self.hub.commands.redo_title)
        # A run writes into the project it was started in.
        others = (do.new_project, do.open_project, self.files.recent_menu.menuAction())
        for way in (*others, self.welcome.demo, self.welcome.surfaces, self.welcome.recent):
            way.setEnabled(not self.tasks.blocker_of(OPEN))
        do.meta_train.setEnabled(self.bridge.ready and not busy)
        do.locate.setEnabled(self.hub.queries.picture_count > 0)
        do.export.setEnabled(self.hub.queries.picture_count > 0 and not self.tasks.blocker_of(EXPORT))
        do.save_classifier.setEnabled(not self.classifier_saver.unavailable_reason)
        do.apply_classifier.setEnabled(not self.classifier_applier.unavailable_reason)
        do.add_examples.setEnabled(self.classes.selected_class != NO_CLASS)
        any_selected = len(self.pictures.grid.selected_ids()) > 0
        labelling = (self.class_menu.menuAction(), do.unknown, do.new_class, do.remove_label)
        for action in (*labelling, *do.of_selection):
            action.setEnabled(any_selected)
        do.select_all.setEnabled(self.pictures.model.rowCount() > 0)
        self.status.show_next_step(
            "" if self.tasks.is_running(RUN, IMPORT) else unavailable_reason or self._run_hint()
        )

    def _run_hint(self) -> str:
        """The hint to press Run, before the first run."""
        if self.hub.queries.run_id is not None:
            return ""
        return self.tr("Press Run: every picture without a label gets one.")

    def _on_class_selected(self, class_id: int) -> None:
        self.pictures.show_class(class_id)
        self._update_enabled()

    def _on_catalogue(self, catalogue: Catalogue) -> None:
        self.choices.set_catalogue(catalogue)
        for problem in catalogue.problems:
            if problem not in self._plugin_problems:
                self._notices.warn(translated(str(problem)))
        self._plugin_problems = catalogue.problems
        self.unavailable_menu.set_catalogue(catalogue)
        self._show_device()
        self._update_enabled()

    def _show_explanation(self, reason: str, command: str) -> None:
        if not command:
            self.messages.inform(reason)
            return
        words = self.tr("{reason}\nOnce that is done, open Fewshot again to find it in the menu.")
        self.messages.show_message(
            Notification(
                Severity.INFORMATION,
                words.format(reason=reason),
                self.tr("Copy the command"),
                partial(self._copy, command),
            )
        )

    def _copy(self, command: str) -> None:
        QApplication.clipboard().setText(command)
        self.status.show_hint(self.tr("Copied: {command}").format(command=command))

    def _show_device(self) -> None:
        if not self.tasks.is_running(RUN):
            self.status.show_device(self.choices.device_title)

    def _on_engine_broken(self, broken: EngineBroken) -> None:
        self.status.show_device(self.tr("No engine"))
        action = (lambda: self.show_report(broken.report)) if broken.report else None
        self.messages.show_message(
            Notification(Severity.ERROR, broken.message, self.tr("Show the report"), action)
        )
        self._update_enabled()

    def _on_run_ended(self) -> None:
        self.pictures.follow_run()
        self._update_enabled()

    def _on_nothing_found(self, sentence: str) -> None:
        self._refusals.withdraw()
        self._refusals.warn(sentence)

    def _on_added(self, sentence: str) -> None:
        self._refusals.withdraw()
        self.status.show_outcome(sentence)

    def _ask_about_import(self, question: ImportQuestion) -> None:
        """Ask within the window; each question stays until it is answered or dismissed."""
        (text, found), (other_text, other) = question.answers

        def answer(found: Found | None) -> None:
            self.messages.withdraw(shown)
            if found is not None:
                self.importer.add_found(found)

        shown = self._notices.show_message(
            Notification(
                Severity.INFORMATION,
                question.text,
                text.replace("&", "&&"),
                partial(answer, found),
                lasting=True,
                other_text=other_text.replace("&", "&&"),
                other=partial(answer, other),
            )
        )

    def _on_skipped(self, sentence: str, lines: Sequence[str]) -> None:
        show = partial(self._show_skipped, sentence, lines)
        self._notices.show_message(Notification(Severity.WARNING, sentence, self.tr("Show list…"), show))

    def _show_skipped(self, sentence: str, lines: Sequence[str]) -> None:
        SkippedDialog(self, sentence, lines).open()

    def _on_exported(self, sentence: str, path: Path) -> None:
        self._exports.withdraw()
        self._exports.show_message(
            Notification(
                Severity.INFORMATION,
                sentence,
                self.tr("Open"),
                partial(open_file, path),
                other_text=self.tr("Show in folder"),
                other=partial(show_in_folder, path),
            )
        )

    def _on_not_exported(self, severity: Severity, sentence: str) -> None:
        self._exports.withdraw()
        self._exports.show_message(Notification(severity, sentence))

    def _on_task(self, kind: Kind) -> None:
        if kind in ENABLING:
            self._update_enabled()
        if self._closing and not self.tasks.delays_closing:
            QTimer.singleShot(0, self, self._close_when_idle)

    # -- its shape and its end

    def _choose_theme(self, action: QAction) -> None:
        remember("theme", action.data())
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        apply_theme(application, action.data())

    def _show_settings(self) -> None:
        choices = self.choices
        sections = settings_of(
            self.actions_,
            self.pictures.grid,
            self.bridge,
            self.tasks,
            choices.choosable(),
            choices.user_algorithms,
        )
        SettingsDialog(self, sections).open()

    def _show_shortcuts(self) -> None:
        others = self.classes.actions_with_keys() + self.reviewer.pane.actions_with_keys()
        ShortcutsDialog(self, self.actions_.with_keys() + others, self.class_menu.of_classes).open()

    def _show_guide(self) -> None:
        self._open_guide(TOUR)

    def _show_algorithm(self) -> None:
        """Show the page about the chosen algorithm."""
        name, _ = split_name(self.choices.algorithm_name)
        self._open_guide(algorithm_page(name))

    def _open_guide(self, page: str) -> None:
        guide = self.findChild(GuideDialog) or GuideDialog(self)
        guide.show_page(page)
        guide.show()
        guide.raise_()
        guide.activateWindow()

    def _show_about(self) -> None:
        show_about(self, self.status.device.text())

    def _restore_shape(self) -> None:
        self.restoreGeometry(remembered_bytes("window/geometry"))
        self.restoreState(remembered_bytes("window/state"))
        self._splitter.restoreState(remembered_bytes("window/splitter"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Neither a shortcut nor the widget with the focus has taken it.
        action = action_at_place(self, event)
        if action is None:
            super().keyPressEvent(event)
        elif action.autoRepeat() or not event.isAutoRepeat():
            action.trigger()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "actions_"):
            self.actions_.tint(self.palette())
        if event.type() == QEvent.Type.ActivationChange and hasattr(self, "actions_"):
            self._check_project_file()

    def _check_project_file(self) -> None:
        """The person may have renamed the file in another program. Fold the write-ahead log into it now: if
        this program were killed, nobody would find the log."""
        if not (file_problem := self.hub.file_problem):
            return
        self.hub.fold_journal()
        if self.messages.newest != self._close_warning:
            self.messages.report_problem(file_problem)

    def _confirm_data_loss(self) -> bool:
        """Warn once that the work has no file any more; a person can still put the file back."""
        if not (file_problem := self.hub.file_problem):
            return False
        if self.messages.newest == self._close_warning:
            return False
        words = self.tr("Close again to quit anyway.")
        self._close_warning = self.messages.report_problem(f"{file_problem} {words}")
        return True

    def end(self) -> None:
        """Close, even if the work then has no file."""
        self._confirm_data_loss()
        self.close()

    def _must_wait(self) -> bool:
        """Show once what closing waits for; a person who closes the window again does not want to wait."""
        if self._closing or not self.tasks.delays_closing:
            return False
        self._closing = True
        self.tasks.cancel(*(kind for kind in BY_ESC if not kind.delays_closing))
        words = self.tr("The window closes when the export is written. Close it again to quit at once.")
        self._waiting.show_message(
            Notification(Severity.INFORMATION, words, self.tr("Stay open"), self._stay_open)
        )
        return True

    def _stay_open(self) -> None:
        self._closing = False
        self._waiting.withdraw()

    def _close_when_idle(self) -> None:
        if self._closing:
            self.close()

    def _close_project(self, _timeout_s: float) -> bool:
        self.hub.close()
        return True

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._confirm_data_loss() or self._must_wait():
            event.ignore()
            return
        self._inspector_room.give_back()
        remember("window/geometry", self.saveGeometry())
        remember("window/state", self.saveState())
        remember("window/splitter", self._splitter.saveState())
        self._remember_place()
        # Hide the window first: tasks may take a moment to end.
        self.hide()
        for dialog in self.findChildren(QDialog):
            dialog.hide()
        self.all_ended = self.tasks.close(CLOSING_S)
        super().closeEvent(event)
        self.closed.emit()
