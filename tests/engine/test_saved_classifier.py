"""A classifier in a file: the same to the last bit when it comes back, and nothing else is let in."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import pickle
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import save as save_arrays

from engine import saved_classifier
from engine.errors import FewshotError
from engine.saved_classifier import FORMAT, MEMBERS, SavedClassifier, load_classifier

WHOLE = SavedClassifier(
    classes=("кошка", "猫 #1"),
    algorithm="prototypical",
    options={"sharpness": 2.0, "contrary": True},
    backbone="conv4",
    fingerprint="0123456789abcdef",
    preprocessing={"size": 4, "mean": [0.5]},
    decoder=2,
    temperature=0.1 + 0.2,
    accuracy=0.75,
    held_out=3,
    record={"algorithm": "prototypical", "seed": 0},
    labels=np.array([0, 1, 1], np.int64),
    features=np.arange(12, dtype=np.float16).reshape(3, 4),
    meta_parameters={"scale": torch.tensor([1.5, -2.0]), "empty": torch.empty(0)},
)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    WHOLE.save(tmp_path / "cats.classifier")
    return tmp_path / "cats.classifier"


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewrite(path: Path, contents: Mapping[str, bytes], compression: int = zipfile.ZIP_STORED) -> None:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in contents.items():
            archive.writestr(name, data)


def with_facts(path: Path, **changes: Any) -> None:
    """The same file saying something else, with a digest that is right."""
    contents = members(path)
    facts = {**json.loads(contents["classifier.json"]), **changes}
    facts["digest"] = saved_classifier._digest(facts)
    rewrite(path, {**contents, "classifier.json": json.dumps(facts).encode()})


def test_all_of_it_comes_back_to_the_last_bit(saved: Path) -> None:
    back = load_classifier(saved)
    for one in dataclasses.fields(SavedClassifier):
        kept, found = getattr(WHOLE, one.name), getattr(back, one.name)
        if one.name == "meta_parameters":
            assert kept.keys() == found.keys()
            assert all(torch.equal(kept[name], found[name]) for name in kept)
        elif isinstance(kept, np.ndarray):
            assert kept.dtype == found.dtype
            np.testing.assert_array_equal(kept, found)
        else:
            assert found == kept, one.name
    assert back.digest == WHOLE.digest


def test_the_same_classifier_is_the_same_file(saved: Path, tmp_path: Path) -> None:
    load_classifier(saved).save(tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == saved.read_bytes()
    other = dataclasses.replace(WHOLE, labels=np.array([0, 0, 1], np.int64))
    assert other.digest != WHOLE.digest


@pytest.mark.parametrize("classes", [(1, 2), (0.5, 1.5), (False, True)])
def test_labels_may_be_numbers(classes: tuple[Any, ...], tmp_path: Path) -> None:
    dataclasses.replace(WHOLE, classes=classes).save(tmp_path / "numbers")
    assert load_classifier(tmp_path / "numbers").classes == classes


def test_labels_that_no_file_can_hold_are_refused(tmp_path: Path) -> None:
    for classes in ((b"a", b"b"), (1, "b")):
        with pytest.raises(FewshotError, match="must be all texts or all numbers"):
            dataclasses.replace(WHOLE, classes=classes).save(tmp_path / "bytes")  # type: ignore[arg-type]
    assert not [*tmp_path.iterdir()]


def test_a_failed_write_leaves_the_older_file(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = saved.read_bytes()

    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FewshotError, match="could not be written to"):
        dataclasses.replace(WHOLE, temperature=9.0).save(saved)
    assert saved.read_bytes() == before
    assert [*saved.parent.iterdir()] == [saved]


def test_a_later_format_is_named(saved: Path) -> None:
    contents = members(saved)
    facts = {"format": FORMAT + 1, "anything": "else"}
    rewrite(saved, {**contents, "classifier.json": json.dumps(facts).encode(), "more.bin": b"?"})
    with pytest.raises(FewshotError, match="saved by a later version of Fewshot"):
        load_classifier(saved)


def _bomb(path: Path) -> None:
    rewrite(path, {**members(path), MEMBERS[1]: bytes(10**6)}, zipfile.ZIP_DEFLATED)


def _many_members(path: Path) -> None:
    rewrite(path, {f"{number}": b"" for number in range(70_000)})


def _pickle(path: Path) -> None:
    path.write_bytes(pickle.dumps(WHOLE))


def _other_tensors(path: Path) -> None:
    rewrite(path, {**members(path), MEMBERS[1]: save_arrays({"features": np.zeros((3, 4), np.float16)})})


def _longer_than_its_data(path: Path) -> None:
    data = members(path)[MEMBERS[1]]
    path.write_bytes(path.read_bytes().replace(data, data[:40] + b"9" + data[41:]))


def _facts(**changes: Any) -> Callable[[Path], None]:
    return lambda path: with_facts(path, **changes)


def _arrays(**changes: Any) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        dataclasses.replace(WHOLE, **changes).save(path)

    return change


DAMAGES: Mapping[str, Callable[[Path], None]] = {
    "empty": lambda path: path.write_bytes(b"") and None,
    "a text": lambda path: path.write_bytes(b"no zip file at all" * 9) and None,
    "a pickle": _pickle,
    "cut off": lambda path: os.truncate(path, path.stat().st_size * 2 // 3),
    "without its beginning": lambda path: path.write_bytes(path.read_bytes()[100:]) and None,
    "a zip bomb": _bomb,
    "very many members": _many_members,
    "another zip": lambda path: rewrite(path, {"word/document.xml": b"<xml/>"}),
    "more than it should have": lambda path: rewrite(path, {**members(path), "run.py": b"print()"}),
    "less than it should have": lambda path: rewrite(path, dict([*members(path).items()][:2])),
    "tensors of another": _other_tensors,
    "changed in the middle": _longer_than_its_data,
    "no JSON": lambda path: rewrite(path, {**members(path), MEMBERS[0]: b"{"}),
    "a list": lambda path: rewrite(path, {**members(path), MEMBERS[0]: b"[]"}),
    "nested": lambda path: rewrite(path, {**members(path), MEMBERS[0]: b"[" * 10**5}),
    "no facts": lambda path: rewrite(path, {**members(path), MEMBERS[0]: b"{}"}),
    "no format": _facts(format="1"),
    "one class": _facts(classes=["кошка"]),
    "the same class twice": _facts(classes=["кошка", "кошка"]),
    "classes of two kinds": _facts(classes=["кошка", 1]),
    "classes that are none": _facts(classes=None),
    "a class without examples": _facts(classes=["кошка", "猫 #1", "собака"]),
    "no temperature": _facts(temperature=0.0),
    "an endless temperature": lambda path: rewrite(
        path,
        {**members(path), MEMBERS[0]: members(path)[MEMBERS[0]].replace(b"0.30000000000000004", b"1e999")},
    ),
    "no number": _facts(temperature=float("nan")),
    "another temperature": lambda path: rewrite(
        path, {**members(path), MEMBERS[0]: members(path)[MEMBERS[0]].replace(b"0.30000000000000004", b"0.5")}
    ),
    "an accuracy over 1": _facts(accuracy=1.5),
    "options that are none": _facts(options={"sharpness": "high"}),
    "a record that is none": _facts(record=[]),
    "an algorithm that is none": _facts(algorithm=7),
    "labels out of range": _arrays(labels=np.array([0, 1, 2], np.int64)),
    "negative labels": _arrays(labels=np.array([0, 1, -1], np.int64)),
    "labels of another kind": _arrays(labels=np.array([0.0, 1.0, 1.0])),
    "fewer labels": _arrays(labels=np.array([0, 1], np.int64)),
    "NaN": _arrays(features=np.full((3, 4), np.nan, np.float16)),
    "meta-parameters with NaN": _arrays(meta_parameters={"scale": torch.tensor([float("nan")])}),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_what_is_no_whole_classifier_is_refused_in_one_sentence(
    damage: Callable[[Path], None], saved: Path
) -> None:
    damage(saved)
    with pytest.raises(FewshotError, match="is damaged or not a classifier of Fewshot") as refused:
        load_classifier(saved)
    sentence = str(refused.value)
    assert str(saved) in sentence
    assert "\n" not in sentence
    assert len(sentence) < 500 + len(str(saved))


def test_what_is_compressed_is_not_unpacked(saved: Path) -> None:
    _bomb(saved)
    with pytest.raises(FewshotError, match="it is compressed or encrypted"):
        load_classifier(saved)


def test_every_single_byte_is_checked(saved: Path) -> None:
    whole = saved.read_bytes()
    with zipfile.ZipFile(saved) as archive:
        data = [info.header_offset + 30 + len(info.filename) for info in archive.infolist()]
    for place in (0, 20, *(offset + 1 for offset in data), len(whole) - 30, len(whole) - 1):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        saved.write_bytes(damaged)
        try:
            found = load_classifier(saved)
        except FewshotError:
            continue
        assert found.digest == WHOLE.digest  # a byte of the zip that says nothing, as its time


def test_a_file_larger_than_any_is_not_read(saved: Path) -> None:
    with saved.open("r+b") as file:
        end = file.read()[-22:]
        file.truncate(2**31 + 1)  # sparse
        file.seek(-22, io.SEEK_END)
        file.write(end)
    with pytest.raises(FewshotError, match="larger than 2 GB"):
        load_classifier(saved)


def test_a_folder_and_what_is_not_there_are_named(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(FewshotError, match=str(path)):
            load_classifier(path)
