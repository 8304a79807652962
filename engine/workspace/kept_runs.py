"""Which predictions a project keeps: those of a few runs whole, of others what nobody has overruled."""

from __future__ import annotations

import sqlite3

import numpy as np

RUNS_WITH_PREDICTIONS = 5

# The last few, and the last finished one of each of a few ways to run.
KEPT_WHOLE = f"""
    (id > (SELECT max(id) FROM run) - {RUNS_WITH_PREDICTIONS} OR id IN (
        SELECT max(id) FROM run WHERE status = 'finished'
        GROUP BY algorithm, backbone, options ORDER BY max(id) DESC LIMIT {RUNS_WITH_PREDICTIONS}))
"""

_STANDING_FROM = """
    SELECT coalesce(max(id), 0) FROM run
    WHERE status = 'finished' AND id IN (SELECT run_id FROM prediction_batch)
"""


def forget_overruled(db: sqlite3.Connection) -> None:
    """Delete the batches of runs that are not kept whole.

    What the last finished run, or one that began since, has said of a picture stands until a later one has
    said other: a batch that is the last word on any picture stays, however many runs were cancelled after it.
    """
    [(standing_from,)] = db.execute(_STANDING_FROM)
    whole = {run_id for (run_id,) in db.execute(f"SELECT id FROM run WHERE {KEPT_WHOLE}")}
    spoken = {run_id for (run_id,) in db.execute("SELECT DISTINCT run_id FROM prediction_batch")}
    others = spoken - whole
    past = {run_id for run_id in others if run_id < standing_from}
    db.executemany("DELETE FROM prediction_batch WHERE run_id = ?", [(run_id,) for run_id in past])
    if others == past:
        return
    newest_first = db.execute(
        "SELECT id, run_id, picture_ids FROM prediction_batch WHERE run_id >= ?"
        " ORDER BY run_id DESC, id DESC",
        (standing_from,),
    ).fetchall()
    pictures = np.frombuffer(b"".join(ids for _, _, ids in newest_first), "<i8")
    batch_of = np.repeat(np.arange(len(newest_first)), [len(ids) // 8 for _, _, ids in newest_first])
    _, last_words = np.unique(pictures, return_index=True)
    speaking = set(batch_of[last_words].tolist())
    silent = [
        (batch,)
        for place, (batch, run_id, _) in enumerate(newest_first)
        if run_id in others and place not in speaking
    ]
    db.executemany("DELETE FROM prediction_batch WHERE id = ?", silent)
