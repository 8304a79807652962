"""Random gestures: the store equals a plain Python model; undo and redo are exact, also after reopening."""

from __future__ import annotations

import shutil
import tempfile
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from engine.errors import FewshotError
from engine.workspace import Initiator, Workspace
from engine.workspace.commands import (
    AddClass,
    AddClassFolders,
    AddPictures,
    Command,
    LabelPictures,
    MergeClasses,
    MoveClass,
    RecolorClass,
    RemoveClass,
    RemovePictures,
    RenameClass,
    SetClassKey,
)

FOLDER = Path("/pictures")
NAMES = st.sampled_from(["ant", "bee", "cat", "고양이", "dog"])
PATHS = st.lists(st.sampled_from([FOLDER / f"{number}.jpg" for number in range(8)]), max_size=5)
SOURCES = st.sampled_from(["human", "model"])
COLORS = st.sampled_from(["#000000", "#abcdef"])


@dataclass
class Model:
    """A project in plain Python: classes by name in order, labels by path (class name, source)."""

    colors: dict[str, str | None] = field(default_factory=dict)
    pictures: dict[Path, tuple[str, str] | None] = field(default_factory=dict)

    def add(self, paths: list[Path], name: str | None) -> None:
        for path in paths:
            self.pictures.setdefault(path, None)
            if name is not None:
                self.pictures[path] = (name, "human")


def table_rows(workspace: Workspace) -> list[list[tuple[object, ...]]]:
    """Every undoable table, whole."""
    return [
        workspace._db.execute(f"SELECT * FROM {table}").fetchall() for table in ("class", "picture", "label")
    ]


class Gestures(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.workspace = Workspace.create(self.folder / "project.fewshot")
        self.model = Model()
        self.undoable: list[Model] = []
        self.redoable: list[Model] = []

    def teardown(self) -> None:
        self.workspace.close()
        shutil.rmtree(self.folder)

    # The store's ids for the model's names

    def class_id(self, name: str) -> int:
        return next(row.id for row in self.workspace.classes() if row.name == name)

    def picture_ids(self, paths: list[Path]) -> list[int]:
        rows = self.workspace.pictures(self.workspace.picture_ids())
        return [row.id for row in rows if row.path in paths]

    def gesture(self, command: Command, expected: Model) -> None:
        """Apply; then undo and redo must each restore every row exactly."""
        before = table_rows(self.workspace)
        changed = self.workspace.apply(command)
        after = table_rows(self.workspace)
        assert bool(changed) == (before != after)
        if not changed:
            assert (expected, list(expected.colors)) == (self.model, list(self.model.colors))
            return
        self.undoable.append(self.model)
        self.redoable.clear()
        self.model = expected
        assert self.workspace.undo() == replace(changed, initiator=Initiator.UNDO)
        assert table_rows(self.workspace) == before
        assert self.workspace.redo() == replace(changed, initiator=Initiator.REDO)
        assert table_rows(self.workspace) == after

    @initialize()
    def furnish(self) -> None:
        self.add_class_folders({"ant": [FOLDER / "0.jpg", FOLDER / "1.jpg"], "bee": [FOLDER / "2.jpg"]})

    @rule(name=NAMES, color=st.none() | COLORS)
    def add_class(self, name: str, color: str | None) -> None:
        if name in self.model.colors:
            before = table_rows(self.workspace)
            with pytest.raises(FewshotError):
                self.workspace.apply(AddClass(name, color))
            assert table_rows(self.workspace) == before
            return
        expected = deepcopy(self.model)
        expected.colors[name] = color
        self.gesture(AddClass(name, color), expected)

    @precondition(lambda self: self.model.colors)
    @rule(data=st.data(), new=NAMES)
    def rename_class(self, data: st.DataObject, new: str) -> None:
        old = data.draw(st.sampled_from(list(self.model.colors)))
        if new in self.model.colors and new != old:
            return
        renamed = {old: new}
        expected = Model(
            {renamed.get(name, name): color for name, color in self.model.colors.items()},
            {
                path: label and (renamed.get(label[0], label[0]), label[1])
                for path, label in self.model.pictures.items()
            },
        )
        self.gesture(RenameClass(self.class_id(old), new), expected)

    @precondition(lambda self: self.model.colors)
    @rule(data=st.data(), color=COLORS)
    def recolor_class(self, data: st.DataObject, color: str) -> None:
        name = data.draw(st.sampled_from(list(self.model.colors)))
        expected = deepcopy(self.model)
        expected.colors[name] = color
        self.gesture(RecolorClass(self.class_id(name), color), expected)

    @precondition(lambda self: self.model.colors)
    @rule(data=st.data(), key=st.sampled_from(["", "1", "X"]))
    def set_class_key(self, data: st.DataObject, key: str) -> None:
        name = data.draw(st.sampled_from(list(self.model.colors)))
        if key in {row.key for row in self.workspace.classes() if row.key and row.name != name}:
            with pytest.raises(FewshotError):
                self.workspace.apply(SetClassKey(self.class_id(name), key))
            return
        self.gesture(SetClassKey(self.class_id(name), key), deepcopy(self.model))

    @precondition(lambda self: self.model.colors)
    @rule(data=st.data())
    def remove_class(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(list(self.model.colors)))
        expected = deepcopy(self.model)
        del expected.colors[name]
        for path, label in expected.pictures.items():
            if label and label[0] == name:
                expected.pictures[path] = None
        self.gesture(RemoveClass(self.class_id(name)), expected)

    @precondition(lambda self: len(self.model.colors) > 1)
    @rule(data=st.data(), size=st.integers(0, 3))
    def merge_classes(self, data: st.DataObject, size: int) -> None:
        """At once, or in parts of `size`."""
        kept = data.draw(st.sampled_from(list(self.model.colors)))
        others = st.sets(st.sampled_from([name for name in self.model.colors if name != kept]), min_size=1)
        merged = data.draw(others)
        expected = Model({name: color for name, color in self.model.colors.items() if name not in merged})
        for path, label in self.model.pictures.items():
            expected.pictures[path] = (kept, label[1]) if label and label[0] in merged else label
        pairs = {self.class_id(name): self.class_id(kept) for name in merged}
        if not size:
            self.gesture(MergeClasses(pairs), expected)
            return
        before = table_rows(self.workspace)
        command = MergeClasses(pairs, sum(row.count for row in self.workspace.classes() if row.id in pairs))
        assert list(self.workspace.apply_in_parts(command.title, command.parts(size)))
        after = table_rows(self.workspace)
        self.undoable.append(self.model)
        self.redoable.clear()
        self.model = expected
        self.workspace.undo()
        assert table_rows(self.workspace) == before
        self.workspace.redo()
        assert table_rows(self.workspace) == after

    @precondition(lambda self: self.model.colors)
    @rule(data=st.data(), position=st.integers(0, 6))
    def move_class(self, data: st.DataObject, position: int) -> None:
        order = list(self.model.colors)
        name = data.draw(st.sampled_from(order))
        order.remove(name)
        order.insert(position, name)
        expected = Model({name: self.model.colors[name] for name in order}, deepcopy(self.model.pictures))
        self.gesture(MoveClass(self.class_id(name), position), expected)

    @rule(paths=PATHS)
    def add_pictures(self, paths: list[Path]) -> None:
        expected = deepcopy(self.model)
        expected.add(paths, None)
        self.gesture(AddPictures(paths), expected)

    @precondition(lambda self: self.model.colors)
    @rule(data=st.data(), paths=PATHS)
    def add_examples(self, data: st.DataObject, paths: list[Path]) -> None:
        name = data.draw(st.sampled_from(list(self.model.colors)))
        expected = deepcopy(self.model)
        expected.add(paths, name)
        self.gesture(AddPictures(paths, self.class_id(name)), expected)

    @rule(folders=st.dictionaries(NAMES, PATHS, max_size=3))
    def add_class_folders(self, folders: dict[str, list[Path]]) -> None:
        expected = deepcopy(self.model)
        for name, paths in folders.items():
            expected.colors.setdefault(name, None)
            expected.add(paths, name)
        self.gesture(AddClassFolders(folders), expected)

    @rule(folders=st.dictionaries(NAMES, PATHS, max_size=3), size=st.integers(1, 3))
    def add_class_folders_in_parts(self, folders: dict[str, list[Path]], size: int) -> None:
        """One gesture as well, unless nothing changes."""
        expected = deepcopy(self.model)
        for name, paths in folders.items():
            expected.colors.setdefault(name, None)
            expected.add(paths, name)
        before = table_rows(self.workspace)
        command = AddClassFolders(folders)
        changed = list(self.workspace.apply_in_parts(command.title, command.parts(size)))
        after = table_rows(self.workspace)
        assert all(changed)
        assert bool(changed) == (before != after)
        if changed:
            self.undoable.append(self.model)
            self.redoable.clear()
            self.model = expected
            self.workspace.undo()
            assert table_rows(self.workspace) == before
            self.workspace.redo()
            assert table_rows(self.workspace) == after

    @precondition(lambda self: self.model.colors)
    @rule(data=st.data(), paths=PATHS, source=SOURCES)
    def label_pictures(self, data: st.DataObject, paths: list[Path], source: str) -> None:
        name = data.draw(st.none() | st.sampled_from(list(self.model.colors)))
        expected = deepcopy(self.model)
        for path in set(paths) & set(expected.pictures):
            label = expected.pictures[path]
            if source == "human" or label is None or label[1] != "human":
                expected.pictures[path] = name and (name, source)
        class_id = None if name is None else self.class_id(name)
        self.gesture(LabelPictures(self.picture_ids(paths), class_id, source), expected)

    @rule(paths=PATHS)
    def remove_pictures(self, paths: list[Path]) -> None:
        expected = deepcopy(self.model)
        for path in paths:
            expected.pictures.pop(path, None)
        self.gesture(RemovePictures(self.picture_ids(paths)), expected)

    @rule()
    def undo(self) -> None:
        changed = self.workspace.undo()
        assert (changed is not None) == bool(self.undoable)
        if self.undoable:
            self.redoable.append(self.model)
            self.model = self.undoable.pop()

    @rule()
    def redo(self) -> None:
        changed = self.workspace.redo()
        assert (changed is not None) == bool(self.redoable)
        if self.redoable:
            self.undoable.append(self.model)
            self.model = self.redoable.pop()

    @rule()
    def reopen(self) -> None:
        before = table_rows(self.workspace)
        self.workspace.close()
        self.workspace = Workspace.open(self.workspace.path)
        assert table_rows(self.workspace) == before

    @invariant()
    def store_equals_model(self) -> None:
        classes = self.workspace.classes()
        names = {row.id: row.name for row in classes}
        rows = self.workspace.pictures(self.workspace.picture_ids())
        stored = {row.path: row.class_id and (names[row.class_id], row.source) for row in rows}
        assert [row.name for row in classes] == list(self.model.colors)
        assert stored == self.model.pictures
        for row in classes:
            assert row.color == (self.model.colors[row.name] or row.color)
            assert row.count == sum(label is not None and label[0] == row.name for label in stored.values())
        keys = [row.key for row in classes if row.key]
        assert len(keys) == len(set(keys))
        assert bool(self.workspace.undo_title) == bool(self.undoable)
        assert bool(self.workspace.redo_title) == bool(self.redoable)


def test_the_store_equals_a_plain_model_and_undo_is_exact() -> None:
    run_state_machine_as_test(
        Gestures, settings=settings(max_examples=40, stateful_step_count=25, deadline=None)
    )
