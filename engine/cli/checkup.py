"""Whether everything is there that a run and the window need: one small function a question. No Qt.

Each answers with a `Finding`; none changes anything, and none raises.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal, TypeAlias

from engine import telemetry, versions
from engine.cli.gui import LIBRARIES
from engine.discovery import plugin_problems, plugins
from engine.embeddings import clearing
from engine.exports import formats
from engine.paths import cache_dir, config_dir, data_dir

State: TypeAlias = Literal["ok", "note", "problem"]
"""`note`: something is missing that runs do without. `problem`: it stops runs."""

_LEAST_FREE_BYTES = 10**9
_SECONDS_FOR_QT = 30


@dataclass(frozen=True)
class Finding:
    """The answer to one question: what was found, and what to do about it (empty if nothing)."""

    name: str
    state: State
    found: str
    to_do: str = ""


Answer: TypeAlias = tuple[State, str, str]
"""State, what was found, and what to do."""


def look_at_everything() -> Iterator[Finding]:
    """Answer all questions, each as soon as it is answered. It takes some seconds, for torch is loaded."""
    for name, question in QUESTIONS:
        try:
            yield Finding(name, *question())
        except Exception as error:  # whatever is broken, the other questions are answered
            yield Finding(name, "problem", f"{type(error).__name__}: {error}", _REINSTALL)


_REINSTALL = "Install Fewshot anew into an empty environment."


def _versions() -> Answer:
    missing = [name for name in ("torch", "onnxruntime") if not versions.versions()[name]]
    return ("problem", versions.in_words(), _REINSTALL) if missing else ("ok", versions.in_words(), "")


def _processor() -> Answer:
    from engine.devices import fault, title
    from engine.embeddings.onnx_runtime import onnxruntime

    if reason := fault("cpu"):
        return "problem", f"torch does not compute on the CPU: {reason}", _REINSTALL
    return "ok", f"{title('cpu')}: torch computes, ONNX Runtime {onnxruntime.__version__} is loaded", ""


def _gpu() -> Answer:
    from engine.devices import fault, gpus, title

    names = gpus()
    faults = {name: reason for name in names if (reason := fault(name))}
    proven = ", ".join(f"{name} {title(name)}" for name in names if name not in faults)
    if faults:
        broken = "; ".join(f"{name} does not compute: {reason}" for name, reason in faults.items())
        to_do = "Update the driver of the GPU, or choose another device. Until then runs use what is left."
        return "note", "; ".join(filter(None, [proven, broken])), to_do
    if proven:
        return "ok", f"{proven}: computes", ""
    if shutil.which("nvidia-smi"):
        to_do = "Update NVIDIA's driver, or install a torch that fits it. Until then runs use the CPU."
        return "note", "torch finds no GPU, although NVIDIA's driver is installed", to_do
    return "ok", "none; runs use the CPU", ""


def _display() -> Answer:
    if importlib.util.find_spec("PySide6") is None:
        return "note", "PySide6 is not installed", "For the window: pip install PySide6-Essentials"
    # Where Qt cannot open a window it ends the process.
    opens = "from PySide6.QtGui import QGuiApplication as Q; print(Q([]).platformName())"
    try:
        platform = subprocess.check_output(
            [sys.executable, "-P", "-c", opens],
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=_SECONDS_FOR_QT,
        )
    except subprocess.CalledProcessError as error:
        reason = next(iter(error.output.strip().splitlines()), f"Qt ended with status {error.returncode}")
    except subprocess.TimeoutExpired:
        reason = "the display does not answer"
    else:
        return "ok", f"a window can be opened ({platform.split()[-1]})", ""
    to_do = f"Start it on a desktop. On Debian or Ubuntu Qt needs: apt install {LIBRARIES}"
    return "note", f"no window can be opened: {reason}", f"{to_do}. `fewshot predict` works without a window."


def _folder(state_if_not: State, folder: Callable[[], Path], to_do: str) -> Answer:
    """Whether a file can be written in the folder, or in the first above it that exists."""
    place = nearest = folder()
    while not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    try:
        with tempfile.TemporaryFile(dir=nearest) as file:
            file.write(bytes(4096))
    except OSError as error:
        return state_if_not, f"{place} cannot be written to: {error.strerror}", to_do
    return "ok", f"{place}: can be written to", ""


def _cache() -> Answer:
    place = cache_dir()
    there = next(path for path in (place, *place.parents) if path.exists())
    used, free = clearing.size_on_disk(), shutil.disk_usage(there).free
    found = f"{used / 1e6:,.0f} MB of embeddings, {free / 1e9:,.1f} GB free on the disk"
    if free < _LEAST_FREE_BYTES:
        return "note", found, "Make room on the disk, or set FEWSHOT_CACHE_DIR to a folder on another."
    return "ok", found, ""


def _checkpoints() -> Answer:
    from engine.backbones.base import Backbone, PixelsToEmbeddings, backbones
    from engine.backbones.weights import Added
    from engine.learners.registry import create_learner, find_checkpoint, learners
    from engine.learners.user_checkpoints import join_name, user_checkpoint_names

    def build(backbone: Backbone) -> object:
        backbone.require_weights()
        return PixelsToEmbeddings(backbone)

    checked, faults, not_added = 0, list[str](), list[str]()
    for backbone in backbones().values():
        if isinstance(backbone.weights, Added) and not backbone.weights.is_there():
            not_added.append(f"; {backbone.title} can be added with: {backbone.weights.command}")
            continue
        loads: list[tuple[str, Callable[[], object]]] = [(backbone.name, partial(build, backbone))]
        for algorithm in learners():
            for name in ("", *user_checkpoint_names(algorithm, backbone.name)):
                if find_checkpoint(algorithm, backbone.name, name):
                    called = join_name(algorithm, name)
                    loads.append((called, partial(create_learner, called, backbone.name)))
        for called, load in loads:
            checked += 1
            try:
                load()
            except Exception as error:  # torch tells of damaged weights in ways of its own
                faults.append(f"{called}: {error}")
    if faults:
        own = data_dir() / "checkpoints"
        to_do = f"Remove those in {own} and meta-train them anew; for others install Fewshot anew."
        return "problem", "; ".join(faults), to_do
    return "ok", f"{checked} files of weights are readable and fit{''.join(not_added)}", ""


def _plugins() -> Answer:
    from engine.backbones.base import backbones
    from engine.learners.registry import learners

    learners(), backbones(), formats()
    if problems := plugin_problems():
        return "note", " ".join(map(str, problems)), "Update or uninstall the packages that they come from."
    return "ok", ", ".join(plugins()) or "none is installed", ""


def _telemetry() -> Answer:
    if not (left := telemetry.leftovers()):
        return "ok", "nothing of ONNX Runtime's is on this computer", ""
    found = f"ONNX Runtime has left {', '.join(left)} for its reports to Microsoft"
    to_do = (
        "`fewshot doctor --remove-telemetry` removes them. All programs that use ONNX Runtime share them, and"
        " make them anew unless ORT_DISABLE_TELEMETRY=1 is set for them. Fewshot sets it for itself."
    )
    return "note", found, to_do


_ALLOW = "Make room there, or give yourself the right to write."
_MOVE = "Make room there, give yourself the right to write, or set {} to another folder."
QUESTIONS: tuple[tuple[str, Callable[[], Answer]], ...] = (
    ("versions", _versions),
    ("processor", _processor),
    ("GPU", _gpu),
    ("display", _display),
    (
        "cache folder",
        partial(
            _folder, "note", cache_dir, _MOVE.format("FEWSHOT_CACHE_DIR") + " Until then nothing is kept."
        ),
    ),
    ("data folder", partial(_folder, "note", data_dir, _MOVE.format("FEWSHOT_DATA_DIR"))),
    (
        "settings",
        partial(
            _folder,
            "note",
            config_dir,
            f"{_ALLOW} Until then the window forgets.",
        ),
    ),
    (
        "temporary folder",
        partial(_folder, "problem", lambda: Path(tempfile.gettempdir()), _MOVE.format("TMPDIR")),
    ),
    ("cache", _cache),
    ("checkpoints", _checkpoints),
    ("plug-ins", _plugins),
    ("telemetry", _telemetry),
)
