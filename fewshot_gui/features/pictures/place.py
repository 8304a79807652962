"""Where a person was in a project: the tab, the order, the class and the picture.

It is kept with the settings and not in the project: a project that may only be read has a place, too, and one
that is given away has none.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from fewshot_gui.project.picture_columns import NO_CLASS, Order, Show
from fewshot_gui.shell.saved_settings import remember, remembered

_KEY = "projects/places"
_MAX_PLACES = 50

_LASTING_ORDERS = {order.name for order in Order} - {
    Order.DIVERSE.name,
    Order.SIMILAR.name,
    Order.VARIATION.name,
}
"""The others are made from something that is not kept: an answer of the engine, or a comparison."""


@dataclass(frozen=True)
class Place:
    """`show` and `order` are names of a `Show` and an `Order`; without the first, the page of issues is shown
    and not the grid. `class_id` and `picture` are ids, or `NO_CLASS` and 0."""

    show: str = Show.ALL.name
    order: str = Order.ADDED.name
    class_id: int = NO_CLASS
    picture: int = 0


def remember_place(project: Path, place: Place) -> None:
    """Keep the place of this project, and those of the last others."""
    others = {name: there for name, there in _places().items() if name != str(project)}
    latest = [*others.items(), (str(project), asdict(place))][-_MAX_PLACES:]
    remember(_KEY, json.dumps(dict(latest)))


def remembered_place(project: Path) -> Place:
    """The place that a person left; the beginning if there is none, or one that is not understood."""
    known = _places().get(str(project))
    place = Place()
    with suppress(TypeError):  # a setting that this version does not know
        place = Place(**known) if isinstance(known, dict) else place
    if place.show not in {"", *(show.name for show in Show)}:
        place = replace(place, show=Place.show)
    if place.order not in _LASTING_ORDERS:
        place = replace(place, order=Place.order)
    numbers = [number if isinstance(number, int) else 0 for number in (place.class_id, place.picture)]
    return replace(place, class_id=numbers[0], picture=numbers[1])


def _places() -> dict[str, object]:
    try:
        places = json.loads(remembered(_KEY, "{}"))
    except ValueError:
        return {}
    return places if isinstance(places, dict) else {}
