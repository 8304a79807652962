"""The whole job, from files to labels: `python benchmarks/main_job.py [--sizes N …] [--json]`.

Every run is `engine.runs.run.label`, as the window and the command line drive it, over JPEG files
of 500×375 pixels and five examples for each of four classes. The first run knows nothing of the
pictures, the second, in the same process, finds their features in the cache. Each measurement has a
process of its own; what is shown is the run of median length. Beside it, on the same files, a plain
loop around torch, and the network alone in ONNX Runtime as it comes and as we drive it.

Left out: making the files, loading Python and torch, and reading the converted backbone; the last two
are shown apart. Peak memory needs `resource`, so not on Windows.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from photographs import CLASSES, write_photographs
from reporting import circumstances, print_circumstances, print_table
from tqdm import tqdm

PAIRS = (("prototypical", "efficientnet-lite0"), ("fine-tuning", "efficientnet-lite0"), ("maml", "conv4"))
SHOTS = 5
BATCH = 16
PEER_PICTURES = 160
PEER_PASSES = 3
REPEATED_UP_TO = 1000
"""Larger jobs run once: they are long enough to average over what else the machine does."""

FOLDER = Path(tempfile.gettempdir()) / "fewshot-benchmark"
Result = TypeVar("Result")


@dataclass(frozen=True)
class Run:
    """Seconds of one run. `adapt` begins when the examples and the first few pictures are embedded;
    `first_prediction` and `total` count from the beginning, and `total` is the sum of the four stages."""

    prepare: float
    examples: float
    adapt: float
    classify: float
    first_prediction: float
    total: float
    embedded: int
    from_cache: int
    device: str


@dataclass(frozen=True)
class Job:
    """A first and a second run over `pictures` files, and the peak memory (MB) of their process."""

    algorithm: str
    backbone: str
    pictures: int
    first: Run
    second: Run
    peak_memory: float


# -- in processes of their own


def load() -> tuple[float, float]:
    """Seconds to import the engine, and to get the backbone for ONNX Runtime."""
    began = time.monotonic()
    from engine.backbones.base import get_backbone
    from engine.backbones.onnx_conversion import converted
    from engine.runs import run  # noqa: F401

    loaded = time.monotonic()
    converted(get_backbone("efficientnet-lite0"))
    return loaded - began, time.monotonic() - loaded


def run_job(
    algorithm: str, backbone: str, device: str, examples: dict[str, list[Path]], pictures: list[Path]
) -> Job:
    import resource

    from engine.cli.running import request_for

    request = request_for(examples, pictures, algorithm, backbone, device)
    first, second = follow(request), follow(request)
    unit = 1e6 if sys.platform == "darwin" else 1e3
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    return Job(algorithm, backbone, len(pictures), first, second, peak)


def follow(request: Any) -> Run:
    """Run to the end, noting when each stage begins."""
    from engine.runs.events import AdaptationProgress, Failed, Finished, Predictions, Started
    from engine.runs.run import label

    marks = {"begun": time.monotonic()}
    device, finished = "", None
    for event in label(request):
        match event:
            case Started():
                device = event.device
                marks.setdefault("started", time.monotonic())
            case AdaptationProgress():
                marks.setdefault("adapting", time.monotonic())
            case Predictions():
                marks.setdefault("predicting", time.monotonic())
            case Failed():
                raise RuntimeError(f"{event.message}\n{event.report}")
            case Finished():
                finished = event
    if finished is None or finished.classified != len(request.queries):
        raise RuntimeError(f"the run did not label every picture: {finished}")
    times = [*marks.values(), time.monotonic()]
    stages = [later - earlier for earlier, later in pairwise(times)]
    first_prediction, total = marks["predicting"] - times[0], times[-1] - times[0]
    return Run(*stages, first_prediction, total, finished.embedded, finished.from_cache, device)


def plain_torch_loop(paths: list[Path]) -> float:
    """Pictures/s: Pillow, timm's model in torch, channels last, one batch after the other."""
    import numpy as np
    import torch
    from PIL import Image

    from engine.backbones.base import get_backbone

    torch.set_num_threads(os.cpu_count() or 1)
    network = get_backbone("efficientnet-lite0").network().to(memory_format=torch.channels_last)

    def one_pass() -> None:
        for start in range(0, len(paths), BATCH):
            arrays = []
            for path in paths[start : start + BATCH]:
                with Image.open(path) as picture:
                    small = picture.convert("RGB").resize((224, 224), Image.Resampling.BICUBIC)
                    arrays.append(np.asarray(small))
            pixels = torch.from_numpy(np.stack(arrays)).permute(0, 3, 1, 2)
            with torch.inference_mode():
                network((pixels.float() - 127.5) / 127.5)

    return rate(one_pass, len(paths))


def onnx_runtime_as_it_comes() -> float:
    """Pictures/s of the network alone, all cores sharing every layer."""
    from engine.backbones.base import get_backbone
    from engine.backbones.onnx_conversion import converted
    from engine.embeddings.onnx_runtime import onnxruntime

    model = converted(get_backbone("efficientnet-lite0")).model
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    batch = noise(BATCH)

    def one_pass() -> None:
        for _ in range(0, PEER_PICTURES, BATCH):
            session.run(None, {"pixels": batch})

    return rate(one_pass, PEER_PICTURES)


def our_network_alone() -> float:
    """Pictures/s of the network alone, as the engine drives it."""
    from engine.backbones.base import get_backbone
    from engine.embeddings.encoders import OnnxEncoder

    encoder = OnnxEncoder(get_backbone("efficientnet-lite0"))
    pixels = noise(PEER_PICTURES)

    def one_pass() -> None:
        for start in range(0, PEER_PICTURES, encoder.batch_size):
            encoder.embed(pixels[start : start + encoder.batch_size])

    return rate(one_pass, PEER_PICTURES)


def noise(count: int) -> Any:
    import numpy as np

    return np.random.default_rng(0).integers(0, 256, (count, 224, 224, 3), dtype=np.uint8)


def rate(one_pass: Callable[[], object], pictures: int) -> float:
    """Pictures/s of the median pass, after one to warm up."""
    one_pass()
    seconds = []
    for _ in range(PEER_PASSES):
        began = time.monotonic()
        one_pass()
        seconds.append(time.monotonic() - began)
    return pictures / statistics.median(seconds)


# -- in this process


def apart(work: Callable[..., Result], *arguments: object) -> Result:
    """The result of `work` in a fresh process."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def measure_job(
    algorithm: str,
    backbone: str,
    device: str,
    examples: dict[str, list[Path]],
    pictures: list[Path],
    repeats: int,
    cache: Path,
) -> Job:
    """The job whose first run has the median length."""
    jobs = []
    for _ in range(repeats):
        shutil.rmtree(cache / "embeddings", ignore_errors=True)
        jobs.append(apart(run_job, algorithm, backbone, device, examples, pictures))
    return sorted(jobs, key=lambda job: job.first.total)[len(jobs) // 2]


def print_jobs(jobs: list[Job]) -> None:
    head = [
        "seconds",
        "pictures",
        "prepare",
        "examples",
        "adapt",
        "label",
        "first label",
        "all",
        "pictures/s",
        "second run",
        "pictures/s",
        "peak MB",
    ]
    rows = [
        [
            f"{job.algorithm} · {job.backbone}",
            f"{job.pictures:,}",
            f"{job.first.prepare:.2f}",
            f"{job.first.examples:.2f}",
            f"{job.first.adapt:.2f}",
            f"{job.first.classify:.2f}",
            f"{job.first.first_prediction:.2f}",
            f"{job.first.total:.2f}",
            f"{job.pictures / job.first.total:,.0f}",
            f"{job.second.total:.2f}",
            f"{job.pictures / job.second.total:,.0f}",
            f"{job.peak_memory:,.0f}",
        ]
        for job in jobs
    ]
    print_table(head, rows)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1000, 10_000], metavar="N")
    parser.add_argument("--repeats", type=int, default=3, help=f"of jobs up to {REPEATED_UP_TO} pictures")
    parser.add_argument("--device", default="cpu", help="for our runs; the peers have the CPU (default: cpu)")
    parser.add_argument(
        "--folder", type=Path, default=FOLDER, help=f"keeps the files made (default: {FOLDER})"
    )
    parser.add_argument("--json", action="store_true", help="print the numbers for a machine to read")
    options = parser.parse_args()

    pictures = write_photographs(options.folder / "pictures", range(max(options.sizes)))
    # Seeds from far away, so that no example is among the pictures.
    seeds = range(10_000_000, 10_000_000 + SHOTS * len(CLASSES))
    shots = write_photographs(options.folder / "examples", seeds)
    examples = {name: shots[index :: len(CLASSES)] for index, name in enumerate(CLASSES)}

    facts = circumstances()
    with tempfile.TemporaryDirectory(prefix="fewshot-main-job-") as folder:
        os.environ["FEWSHOT_CACHE_DIR"] = folder
        seconds = dict(zip(("loading the engine", "reading the backbone"), apart(load), strict=True))
        peers = {
            "plain torch loop, files to embeddings": apart(plain_torch_loop, pictures[:PEER_PICTURES]),
            "network alone, ONNX Runtime as it comes": apart(onnx_runtime_as_it_comes),
            "network alone, as we drive it": apart(our_network_alone),
        }
        plan = [(size, *pair) for size in options.sizes for pair in PAIRS]
        jobs = [
            measure_job(
                algorithm,
                backbone,
                options.device,
                examples,
                pictures[:size],
                options.repeats if size <= REPEATED_UP_TO else 1,
                Path(folder),
            )
            for size, algorithm, backbone in tqdm(plan, "Running", disable=None, leave=False)
        ]
    facts["device"] = jobs[0].first.device
    if options.json:
        print(
            json.dumps(
                {
                    "circumstances": facts,
                    "seconds_once": seconds,
                    "pictures_per_second": peers,
                    "jobs": [asdict(job) for job in jobs],
                }
            )
        )
        return
    print_circumstances(facts)
    print()
    print_jobs(jobs)
    print()
    print_table(["peers", "pictures/s"], [[name, f"{value:,.0f}"] for name, value in peers.items()])
    print()
    print_table(["once", "seconds"], [[name, f"{value:.1f}"] for name, value in seconds.items()])


if __name__ == "__main__":
    main()
