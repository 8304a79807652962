"""The details of one picture, below each other: classes, similar examples, history, file."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from engine.review.questions import Ranking
from engine.visible import visible
from engine.workspace.rows import UNKNOWN
from fewshot_gui.features.inspector.class_bars import ClassBar, ClassBars
from fewshot_gui.features.inspector.picture_opener import OpenedPicture
from fewshot_gui.features.inspector.similar_examples import NearestList
from fewshot_gui.features.inspector.wording import facts_in_words, history_in_words
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.picture_model import percent
from fewshot_gui.shell.file_manager import show_in_folder
from fewshot_gui.widgets.fonts import bold
from fewshot_gui.widgets.thumbnails import ThumbnailLoader

_SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse


class PictureDetails(QScrollArea):
    """Shows the details of one picture of the project; its owner calls `refresh`."""

    copied = Signal(str)
    """A sentence: what is on the clipboard now."""

    def __init__(self, hub: ProjectHub, thumbnails: ThumbnailLoader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hub = hub
        self._picture_id: int | None = None
        self._facts: list[tuple[str, str]] = []
        self.verdict = _wrapped(QLabel(self))
        self.bars = ClassBars(self)
        self.nearest = NearestList(hub.queries, thumbnails, self)
        self.nearest_words = _wrapped(QLabel(self))
        self.history = _wrapped(QLabel(self))
        self.facts = _wrapped(QLabel(self))
        for label in (self.verdict, self.history, self.facts):
            label.setTextFormat(Qt.TextFormat.RichText)  # their content is escaped
        self.history.setTextInteractionFlags(_SELECTABLE)
        self.facts.setTextInteractionFlags(_SELECTABLE)
        self.copy_button = QPushButton(self.tr("Copy"), self)
        self.copy_button.setToolTip(self.tr("Copy these facts"))
        self.copy_button.clicked.connect(self.copy_facts)
        self.folder_button = QPushButton(self.tr("Show in folder"), self)
        self.folder_button.clicked.connect(self.show_in_folder)
        for button in (self.copy_button, self.folder_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

        content = QWidget(self)
        column = QVBoxLayout(content)
        column.setContentsMargins(8, 4, 8, 8)
        column.setSpacing(4)
        column.addWidget(self.verdict)
        column.addWidget(self.bars)
        column.addWidget(self._heading(self.tr("Most alike among the labelled")))
        column.addWidget(self.nearest_words)
        column.addWidget(self.nearest)
        column.addWidget(self._heading(self.tr("History")))
        column.addWidget(self.history)
        column.addWidget(self._heading(self.tr("File")))
        column.addWidget(self.facts)
        row = QHBoxLayout()
        row.addWidget(self.copy_button)
        row.addWidget(self.folder_button)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(self.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumWidth(200)

    def show_picture(self, picture_id: int | None) -> None:
        """Show the details of this picture, or nothing."""
        self._picture_id = picture_id
        if picture_id is None:
            return
        self.verticalScrollBar().setValue(0)
        self.nearest.hide()
        self.nearest_words.hide()
        self._show_facts(facts_in_words(self._hub.queries.path(picture_id), None, None))
        self.refresh()

    def refresh(self) -> None:
        """Show its present label, prediction and classes."""
        picture_id = self._picture_id
        if picture_id is None:
            return
        self.verdict.setText(self._verdict(picture_id))
        self.bars.set_bars(self._bars(picture_id))
        self.nearest.refresh()
        events = history_in_words(self._hub.queries.history(picture_id), datetime.now(UTC))
        lines = [f"{escape(visible(what))}<br><small>{escape(when)}</small>" for what, when in events]
        self.history.setText("<br>".join(lines) or escape(self.tr("It has had no label yet.")))

    def show_opened(self, opened: OpenedPicture) -> None:
        """Show the facts that the file itself contains."""
        self._show_facts(facts_in_words(opened.path, opened.file, opened.facts))

    def show_neighbours(self, neighbours: Ranking) -> None:
        self.nearest_words.hide()
        self.nearest.show_neighbours(neighbours)
        self.nearest.show()

    def show_no_neighbours(self, words: str) -> None:
        self.nearest.hide()
        self.nearest_words.setText(words)
        self.nearest_words.show()

    def copy_facts(self) -> None:
        QApplication.clipboard().setText("\n".join(f"{name}: {fact}" for name, fact in self._facts))
        self.copied.emit(self.tr("The facts about the file are on the clipboard."))

    def show_in_folder(self) -> None:
        """Open the folder in the desktop's file manager."""
        if self._picture_id is None:
            return
        show_in_folder(self._hub.queries.path(self._picture_id))

    def _show_facts(self, facts: list[tuple[str, str]]) -> None:
        self._facts = facts
        rows = "".join(
            f"<tr><td style='padding-right: 10px'>{escape(name)}</td><td>{_breakable(fact)}</td></tr>"
            for name, fact in facts
        )
        self.facts.setText(f"<table cellspacing='0' cellpadding='1'>{rows}</table>")

    def _verdict(self, picture_id: int) -> str:
        """The picture's class and who gave it, as HTML."""
        label, predicted = self._hub.queries.class_of(picture_id), self._hub.queries.prediction(picture_id)
        error = self._hub.queries.error(picture_id)
        if label is not None:
            return escape(self.tr("Labelled {name}")).format(name=self._bold_class(label))
        if error:
            return escape(self.tr("The last run could not read it: {reason}.").format(reason=error))
        if predicted is None:
            return escape(self.tr("No label, and no run has looked at it yet."))
        if predicted[0] == UNKNOWN:
            words = self.tr("Unknown: at {p}, the most probable class is not confident enough.")
            return escape(words.format(p=percent(predicted[1])))
        words = escape(self.tr("Predicted {name}, {p}"))
        return words.format(name=self._bold_class(predicted[0]), p=percent(predicted[1]))

    def _bold_class(self, class_id: int) -> str:
        return f"<b>{escape(self._hub.queries.class_name(class_id))}</b>"

    def _bars(self, picture_id: int) -> list[ClassBar]:
        """A bar for every class: predicted classes by probability, then classes that the run did not know."""
        hub, label = self._hub, self._hub.queries.class_of(picture_id)
        probabilities = dict(hub.queries.probabilities_of(picture_id))
        classes = {row.id: row for row in hub.queries.classes}
        order = [*probabilities, *(class_id for class_id in classes if class_id not in probabilities)]
        return [
            ClassBar(
                classes[class_id].name,
                QColor(classes[class_id].color),
                hub.queries.class_symbol(class_id),
                classes[class_id].key,
                probabilities.get(class_id),
                class_id == label,
            )
            for class_id in order
        ]

    def _heading(self, words: str) -> QLabel:
        heading = QLabel(words, self)
        heading.setFont(bold(heading.font()))
        heading.setContentsMargins(0, 10, 0, 0)
        return heading


def _wrapped(label: QLabel) -> QLabel:
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label


def _breakable(text: str) -> str:
    """Allow line breaks behind separators of a path, by zero-width spaces."""
    escaped = escape(visible(text))
    return escaped.replace("/", "/&#8203;").replace("\\", "\\&#8203;").replace("_", "_&#8203;")
