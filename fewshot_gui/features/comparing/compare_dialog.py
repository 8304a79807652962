"""The dialog that compares two runs: how far they agree, class by class, and on which pictures they
differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from PySide6.QtCore import QEvent, QModelIndex, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from engine.review.agreement import Agreement, LabelAgreement
from engine.runs.catalogue import AlgorithmEntry, Catalogue
from engine.workspace.rows import RunRow
from fewshot_gui.features.comparing.agreement_model import AgreementModel
from fewshot_gui.shell.engine_texts import translated
from fewshot_gui.shell.languages import without_mnemonic
from fewshot_gui.widgets.fonts import bold
from fewshot_gui.widgets.values import shown

_COLUMN, _WIDEST_COLUMN, _WIDEST_NAME = 64, 96, 180


class CompareDialog(QDialog):
    """Stays open beside the window; a click on a number shows its pictures in the grid."""

    runs_chosen = Signal(int, int)
    """The ids of two different runs."""
    run_requested = Signal(str)
    """The name of an algorithm to run on the present examples."""
    picked = Signal(object, object, str)
    """The positions of the two runs' classes (`None` for all) whose pictures are to be shown, and a title."""
    disagreement_picked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Compare two runs"))
        self.resize(760, 560)
        self._algorithms: dict[str, AlgorithmEntry] = {}
        self._backbones: dict[str, str] = {}
        self._names: dict[int, str] = {}
        self._runs: list[RunRow] = []
        self._agreement: Agreement | None = None
        self._label_agreement = LabelAgreement(0, 0, 0)
        self._accepted = 0

        self.first, self.second = QComboBox(self), QComboBox(self)
        self.algorithm = QComboBox(self)
        self.run_button = QPushButton(self.tr("&Run it"), self)
        self.headline, self.details = QLabel(self), QLabel(self)
        self.show_button = QPushButton(self.tr("&Show where they disagree"), self)
        self.model = AgreementModel(self)
        self.table = QTableView(self)
        self._legend = QLabel(self.tr("Rows: first run · columns: second run · click a number"), self)
        self._lay_out()

        self.first.currentIndexChanged.connect(self._choose)
        self.second.currentIndexChanged.connect(self._choose)
        self.run_button.clicked.connect(self._ask_run)
        self.show_button.clicked.connect(self.disagreement_picked)
        self.table.clicked.connect(self._pick)
        self.table.activated.connect(self._pick)
        self.forget()

    # -- called by the controller

    def set_catalogue(self, catalogue: Catalogue) -> None:
        """Set the titles of algorithms and backbones, and which of them can run."""
        self._algorithms = {entry.name: entry for entry in catalogue.algorithms}
        self._backbones = {entry.name: translated(entry.title) for entry in catalogue.backbones}
        self.algorithm.clear()
        for entry in catalogue.algorithms:
            if entry.backbones:
                self.algorithm.addItem(translated(entry.title), entry.name)
        self.set_runs(self._runs)

    def set_unavailable_reason(self, unavailable_reason: str) -> None:
        """Set why no run can be started now; empty if one can."""
        self.run_button.setEnabled(not unavailable_reason)
        self.run_button.setToolTip(unavailable_reason)

    def set_class_names(self, names: Mapping[int, str]) -> None:
        """Set the present names of the project's classes, by id."""
        if self._names != names:
            self._names = dict(names)
            self._fill_table()

    def set_runs(self, runs: Sequence[RunRow]) -> None:
        """Set the runs to choose from, the last one first. The chosen runs stay chosen while they are among
        them; a comparison that is shown stays until other runs are chosen."""
        before = [run.id for run in self._runs]
        kept = [self.first.currentData(), self.second.currentData()]
        self._runs = list(runs)
        ids = [run.id for run in runs]
        with QSignalBlocker(self.first), QSignalBlocker(self.second):
            for menu in (self.first, self.second):
                menu.clear()
                for run in runs:
                    menu.addItem(self._title(run), run.id)
            stays = self._agreement is not None or (kept[0] != kept[1] and set(kept) <= set(ids))
            self._show_chosen(kept if stays else self._default_pair())
        if not stays:
            self._choose()
        if ids != before:
            self._suggest()

    def choose_last(self) -> None:
        """Compare the last two runs."""
        wanted = self._default_pair()
        if wanted != (self.first.currentData(), self.second.currentData()):
            with QSignalBlocker(self.first), QSignalBlocker(self.second):
                self._show_chosen(wanted)
            self._choose()

    def _show_chosen(self, run_ids: Sequence[int | None]) -> None:
        for menu, run_id in zip((self.first, self.second), run_ids, strict=True):
            menu.setCurrentIndex(menu.findData(run_id))

    def show_failure(self) -> None:
        """Show that these runs could not be compared; the reason is shown in the message bar."""
        self._show_no_result()
        self.headline.setText(self.tr("They could not be compared"))

    def show_comparison(self, agreement: Agreement, label_agreement: LabelAgreement, accepted: int) -> None:
        """Show a result. `accepted` is how many of the labels used for accuracy were accepted predictions."""
        self._agreement, self._label_agreement, self._accepted = agreement, label_agreement, accepted
        count, differ = len(agreement.picture_ids), len(agreement.picture_ids) - agreement.agreed
        self.headline.setText(
            self.tr("They agree on {percent} % of {n} pictures and differ on {m}").format(
                percent=_percent(agreement.agreed, count), n=f"{count:,}", m=f"{differ:,}"
            )
            if count
            else self.tr("No picture was predicted by both runs")
        )
        self.details.setText("\n".join(self._in_words()))
        self.show_button.setEnabled(differ > 0)
        self._fill_table()

    def forget(self) -> None:
        """Clear everything, for another project."""
        self._agreement = None
        self.set_runs([])
        self._show_no_result()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "model"):
            self.model.set_palette(self.palette())

    # -- making it

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        captions = (self.tr("&First run"), self.tr("S&econd run"), self.tr("&Or run another"))
        for row, (caption, menu) in enumerate(
            zip(captions, (self.first, self.second, self.algorithm), strict=True)
        ):
            label = QLabel(caption, self)
            label.setBuddy(menu)
            menu.setAccessibleName(without_mnemonic(caption))
            menu.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            menu.setMinimumContentsLength(24)
            menu.setPlaceholderText(self.tr("(a run that is not kept any more)"))
            grid.addWidget(label, row, 0)
            grid.addWidget(menu, row, 1, 1, 2 if row < 2 else 1)
        grid.addWidget(self.run_button, 2, 2)
        line = QFrame(self)
        line.setFrameShape(QFrame.Shape.HLine)
        line.setForegroundRole(self.palette().ColorRole.Mid)
        head = QHBoxLayout()
        head.addWidget(self.headline, 1)
        head.addWidget(self.show_button)
        for label in (self.headline, self.details, self._legend):
            label.setWordWrap(True)
        self.headline.setFont(bold(self.headline.font()))
        self._legend.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        self.model.set_palette(self.palette())
        self.table.setModel(self.model)
        self.table.setAccessibleName(self.tr("Pictures by the class that each run gave them"))
        self.table.setCornerButtonEnabled(False)
        self.table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        for header in (self.table.horizontalHeader(), self.table.verticalHeader()):
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.verticalHeader().setMaximumWidth(_WIDEST_NAME)
        for button in (self.run_button, self.show_button):
            button.setAutoDefault(False)  # Return in a menu belongs to that menu
        column = QVBoxLayout(self)
        column.addLayout(grid)
        column.addWidget(line)
        column.addLayout(head)
        column.addWidget(self.details)
        column.addWidget(self.table, 1)
        column.addWidget(self._legend)

    # -- gestures

    @Slot()
    def _choose(self) -> None:
        first, second = self.first.currentData(), self.second.currentData()
        self._agreement = None
        if first is None or second is None or first == second:
            self._show_no_result()
            return
        self.headline.setText(self.tr("Comparing…"))
        self.runs_chosen.emit(first, second)

    @Slot()
    def _ask_run(self) -> None:
        self.run_requested.emit(self.algorithm.currentData())

    @Slot(QModelIndex)
    def _pick(self, index: QModelIndex) -> None:
        row, column = index.row(), index.column()
        words = self.tr("{first} / {second}")
        name = words.format(first=self.model.name_of(row), second=self.model.name_of(column))
        self.picked.emit(self.model.class_at(row), self.model.class_at(column), name)

    # -- words

    def _default_pair(self) -> tuple[int | None, int | None]:
        """The last run as the second, and as the first the last run with another algorithm, options or
        backbone."""
        if not self._runs:
            return None, None
        last = self._runs[0]
        others = [run for run in self._runs if _way(run) != _way(last)] or self._runs[1:]
        return (others[0].id if others else last.id), last.id

    def _suggest(self) -> None:
        """Suggest an algorithm that has not run yet."""
        done = {run.algorithm for run in self._runs}
        places = range(self.algorithm.count())
        self.algorithm.setCurrentIndex(
            next((place for place in places if self.algorithm.itemData(place) not in done), 0)
        )

    def _show_no_result(self) -> None:
        several = self.tr("Choose two different runs")
        self.headline.setText(several if len(self._runs) > 1 else self.tr("Nothing to compare yet"))
        words = self.tr("The last runs of each algorithm are kept. Run another one to compare it with.")
        self.details.setText(
            words if self._runs else self.tr("Run an algorithm first; then another on the same examples.")
        )
        self.show_button.setEnabled(False)
        self._fill_table()

    def _title(self, run: RunRow) -> str:
        """The title of a run: algorithm, options, backbone, time, and whether it was cut short."""
        known = self._algorithms.get(run.algorithm)
        titles = {option.name: translated(option.title) for option in known.options} if known else {}
        options = [
            f"{titles.get(name, name)} {shown(value, self.locale())}" for name, value in run.options.items()
        ]
        began = run.started.astimezone()
        today = began.date() == datetime.now().astimezone().date()
        ends = {"cancelled": self.tr("cancelled"), "failed": self.tr("failed")}
        parts = [
            (translated(known.title) if known else run.algorithm)
            + (f" ({', '.join(options)})" if options else ""),
            self._backbones.get(run.backbone, run.backbone),
            began.strftime("%H:%M:%S" if today else "%Y-%m-%d %H:%M"),
            ends.get(run.status, ""),
        ]
        return " · ".join(part for part in parts if part)

    def _in_words(self) -> list[str]:
        agreement, label_agreement = self._agreement, self._label_agreement
        assert agreement is not None
        lines = []
        if len(agreement.picture_ids):
            words = self.tr("Their probabilities differ by {percent} % on average (total variation).")
            lines.append(words.format(percent=f"{100 * float(agreement.variation.mean()):.1f}"))
        if label_agreement.labeled:
            words = self.tr("Of {n} labelled since, the first had {a} right ({p} %), the second {b} ({q} %).")
            line = words.format(
                n=f"{label_agreement.labeled:,}",
                a=f"{label_agreement.first_right:,}",
                p=_percent(label_agreement.first_right, label_agreement.labeled),
                b=f"{label_agreement.second_right:,}",
                q=_percent(label_agreement.second_right, label_agreement.labeled),
            )
            if self._accepted:
                words = self.tr(" {n} of these labels were accepted from a prediction.")
                line += words.format(n=f"{self._accepted:,}")
            lines.append(line)
        alone = [
            words.format(n=f"{count:,}")
            for words, count in (
                (self.tr("Pictures only in the first: {n}."), agreement.only_first),
                (self.tr("Pictures only in the second: {n}."), agreement.only_second),
            )
            if count
        ]
        return [*lines, " ".join(alone)] if alone else lines

    def _fill_table(self) -> None:
        agreement = self._agreement
        self.table.setVisible(agreement is not None)
        self._legend.setVisible(agreement is not None)
        if agreement is not None:
            removed = self.tr("(removed)")
            names = [self._names.get(class_id, removed) for class_id in agreement.class_ids.tolist()]
            self.model.set_counts(names, agreement.counts)
            metrics = self.table.fontMetrics()
            wide = max((metrics.horizontalAdvance(name) for name in names), default=0) + 16
            self.table.horizontalHeader().setDefaultSectionSize(min(max(wide, _COLUMN), _WIDEST_COLUMN))


def _way(run: RunRow) -> tuple[str, str, dict[str, float | bool]]:
    """The algorithm, options and backbone of a run, without its examples."""
    return run.algorithm, run.backbone, run.options


def _percent(part: int, whole: int) -> str:
    """A percentage with one decimal; 100 only if it is all."""
    return f"{min(100 * part / whole, 99.9 if part < whole else 100):.1f}" if whole else "–"
