"""How soon a run that is asked to stop has stopped: `python benchmarks/cancelling.py [--json]`.

Runs over 1,000 photos of which nothing is cached, each asked at another moment after its start.
Counted is the time from that moment to the last event. The backbones are converted beforehand.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
import time
from pathlib import Path
from statistics import median

from photographs import CLASSES, write_photographs
from reporting import circumstances, print_circumstances, print_table

from engine.backbones.base import get_backbone
from engine.backbones.onnx_conversion import converted
from engine.process import set_up_process
from engine.runs.events import Cancelled, Example, Query, RunRequest
from engine.runs.run import label

PAIRS = (("prototypical", "efficientnet-lite0"), ("fine-tuning", "efficientnet-lite0"), ("maml", "conv4"))
MOMENTS = 12
SECONDS_BETWEEN = 0.13
PHOTOS = Path(tempfile.gettempdir()) / "fewshot-benchmark"


def seconds_to_stop(request: RunRequest, after: float) -> float | None:
    """From `after` seconds into the run to its last event; `None` if it had ended before."""
    asked = time.monotonic() + after
    *_, last = label(request, lambda: time.monotonic() >= asked)
    return time.monotonic() - asked if isinstance(last, Cancelled) else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    photos = write_photographs(PHOTOS / "pictures", range(1000))
    shots = write_photographs(PHOTOS / "examples", range(10_000_000, 10_000_020))
    examples = [Example(1000 + i, path, CLASSES[i % len(CLASSES)]) for i, path in enumerate(shots)]
    queries = [Query(i, path) for i, path in enumerate(photos)]
    facts = circumstances()
    measured: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as cache:
        os.environ["FEWSHOT_CACHE_DIR"] = cache
        for name in {backbone for _, backbone in PAIRS}:
            converted(get_backbone(name))
        for algorithm, backbone_name in PAIRS:
            request = RunRequest(examples, queries, CLASSES, algorithm, backbone_name)
            waits = []
            for moment in range(MOMENTS):
                shutil.rmtree(Path(cache) / "embeddings", ignore_errors=True)
                waits.append(seconds_to_stop(request, SECONDS_BETWEEN * (moment + 1)))
            measured[f"{algorithm} · {backbone_name}"] = [wait for wait in waits if wait is not None]
    if options.json:
        print(json.dumps({**facts, "seconds to stop": measured}, ensure_ascii=False, indent=2))
        return
    print_circumstances(facts)
    rows = [
        [pair, str(len(waits)), f"{1000 * median(waits):.0f}", f"{1000 * max(waits):.0f}"]
        for pair, waits in measured.items()
    ]
    print_table(["ms from asking to stopped", "times", "median", "longest"], rows)


if __name__ == "__main__":
    set_up_process()
    main()
