"""The current picture over most of the window, to look at it, label it, and step to the next."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QRegion
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMainWindow, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from fewshot_gui.features.inspector.inspector_view import InspectorView
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.widgets.fonts import bold
from fewshot_gui.widgets.thumbnails import ThumbnailLoader

_STEPS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
}
_WATCHED = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.LayoutRequest)


class LargeView(QWidget):
    """Covers the grid and the docks on its right, so that classes, keys and toolbar stay usable."""

    stepped = Signal(int)
    """The number of pictures to step forwards (or, if negative, backwards)."""
    closed = Signal()

    def __init__(
        self, hub: ProjectHub, thumbnails: ThumbnailLoader, covered: QWidget, window: QMainWindow
    ) -> None:
        super().__init__(window)
        self._window, self._covered = window, covered
        self.setAutoFillBackground(True)
        self.setAccessibleName(self.tr("Large view"))
        self.view = InspectorView(hub, thumbnails, Qt.Orientation.Horizontal, self)
        self.name = QLabel(self)
        self.name.setFont(bold(self.name.font()))
        self.name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.place = QLabel(self)
        self.zoom = QLabel(self)
        self.zoom.setMinimumWidth(self.zoom.fontMetrics().horizontalAdvance("3,200 %"))
        self.zoom.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._head = QHBoxLayout()
        self._head.setContentsMargins(8, 6, 8, 6)
        self._head.setSpacing(6)
        back = self._button("‹", self.tr("Previous picture (Left)"))
        on = self._button("›", self.tr("Next picture (Right)"))
        back.clicked.connect(lambda: self.stepped.emit(-1))
        on.clicked.connect(lambda: self.stepped.emit(1))
        for widget in (back, on, self.place):
            self._head.addWidget(widget)
        self._head.addSpacing(10)
        self._head.addWidget(self.name, 1)
        self._head.addWidget(self.zoom)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(0)
        self._column.addLayout(self._head)
        self._column.addWidget(self.view, 1)
        self.view.picture.zoom_view.zoomed.connect(self._show_zoom)
        self.view.picture.double_clicked.connect(self._switch_zoom)
        self.hide()

    def add_buttons(self, actions: Sequence[QAction]) -> None:
        """Add these buttons to the header, before the close button."""
        for action in actions:
            button = self._button("", "")
            button.setDefaultAction(action)
            self._head.addWidget(button)
        close = self._button(self.tr("Close"), self.tr("Back to all pictures (Escape)"))
        close.clicked.connect(self.close_view)
        self._head.addWidget(close)

    def open(self) -> None:
        """Cover the grid, and take the keyboard focus."""
        for watched in (self._window, self._covered):
            watched.installEventFilter(self)
        self._cover_parent()
        self.view.setSizes([self.width() - 320, 320])
        self.show()
        self.raise_()
        self.view.picture.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_view(self) -> None:
        for watched in (self._window, self._covered):
            watched.removeEventFilter(self)
        self.hide()
        self.view.show_picture(None)
        self.closed.emit()

    def show_picture(self, picture_id: int, name: str, place: int, count: int) -> None:
        """Show this picture, number `place` (from 1) of `count`."""
        self.name.setText(name)
        self.place.setText(self.tr("{place} of {count}").format(place=f"{place:,}", count=f"{count:,}"))
        if picture_id != self.view.picture_id:
            self.view.show_picture(picture_id)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _WATCHED:
            self._cover_parent()
        elif isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and watched is self._window:
            # Wherever in the window the focus is, an Escape that no widget handles closes this view
            # instead of cancelling the run behind it.
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.close_view()
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _STEPS and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.stepped.emit(_STEPS[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def _cover_parent(self) -> None:
        window, middle = self._window, self._window.centralWidget()
        assert middle is not None
        corner = self._covered.mapTo(window, self._covered.rect().topLeft())
        status = window.statusBar()
        bottom = status.y() if status.isVisible() else window.height()
        # The messages above the pictures stay visible; the top of the docks on the right does not.
        above = corner.y() - middle.y()
        self.setGeometry(QRect(corner.x(), middle.y(), window.width() - corner.x(), bottom - middle.y()))
        self._column.setContentsMargins(0, above, 0, 0)
        messages = QRect(0, 0, middle.geometry().right() + 1 - corner.x(), above)
        self.setMask(QRegion(self.rect()) - QRegion(messages))

    def _show_zoom(self, zoom: float) -> None:
        is_empty = self.view.picture.zoom_view.is_empty
        self.zoom.setText("" if is_empty else f"{100 * zoom:,.0f} %")

    def _switch_zoom(self, at: QPointF) -> None:
        zoom_view = self.view.picture.zoom_view
        if zoom_view.fits:
            zoom_view.zoom_to(1.0, at)
        else:
            zoom_view.fit()

    def _button(self, text: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button
