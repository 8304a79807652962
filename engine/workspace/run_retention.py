"""Which predictions a project keeps: all of a few runs, and of other runs those that are still effective."""

from __future__ import annotations

import sqlite3

import numpy as np

RUNS_WITH_PREDICTIONS = 5

# The last few, and the last finished one of each of a few ways to run.
RETAINED_RUNS = f"""
    (id > (SELECT max(id) FROM run) - {RUNS_WITH_PREDICTIONS} OR id IN (
        SELECT max(id) FROM run WHERE status = 'finished'
        GROUP BY algorithm, backbone, options ORDER BY max(id) DESC LIMIT {RUNS_WITH_PREDICTIONS}))
"""

_EFFECTIVE_FROM = """
    SELECT coalesce(max(id), 0) FROM run
    WHERE status = 'finished' AND id IN (SELECT run_id FROM prediction_batch)
"""


def prune_superseded(db: sqlite3.Connection) -> None:
    """Delete the batches of runs that are not kept whole.

    A prediction of the last finished run, or of a later one, is effective until a later run predicts the same
    picture: a batch with the latest prediction of any picture stays, however many runs were cancelled since.
    """
    [(effective_from,)] = db.execute(_EFFECTIVE_FROM)
    whole = {run_id for (run_id,) in db.execute(f"SELECT id FROM run WHERE {RETAINED_RUNS}")}
    predicted = {run_id for (run_id,) in db.execute("SELECT DISTINCT run_id FROM prediction_batch")}
    others = predicted - whole
    past = {run_id for run_id in others if run_id < effective_from}
    db.executemany("DELETE FROM prediction_batch WHERE run_id = ?", [(run_id,) for run_id in past])
    if others == past:
        return
    newest_first = db.execute(
        "SELECT id, run_id, picture_ids FROM prediction_batch WHERE run_id >= ?"
        " ORDER BY run_id DESC, id DESC",
        (effective_from,),
    ).fetchall()
    pictures = np.frombuffer(b"".join(ids for _, _, ids in newest_first), "<i8")
    batch_of = np.repeat(np.arange(len(newest_first)), [len(ids) // 8 for _, _, ids in newest_first])
    _, latest = np.unique(pictures, return_index=True)
    effective = set(batch_of[latest].tolist())
    superseded = [
        (batch,)
        for place, (batch, run_id, _) in enumerate(newest_first)
        if run_id in others and place not in effective
    ]
    db.executemany("DELETE FROM prediction_batch WHERE id = ?", superseded)
