"""The picture whose point is under the mouse, with its name and class, beside the mouse."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QRect, QSize, Qt, Slot
from PySide6.QtGui import QGuiApplication, QPixmap
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout

from fewshot_gui.features.map.scatter_plot import ScatterPlot
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.project.picture_model import percent
from fewshot_gui.widgets.fonts import bold
from fewshot_gui.widgets.thumbnails import ThumbnailLoader

_SIDE = 128
_AWAY = QPoint(18, 14)


class MapHover(QFrame):
    """Ignores the mouse, and hides when no point is under it."""

    def __init__(self, hub: ProjectHub, thumbnails: ThumbnailLoader, scatter: ScatterPlot) -> None:
        super().__init__(scatter, Qt.WindowType.ToolTip | Qt.WindowType.WindowTransparentForInput)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setFrameShape(QFrame.Shape.Box)
        self.setBackgroundRole(self.palette().ColorRole.ToolTipBase)
        self._hub, self._thumbnails = hub, thumbnails
        self.picture_id: int | None = None
        self.picture, self.name, self.class_name = QLabel(self), QLabel(self), QLabel(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.setSpacing(2)
        self.picture.setFixedSize(_SIDE, _SIDE)
        for label in (self.picture, self.name, self.class_name):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setForegroundRole(self.palette().ColorRole.ToolTipText)
            column.addWidget(label)
        self.class_name.setFont(bold(self.class_name.font()))
        scatter.hovered.connect(self._follow)
        thumbnails.loaded.connect(self._on_thumbnail)
        hub.changed.connect(self.hide)
        hub.opened.connect(self.hide)

    @Slot(object, QPoint)
    def _follow(self, picture_id: int | None, place: QPoint) -> None:
        if picture_id is None or not self._hub.queries.has(np.array([picture_id])).all():
            self.picture_id = None
            self.hide()
            return
        if picture_id != self.picture_id or not self.isVisible():
            self.picture_id = picture_id
            self._describe(picture_id)
        self.move(self._beside(place))
        self.show()

    @Slot(int)
    def _on_thumbnail(self, picture_id: int) -> None:
        if picture_id == self.picture_id and self.isVisible():
            self._describe(picture_id)

    def _describe(self, picture_id: int) -> None:
        path = self._hub.queries.path(picture_id)
        image = self._thumbnails.image(picture_id, path)
        self.picture.setText(self._thumbnails.error(picture_id) or "" if image is None else "")
        if image is not None:
            ratio = self.devicePixelRatioF()
            fitting = image.scaled(
                QSize(_SIDE, _SIDE) * ratio,
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
            fitting.setDevicePixelRatio(ratio)
            self.picture.setPixmap(QPixmap.fromImage(fitting))
        metrics = self.name.fontMetrics()
        self.name.setText(metrics.elidedText(path.name, Qt.TextElideMode.ElideMiddle, _SIDE))
        words = self._class_in_words(picture_id)
        self.class_name.setText(metrics.elidedText(words, Qt.TextElideMode.ElideMiddle, _SIDE))
        self.adjustSize()

    def _class_in_words(self, picture_id: int) -> str:
        label, predicted = self._hub.queries.class_of(picture_id), self._hub.queries.prediction(picture_id)
        if label is not None:
            return self._hub.queries.class_name(label)
        if predicted is not None:
            return f"{self._hub.queries.class_name(predicted[0])} · {percent(predicted[1])}"
        return self.tr("no label yet")

    def _beside(self, place: QPoint) -> QPoint:
        """The place to the right of and below `place`, or on its other side at the edge of the screen."""
        screen = QGuiApplication.screenAt(place) or self.screen()
        there = QRect(place + _AWAY, self.size())
        if there.right() > screen.availableGeometry().right():
            there.moveRight(place.x() - _AWAY.x())
        if there.bottom() > screen.availableGeometry().bottom():
            there.moveBottom(place.y() - _AWAY.y())
        return there.topLeft()
