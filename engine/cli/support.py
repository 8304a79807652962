"""The examples that a command is given: folders of a class each, or the labels of a project."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from engine.cli.terminal import write_notice
from engine.errors import FewshotError
from engine.images import SkippedFile, find_classes, find_loose
from engine.images.data_set_parts import are_parts
from engine.messages import NOTHING
from engine.workspace import Workspace
from engine.workspace.class_names import about_joined, join_alike

Support = Mapping[str, Sequence[Path]]
"""The paths of the examples of each class."""


def support_of_folder(folder: Path, skipped: list[SkippedFile]) -> Support:
    """The examples in the folders of `folder`; what was left out goes to stderr or to `skipped`.

    Raises `FewshotError` unless there are two classes and each has an example.
    """
    examples, joined = join_alike(find_classes(folder, skipped))
    if len(examples) < 2:
        found = "no folders" if not examples else f"only the folder “{next(iter(examples))}”"
        raise FewshotError(
            "{path} holds {found}; it needs a folder of examples for each of two classes or more.",
            path=folder,
            found=found,
        )
    if empty := [f"“{name}”" for name, paths in examples.items() if not paths]:
        raise FewshotError(
            "There is no picture in the class {names}; add one or remove the folder.", names=", ".join(empty)
        )
    if are_parts(examples):
        write_notice(
            f"The classes are {', '.join(examples)}, which are named as the parts of a data set. If the"
            f" classes lie in them, give one of them: {folder / next(iter(examples))}"
        )
    if joined:
        write_notice(str(about_joined(joined)))
    if loose := find_loose(folder):
        write_notice(_about_loose(loose))
    return examples


def support_of_project(project: Path) -> Support:
    """The labelled pictures of a project, as a run in the window would learn them; unknown ones are left out.

    The project is only read. Raises `FewshotError` unless two classes have a label.
    """
    with Workspace.view(project, NOTHING) as workspace:  # it may be open in a window
        names = {row.id: row.name for row in workspace.classes() if row.count > 0}
        examples: dict[str, list[Path]] = {name: [] for name in names.values()}
        labels = workspace.labels()
        for picture_id, path in workspace.paths_after(0):
            if (name := names.get(labels.get(picture_id, 0))) is not None:
                examples[name].append(Path(os.fsdecode(path)))
    if len(examples) < 2:
        found = "no labels" if not examples else f"labels of the class “{next(iter(examples))}” only"
        raise FewshotError(
            "The project {path} has {found}; it needs labels of two classes or more.",
            path=project,
            found=found,
        )
    return examples


def support_of(path: Path, skipped: list[SkippedFile]) -> Support:
    """The examples in a folder of class folders, or in a project file."""
    return support_of_project(path) if path.is_file() else support_of_folder(path, skipped)


def _about_loose(pictures: Sequence[Path]) -> str:
    if len(pictures) == 1:
        return f"The picture {pictures[0]} was left out: it lies beside the class folders, not in one."
    return (
        f"{len(pictures):,} pictures were left out, for example {pictures[0]}:"
        " they lie beside the class folders, not in one."
    )
