"""A picture and its details, side by side or one above the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

from fewshot_gui.features.inspector.details import PictureDetails
from fewshot_gui.features.inspector.picture_view import PictureView
from fewshot_gui.project.hub import ProjectHub
from fewshot_gui.widgets.thumbnails import ThumbnailLoader


class InspectorView(QSplitter):
    """Shows one picture, and frees its pixels when it shows another or none."""

    def __init__(
        self,
        hub: ProjectHub,
        thumbnails: ThumbnailLoader,
        orientation: Qt.Orientation,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(orientation, parent)
        self._hub, self._thumbnails = hub, thumbnails
        self.picture_id: int | None = None
        self.picture = PictureView(self)
        self.details = PictureDetails(hub, thumbnails, self)
        self.addWidget(self.picture)
        self.addWidget(self.details)
        self.setSizes([1000, 1000])
        self.setStretchFactor(0, 1)
        self.setChildrenCollapsible(False)
        self.picture.opened.connect(self.details.show_opened)
        self.show_picture(None)

    def show_picture(self, picture_id: int | None) -> None:
        """Show this picture; `None` shows nothing, and frees the pixels."""
        self.picture_id = picture_id
        if picture_id is None:
            self.picture.show_none(self.tr("Choose a picture to see it here."))
        else:
            path = self._hub.queries.path(picture_id)
            self.picture.show_picture(path, self._thumbnails.image(picture_id, path))
        self.details.show_picture(picture_id)
        self.details.setVisible(picture_id is not None)

    def reload(self, replaced: NDArray[np.int64]) -> None:
        """Open the picture again if its file is among `replaced`, int64 [n], or has changed."""
        shown = self.picture_id
        if shown is None or not self._hub.queries.has(np.array([shown])).all():
            return
        if shown in replaced or self._hub.queries.path(shown) != self.picture.path:
            self.show_picture(shown)
