"""The grid of pictures with its tabs, search and order."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSlider,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from engine.workspace import ChangeSet
from fewshot_gui.engine_link.kinds import RUN
from fewshot_gui.features.pictures.filter_bar import FilterBar
from fewshot_gui.features.pictures.filter_tabs import FilterTabs
from fewshot_gui.features.pictures.place import Place
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.picture_columns import (
    ASKED_FOR,
    BY_PREDICTION,
    NO_CLASS,
    Arrangement,
    Order,
    Show,
)
from fewshot_gui.project.picture_drag import PictureMimeData, clipboard_data
from fewshot_gui.project.picture_grid import CELL_SIZES, PictureGrid
from fewshot_gui.project.picture_model import PictureModel
from fewshot_gui.shell.saved_settings import remember, remembered
from fewshot_gui.widgets.steady_combo import SteadyCombo
from fewshot_gui.widgets.thumbnails import ThumbnailLoader

_SEARCH_WIDTH = 200
_SLIDER_WIDTH = 64
_ORDER_LENGTH = 12
"""Characters of an order's title that are always seen."""


class PicturePane(QWidget):
    """Keeps the grid in step with the project.

    New predictions repaint cells in place; `rearrange` filters again. It is not called during a run, so that
    pictures do not jump under the mouse. For the same reason an order by predictions stays that of the
    predictions of before, until the person chooses a tab, an order or the *new order*. An order by name or a
    search takes effect when the names are known; until then the grid stays as it was.
    """

    selection_changed = Signal(np.ndarray)
    """The ids of the selected pictures."""
    rearranged = Signal()
    """Other pictures are shown, or none; see `is_done`."""
    hint = Signal(str)
    """A sentence: what was copied, or why nothing was selected."""

    def __init__(self, hub: ProjectHub, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hub = hub
        self._class_id = NO_CLASS
        self._arranged = Arrangement()
        self._expecting: tuple[object, ...] | None = None
        """Where the person was when a run began whose predictions are to be shown when it ends."""
        self.thumbnails = ThumbnailLoader(self)
        self.model = PictureModel(hub.queries, self)
        self.grid = PictureGrid(self.model, self.thumbnails, self)
        self.grid.mime_of = partial(PictureMimeData, hub)
        cell_size = remembered("pictures/cell")
        if cell_size.isdecimal():
            self.grid.set_cell_size(int(cell_size))
        self.tabs = FilterTabs(self)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Search"))
        self.search.setAccessibleName(self.tr("Search by name, folder or class"))
        self.search.setToolTip(
            self.tr("Show only pictures with this in the name of the file, its folder or its class (Ctrl+F)")
        )
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(_SEARCH_WIDTH // 2)
        self.search.setMaximumWidth(_SEARCH_WIDTH)
        self.filter_bar = FilterBar(hub, self)
        self.order_menu = SteadyCombo(self)
        self.order_menu.setAccessibleName(self.tr("Order of the pictures"))
        self.order_menu.setToolTip(self.tr("Order of the pictures"))
        # In a narrow window it is cut before the others leave the row.
        self.order_menu.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.order_menu.setMinimumContentsLength(_ORDER_LENGTH)
        for order in Order:
            self.order_menu.addItem(self.tr(order.value), order)
        self.new_order = QPushButton(self.tr("New order ready"), self)
        self.new_order.setToolTip(
            self.tr("There are new predictions: sort by them, and begin at the top (Ctrl+L)")
        )
        self.new_order.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.new_order.hide()
        self._shown = QLabel(self)
        self._shown.setMinimumWidth(1)
        self.size_slider = QSlider(Qt.Orientation.Horizontal, self)
        self.size_slider.setRange(0, len(CELL_SIZES) - 1)
        self.size_slider.setPageStep(1)
        self.size_slider.setFixedWidth(_SLIDER_WIDTH)
        self.size_slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # the keys stay with the pictures
        self.size_slider.setAccessibleName(self.tr("Size of the thumbnails"))
        self.size_slider.setToolTip(self.tr("Size of the thumbnails (Ctrl and the wheel)"))
        self._show_cell_size(self.grid.cell_size)

        self._pages = QStackedWidget(self)
        pictures = QWidget(self._pages)
        head = QHBoxLayout()
        # The count takes only the remaining width, so that the others do not move when it grows.
        head.addWidget(self.search, 100)
        head.addWidget(self.filter_bar.button)
        head.addWidget(self.order_menu)
        head.addWidget(self.new_order)
        head.addWidget(self._shown, 1, Qt.AlignmentFlag.AlignRight)
        head.addWidget(self.size_slider)
        column = QVBoxLayout(pictures)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(head)
        column.addWidget(self.filter_bar)
        column.addWidget(self.grid, 1)
        self._pages.addWidget(pictures)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(8, 8, 8, 8)
        outer.addWidget(self.tabs)
        outer.addWidget(self._pages, 1)

        self.tabs.currentChanged.connect(self._sort_again)
        self.search.textChanged.connect(self.rearrange)
        self.filter_bar.changed.connect(self.rearrange)
        self.filter_bar.problem.connect(self.hint)
        self.search.returnPressed.connect(self._leave_search)
        self.order_menu.currentIndexChanged.connect(self._on_order_chosen)
        self.new_order.clicked.connect(self.take_new_order)
        self.grid.selection_changed.connect(self._tell_selection)
        self.grid.cell_size_changed.connect(self._remember_cell_size)
        self.grid.cell_size_changed.connect(self._show_cell_size)
        self.size_slider.valueChanged.connect(lambda place: self.grid.set_cell_size(CELL_SIZES[place]))
        hub.changed.connect(self._follow)
        hub.predicted.connect(self._show_predicted)
        hub.threshold_changed.connect(self._on_threshold_changed)
        hub.replaced.connect(self._on_replaced)
        hub.compared.connect(self._show_comparison)
        hub.names.found.connect(self.rearrange)
        hub.opened.connect(self._reset)
        self.rearrange()

    @property
    def is_done(self) -> bool:
        """Whether what remains to be labelled is shown, and after a run nothing remains. Without one, the
        pictures to be labelled may not have been added yet."""
        remaining = self.tabs.chosen in (Show.TO_REVIEW, Show.UNLABELED)
        queries = self._hub.queries
        narrowed = self._arranged.name or self._arranged.filters
        done = remaining and not narrowed and not queries.counts()[Show.UNLABELED]
        return done and queries.labeled_count > 0 and queries.run_id is not None

    def show_class(self, class_id: int) -> None:
        """Set the class that the tab of the selected class shows."""
        self._class_id = class_id
        self._name_class()
        if self.tabs.chosen is Show.CLASS:
            self.rearrange()
        else:
            self._count()

    @property
    def place(self) -> Place:
        """What is shown now, to come back to it."""
        show, order = self.tabs.chosen, self.order_menu.currentData()
        current = self.grid.currentIndex()
        picture = self.model.id_at(current.row()) if current.isValid() else 0
        return Place(show.name if show else "", order.name, self._class_id, picture)

    def go_to(self, place: Place) -> None:
        """Show the tab, order and picture of this place, as far as they are there. The class must be shown
        already."""
        self.order_menu.setCurrentIndex(list(Order).index(Order[place.order]))
        if not place.show:
            self.tabs.setCurrentIndex(len(Show))
        elif self.tabs.is_wanted(self.tabs.place_of(Show[place.show])):
            self.tabs.choose(Show[place.show])
        self.grid.reveal(place.picture)

    def reveal(self, picture_id: int) -> None:
        """Select one picture and bring it into view; switches to the tab All if the picture is not shown."""
        if not len(self._in_project(np.array([picture_id]))):
            return
        if self.model.row_of(picture_id) is None:
            self._show_everything()
        self.grid.reveal(picture_id)

    def select(self, ids: NDArray[np.int64], adding: bool) -> None:
        """Select these pictures; with `adding`, in addition to the present selection.

        Switches to the tab All if one of them is not shown. Removed pictures are ignored.
        """
        if len(ids) and not len(ids := self._in_project(ids)):
            return
        if adding:
            ids = np.union1d(ids, self.grid.selected_ids())
        if len(self.model.rows_of(ids)) < len(ids):
            self._show_everything()
        self.grid.select_ids(ids)
        self.grid.show_selection()

    def add_page(self, page: QWidget) -> int:
        """Add a page beside the grid, with a tab; returns the position of the tab.

        A click on the tab gives the page the focus.
        """
        self._pages.addWidget(page)
        place = self.tabs.add_page()

        def focus(clicked: int) -> None:
            if clicked == place:
                page.setFocus()

        # Queued: the click itself gives the focus to the tabs.
        self.tabs.tabBarClicked.connect(focus, Qt.ConnectionType.QueuedConnection)
        return place

    def focus_search(self) -> None:
        """Give the search field the focus."""
        if self.tabs.chosen is None:
            self.tabs.choose(Show.ALL)
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def rearrange(self) -> None:
        is_page = self.tabs.chosen is None
        self._pages.setCurrentIndex(self.tabs.currentIndex() - len(Show) + 1 if is_page else 0)
        if is_page:  # keys and menus must not act on hidden pictures
            self.model.set_ids([])
            self._count()
            self.rearranged.emit()
            return
        arrangement = self._arrangement()
        if not self._hub.queries.can_arrange(arrangement):  # as before, until its names are known
            before = self._arranged
            arrangement = replace(arrangement, order=before.order, name=before.name)
        self._arranged = arrangement
        ids = self._hub.queries.arrange(arrangement)
        self.model.set_ids(ids)
        self._announce_count(len(ids))
        self._count()
        self.grid.set_empty_text(*self._empty_text(arrangement))
        self._offer_new_order()
        self.rearranged.emit()

    def expect_review(self) -> None:
        """A person begins a run. If it is the first, or nothing was chosen to look at in particular, its
        predictions are shown when it ends; see `follow_run`."""
        is_first = self._hub.queries.run_id is None
        wanted = is_first or (self.tabs.chosen is Show.ALL and self.order not in BY_PREDICTION)
        self._expecting = self._standpoint() if wanted else None

    def follow_run(self) -> None:
        """After a run, show what it predicted if that is expected. A person who has begun something else
        meanwhile, or who is in an order by predictions, stays there."""
        expecting, self._expecting = self._expecting, None
        stayed = expecting == self._standpoint() and not isinstance(QApplication.focusWidget(), QLineEdit)
        if stayed and self.grid.isVisible() and self._hub.queries.counts()[Show.TO_REVIEW]:
            self._start_review()
        elif self.grid.in_use:
            self.rearrange()
        else:
            self._sort_again()

    def take_new_order(self) -> None:
        """Sort by the present predictions, and begin at the top."""
        self._sort_again()
        self.grid.begin_at_top()
        self.grid.setFocus()

    def show_selected_class(self, with_keyboard: bool) -> None:
        """Switch to the tab of the selected class; with `with_keyboard`, the grid gets the focus."""
        self.tabs.choose(Show.CLASS)
        if with_keyboard:
            self.grid.setFocus()

    def choose_order(self, place: int) -> None:
        """Choose an order by its position in `order_menu`, as a person does there."""
        self.order_menu.setCurrentIndex(place)
        self.order_menu.activated.emit(place)

    def show_likeliest(self) -> None:
        """Show the selected class, the most confident predictions first, and select the first picture."""
        self.tabs.choose(Show.CLASS)
        self.order_menu.setCurrentIndex(list(Order).index(Order.MOST_SURE))
        self.grid.setFocus()
        if len(self.grid.shown_ids()):
            self.grid.reveal(int(self.grid.shown_ids()[0]))

    def copy(self) -> None:
        """Copy the selected pictures: as files for other programs, as pictures for this one."""
        ids = self.grid.selected_ids()
        if len(ids):
            QGuiApplication.clipboard().setMimeData(clipboard_data(self._hub, ids))
            words = self.tr("Copied 1 picture.") if len(ids) == 1 else self.tr("Copied {n} pictures.")
            self.hint.emit(words.format(n=f"{len(ids):,}"))

    def reload(self, ids: NDArray[np.int64]) -> None:
        """Try those of these pictures again that could not be read: their files exist."""
        failed = self.thumbnails.failed_among(ids)
        self.thumbnails.forget(failed)
        self.model.refresh(np.array(failed, np.int64))

    def close_threads(self, timeout_s: float = 3.0) -> bool:
        """Stop decoding thumbnails; returns whether the threads ended in time."""
        return self.thumbnails.close(timeout_s)

    def _in_project(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of the pictures that are in the project; emits a hint if there is none, as the map may be
        older than a removal."""
        there = ids[self._hub.queries.has(ids)]
        if not len(there):
            self.hint.emit(self.tr("These pictures were removed from the project."))
        return there

    @property
    def order(self) -> Order:
        """The order that is chosen in the menu."""
        order: Order = self.order_menu.currentData()
        return order

    def _arrangement(self) -> Arrangement:
        name = self.search.text().strip()
        show, filters = self.tabs.chosen or Show.ALL, self.filter_bar.filters
        return Arrangement(show, self.order, self._class_id, name, filters)

    def _standpoint(self) -> tuple[object, ...]:
        """What differs once the person has looked for something or labelled something."""
        return self._arrangement(), self.tabs.currentIndex(), self._hub.queries.labeled_count

    def _show_everything(self) -> None:
        self.search.clear()
        self.filter_bar.clear()
        self.tabs.choose(Show.ALL)

    def _start_review(self) -> None:
        """Show what is to be reviewed, the least sure first, with the keyboard on the first picture."""
        self.search.clear()
        self.tabs.choose(Show.TO_REVIEW)
        if self.order not in BY_PREDICTION:
            self.order_menu.setCurrentIndex(list(Order).index(Order.LEAST_SURE))
        self.take_new_order()

    def _sort_again(self) -> None:
        self._hub.sort_again()
        self.new_order.hide()
        self.rearrange()

    def _on_order_chosen(self) -> None:
        self._sort_again()
        # What the engine is asked for begins at its top when the answer is there; it may depend on the
        # selection.
        if self.grid.in_use and self.order not in ASKED_FOR:
            self.grid.begin_at_top()

    def _offer_new_order(self) -> None:
        """Offer to sort by new predictions; not during a run, as many would still be those of before."""
        if not self._hub.tasks.is_running(RUN):
            self.new_order.setVisible(not self._hub.queries.is_sorted(self._arranged))

    def _count(self) -> None:
        self.tabs.set_counts(self._hub.queries.counts(self._class_id))

    def _show_predicted(self, ids: NDArray[np.int64]) -> None:
        # A picture that the engine could read, say on a drive that was connected since, has a thumbnail now.
        failed = self.thumbnails.failed_among(ids)
        self.thumbnails.forget(one for one in failed if self._hub.queries.error(one) is None)
        self.model.refresh(ids)
        self._count()

    def _on_replaced(self, ids: NDArray[np.int64]) -> None:
        self.thumbnails.forget(ids.tolist())
        self.model.refresh(ids)

    def _leave_search(self) -> None:
        """Move the focus from the search field to the pictures it found."""
        self.grid.setFocus()
        if self.model.rowCount() and not len(self.grid.selected_ids()):
            self.grid.reveal(self.model.id_at(0))

    def _follow(self, changes: ChangeSet) -> None:
        if changes.classes:
            self._name_class()
        pictures = _as_ids(changes.pictures)
        # The review loop: after a label, the next picture is selected.
        with self.grid.advancing_past(pictures[:0] if changes.membership else pictures):
            self.rearrange()
        self.model.refresh(None if changes.classes else pictures)

    def _show_comparison(self, name: str) -> None:
        self.tabs.name_comparison(name)
        self.rearrange()

    def _on_threshold_changed(self) -> None:
        self.rearrange()
        self.model.refresh()

    def _reset(self) -> None:
        # The same id is another picture in another project.
        self.thumbnails.clear()
        self._arranged = Arrangement()
        self.model.set_ids([])
        self._show_everything()
        self.order_menu.setCurrentIndex(list(Order).index(Order.ADDED))
        self._expecting = None
        self.new_order.hide()
        self.tabs.name_comparison("")
        self.show_class(NO_CLASS)
        self.rearrange()
        self.model.refresh()

    def _show_cell_size(self, size: int) -> None:
        self.size_slider.setValue(CELL_SIZES.index(size))

    def _remember_cell_size(self, size: int) -> None:
        remember("pictures/cell", str(size))

    def _name_class(self) -> None:
        known = any(row.id == self._class_id for row in self._hub.queries.classes)
        self.tabs.name_class(self._hub.queries.class_name(self._class_id) if known else "")

    def _tell_selection(self) -> None:
        self._announce_count(self.model.rowCount())
        self.selection_changed.emit(self.grid.selected_ids())

    def _announce_count(self, shown: int) -> None:
        words = self.tr("{n} shown").format(n=f"{shown:,}")
        selected = len(self.grid.selected_ids())
        if selected:
            words += self.tr(" · {n} selected").format(n=f"{selected:,}")
        self._shown.setText(words)

    def _empty_text(self, arrangement: Arrangement) -> tuple[str, str]:
        if not self._hub.queries.picture_count:
            return (
                self.tr("Label pictures from a few examples"),
                self.tr(
                    "1. On the left, drop a folder of three to five examples for each class.\n"
                    "2. Here, drop the pictures to be labelled.\n"
                    "3. Press Run."
                ),
            )
        if arrangement.name:
            return (
                self.tr("No picture here has “{name}” in its name, folder or class").format(
                    name=arrangement.name
                ),
                self.tr("Clear the search, or look under All."),
            )
        if arrangement.filters:
            return (
                self.tr("No picture here passes the filters"),
                self.tr("End a filter with a click on it, or look under All."),
            )
        return {
            Show.ALL: ("", ""),
            Show.TO_REVIEW: (
                self.tr("Nothing to review"),
                self.tr("Predictions are listed here until you accept or correct them."),
            ),
            Show.UNLABELED: (self.tr("Every picture has a label"), self.tr("Drop more here to go on.")),
            Show.CLASS: (
                self.tr("No pictures of this class"),
                self.tr("Choose a class on the left, and drop examples on it."),
            ),
            Show.UNKNOWN: (
                self.tr("No unknown pictures"),
                self.tr("Press U to say that a picture belongs to no class."),
            ),
            Show.UNREADABLE: (
                self.tr("No unreadable pictures"),
                self.tr("Pictures that a run cannot read are listed here with the reason."),
            ),
            Show.COMPARED: (
                self.tr("No such pictures"),
                self.tr("The predictions of two runs are compared here: Run ▸ Compare two runs."),
            ),
        }[arrangement.show]


def _as_ids(pictures: frozenset[int]) -> NDArray[np.int64]:
    return np.fromiter(pictures, np.int64, len(pictures))
