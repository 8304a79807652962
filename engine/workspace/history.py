"""The history of a picture's labels, read from the undo log.

The log keeps classes and labels of gestures that are too old to be undone. What was undone is left out:
it has not happened.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

from engine.workspace.rows import LabelEvent
from engine.workspace.texts import kept_message, shown
from engine.workspace.undo_log import AFTER, BEFORE

# One row a change. A label that was there before the first change in the log (an earlier format kept
# less of it), or that no change in the log concerns, comes first, without a gesture.
_EVENTS = f"""
WITH change AS (
    SELECT step, title, step.time AS noted, max(side) AS side
    FROM label_log JOIN step ON step.id = step
    WHERE picture_id = :picture AND NOT undone GROUP BY step
), event AS (
    SELECT 0 AS step, '' AS title, class_id, source, run_id, time FROM label_log
    WHERE picture_id = :picture AND side = {BEFORE} AND step = (SELECT min(step) FROM change)
    UNION ALL
    SELECT 0, '', class_id, source, run_id, time FROM label
    WHERE picture_id = :picture AND NOT EXISTS (SELECT 1 FROM change)
    UNION ALL
    SELECT change.step, title, class_id, source, run_id, coalesce(label_log.time, noted) FROM change
    LEFT JOIN label_log ON change.side = {AFTER} AND label_log.step = change.step
    AND picture_id = :picture AND label_log.side = {AFTER}
)
SELECT coalesce(
    (SELECT name FROM class WHERE id = class_id),
    (SELECT name FROM class_log WHERE id = class_id ORDER BY class_log.step DESC, side LIMIT 1)
), source, run_id, time, title FROM event ORDER BY step
"""


def label_events(db: sqlite3.Connection, picture_id: int) -> list[LabelEvent]:
    """What happened to the label of a picture, the earliest first."""
    rows = db.execute(_EVENTS, {"picture": picture_id}).fetchall()
    return [
        LabelEvent(
            None if name is None else shown(name),
            source,
            run_id,
            None if time is None else datetime.fromtimestamp(time, UTC),
            kept_message(title),
        )
        for name, source, run_id, time, title in rows
    ]
