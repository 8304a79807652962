"""Plug-ins of other distributions: found by their entry points, left out where they are broken."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.discovery import collect, of_type

Install = Callable[..., None]

FORMAT = """
from engine.exports.base import ExportFormat, open_text
def write(path, data):
    with open_text(path) as stream:
        for row in data.rows:
            stream.write(row.image + "\\n")
            yield True
FORMAT = ExportFormat({name!r}, "Names only", ".txt", write)
"""
LEARNER = """
from dataclasses import replace
from engine.learners.metric.prototypical import LEARNER as Base
class Learner(Base):
    facts = replace(Base.facts, name="borrowed", title="Borrowed", meta_training="optional")
"""
BACKBONE = """
from dataclasses import replace
from engine.backbones.conv4 import BACKBONE as BASE
BACKBONE = replace(BASE, name="borrowed-net", title="Borrowed net")
"""


@pytest.fixture
def install(tmp_path: Path) -> Install:
    """Make a distribution with one module and entry points, as pip would leave it in `tmp_path`."""

    def make(name: str, code: str, **points: str) -> None:
        (tmp_path / f"{name}.py").write_text(code)
        info = tmp_path / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        lines = [f"[fewshot.{group}]\n{name} = {name}:{attribute}\n" for group, attribute in points.items()]
        (info / "entry_points.txt").write_text("\n".join(lines))

    return make


def fewshot(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, with what is installed in `folder`."""
    path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")]), str(Path.cwd())])
    return subprocess.run(
        [sys.executable, "-m", "engine.cli.main", *arguments],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.subprocess
@pytest.mark.slow
def test_plugins_are_in_the_lists_and_in_the_help(tmp_path: Path, install: Install) -> None:
    install("names_plugin", FORMAT.format(name="names"), exports="FORMAT")
    install("learner_plugin", LEARNER, learners="Learner")
    install("backbone_plugin", BACKBONE, backbones="BACKBONE")
    install("broken_plugin", "import not_installed_anywhere", learners="Learner", exports="FORMAT")
    listed = fewshot(tmp_path, "list", "algorithms", "--json")
    assert listed.returncode == 0, listed.stderr
    borrowed = next(entry for entry in json.loads(listed.stdout) if entry["name"] == "borrowed")
    assert "borrowed-net" in [*borrowed["backbones"], *borrowed["unavailable"]]
    assert (
        "The plug-in broken_plugin (broken_plugin:Learner) was left out: ModuleNotFoundError" in listed.stderr
    )
    assert "Traceback" not in listed.stderr
    assert "names" in fewshot(tmp_path, "export", "--help").stdout


BROKEN = {
    "import error": ("import not_installed_anywhere", "FORMAT", "No module named 'not_installed_anywhere'"),
    "syntax error": ("def", "FORMAT", "SyntaxError"),
    "exits": ("raise SystemExit(3)", "FORMAT", "SystemExit: 3"),
    "missing attribute": ("", "FORMAT", "AttributeError"),
    "another type": ("FORMAT = 3", "FORMAT", "it is not of type ExportFormat, but int"),
    "name twice": (FORMAT.format(name="csv"), "FORMAT", "engine.exports.csv_file already publishes “csv”"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_plugin_is_told_in_one_line_and_left_out(
    tmp_path: Path, install: Install, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine import discovery
    from engine.exports import ExportFormat

    code, attribute, reason = BROKEN[what]
    module = f"plugin_{what.replace(' ', '_')}"
    install(module, code, exports=attribute)
    install(f"good_{module}", FORMAT.format(name="names"), exports="FORMAT")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(discovery, "_problems", {})
    discovery._entry_points.cache_clear()
    try:
        found = collect(
            ["engine.exports"], "FORMAT", of_type(ExportFormat), lambda one: one.name, "fewshot.exports"
        )
        assert {"csv", "names"} <= found.keys()
        assert found["csv"].title == "CSV table"
        [problem] = discovery.plugin_problems()
        assert str(problem).startswith(f"The plug-in {module} ({module}:{attribute}) was left out: ")
        assert reason in str(problem)
        assert "\n" not in str(problem)
    finally:
        discovery._entry_points.cache_clear()
        for name in (module, f"good_{module}"):
            sys.modules.pop(name, None)


def test_a_name_that_two_own_modules_publish_is_a_bug_that_names_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "twice_for_a_test"
    package.mkdir()
    for name in ("__init__", "first", "second"):
        (package / f"{name}.py").write_text("" if name == "__init__" else "OFFER = 'same'")
    monkeypatch.syspath_prepend(tmp_path)
    try:
        with pytest.raises(ValueError, match=r"_test\.first and twice_for_a_test\.second .*“same”"):
            collect(["twice_for_a_test"], "OFFER", of_type(str), str)
    finally:
        for name in [name for name in sys.modules if name.startswith("twice_for_a_test")]:
            monkeypatch.delitem(sys.modules, name)
