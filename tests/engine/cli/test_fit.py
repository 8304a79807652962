"""`fewshot fit`, and `fewshot predict` by what it wrote or by a project."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from engine import FewShotClassifier
from engine.cli.main import main
from engine.images import find_classes
from engine.learners import DEFAULT_ALGORITHM
from engine.saved_classifier import load_classifier
from engine.workspace import Workspace
from engine.workspace.commands import AddClass, AddClassFolders, AddPictures
from engine.workspace.rows import UNKNOWN
from tests.engine.tasks import write_characters

CONV4 = ("--backbone", "conv4", "--device", "cpu")


@pytest.fixture(scope="module")
def support(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fit") / "examples"
    write_characters(folder, {"кошка": 3, "arka": 2, "猫 #1": 1}, stream=0)
    return folder


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fit") / "to label"
    write_characters(folder, {"arka": 3, "кошка": 3}, stream=1)
    (folder / "empty.png").touch()
    return folder


@pytest.fixture(scope="module")
def kept(support: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("fit") / "kept.classifier"
    assert fit(support, path) == 0
    return path


def fit(support: Path, out: Path, *more: str) -> int:
    return main(["fit", "--support", str(support), "--out", str(out), *CONV4, *more])


def predict(taught: Sequence[object], images: Path, out: Path, *more: str) -> int:
    return main(["predict", *map(str, taught), "--images", str(images), "--out", str(out), *more])


@pytest.mark.parametrize("algorithm", ["prototypical", "fine-tuning"])
def test_a_kept_classifier_writes_the_same_table(
    algorithm: str, support: Path, images: Path, tmp_path: Path
) -> None:
    more = ("--algorithm", algorithm)
    assert predict(["--support", support], images, tmp_path / "at once.jsonl", *CONV4, *more) == 0
    assert fit(support, tmp_path / "kept", *more) == 0
    taught = ["--classifier", tmp_path / "kept"]
    assert predict(taught, images, tmp_path / "kept.jsonl", "--device", "cpu") == 0
    assert (tmp_path / "kept.jsonl").read_bytes() == (tmp_path / "at once.jsonl").read_bytes()


def test_the_record_of_the_export_names_the_classifier(kept: Path, images: Path, tmp_path: Path) -> None:
    assert predict(["--classifier", kept], images, tmp_path / "out.csv", "--device", "cpu") == 0
    [run] = json.loads((tmp_path / "out.csv.run.json").read_text())["runs"]
    assert run["algorithm"] == DEFAULT_ALGORITHM
    assert run["applied"]["file"] == kept.name
    assert run["applied"]["digest"] == load_classifier(kept).digest


def test_a_script_predicts_the_same_as_the_command(kept: Path, images: Path, tmp_path: Path) -> None:
    assert predict(["--classifier", kept], images / "arka", tmp_path / "out.jsonl", "--device", "cpu") == 0
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    loaded = FewShotClassifier.load(kept, device="cpu")
    chances = loaded.predict_proba([line["image"] for line in lines])
    found = [[line["probabilities"][name] for name in loaded.classes_] for line in lines]
    np.testing.assert_array_equal(np.array(found), np.round(chances.astype(float), 6))


def test_the_labels_of_a_project_are_the_examples(
    support: Path, images: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = project_of(support, tmp_path / "cats.fewshot", unknown=images / "arka" / "0.png")
    assert predict(["--support", support], images, tmp_path / "folders.jsonl", *CONV4) == 0
    assert predict(["--project", project], images, tmp_path / "project.jsonl", *CONV4) == 0
    assert (tmp_path / "project.jsonl").read_bytes() == (tmp_path / "folders.jsonl").read_bytes()
    capsys.readouterr()
    assert fit(project, tmp_path / "kept", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["classes"] == list(find_classes(support))
    assert (told["examples"], told["unreadable"], told["held_out_examples"]) == (6, 0, 5)


def project_of(support: Path, path: Path, unknown: Path) -> Path:
    """A project with these examples, a picture of none of the classes, and a class without pictures."""
    with Workspace.create(path) as project:
        project.apply(AddClassFolders(find_classes(support)))
        project.apply(AddPictures([unknown], UNKNOWN))
        project.apply(AddClass("no example yet"))
    return path


def test_an_unreadable_example_is_named_and_left_out(
    support: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_characters(tmp_path / "examples", {"arka": 2, "belo": 1}, stream=0)
    (tmp_path / "examples" / "arka" / "empty.png").touch()
    assert fit(tmp_path / "examples", tmp_path / "kept") == 0
    out, err = capsys.readouterr()
    assert f"{tmp_path / 'examples' / 'arka' / 'empty.png'} was left out: empty file." in err
    assert out == f"2 classes learnt from 3 examples: {tmp_path / 'kept'}\n"


WRONG_FITS: Mapping[str, tuple[Mapping[str, str], str]] = {
    "no such support": ({"support": "nowhere"}, "does not exist"),
    "one class": ({"support": "one class"}, "holds only the folder “arka”"),
    "no project": ({"support": "file.txt"}, "file.txt"),
    "a project without labels": ({"support": "empty.fewshot"}, "has no labels; it needs labels of two"),
    "no such folder": ({"out": "nowhere/kept"}, "there is no folder"),
    "a folder as output": ({"out": "one class"}, "is not a file"),
    "the project itself": ({"support": "empty.fewshot", "out": "empty.fewshot"}, "has the examples"),
    "unknown algorithm": ({"algorithm": "magic"}, "There is no algorithm called “magic”"),
    "unknown option": ({"option": "speed=3"}, "has no option “speed”"),
    "no readable example": ({"support": "broken"}, "No readable example of “belo”"),
}


@pytest.mark.parametrize(("wrong", "sentence"), WRONG_FITS.values(), ids=WRONG_FITS)
def test_a_wrong_fit_ends_with_one_sentence_and_writes_nothing(
    wrong: Mapping[str, str],
    sentence: str,
    support: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file.txt").write_text("no project")
    Workspace.create(tmp_path / "empty.fewshot").close()
    before = (tmp_path / "empty.fewshot").read_bytes()
    write_characters(tmp_path / "one class", {"arka": 2})
    write_characters(tmp_path / "broken", {"arka": 1})
    (tmp_path / "broken" / "belo").mkdir()
    (tmp_path / "broken" / "belo" / "empty.png").touch()
    call = {"support": str(support), "out": "kept", "backbone": "conv4", "device": "cpu", **wrong}
    assert main(["fit", *(part for name, value in call.items() for part in (f"--{name}", value))]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert sentence in captured.err.splitlines()[-1]
    assert not (tmp_path / "kept").exists()
    assert (tmp_path / "empty.fewshot").read_bytes() == before


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--algorithm", "nearest"], "has its own algorithm, backbone and options; leave them out"),
        (["--option", "steps=3"], "has its own algorithm, backbone and options; leave them out"),
    ],
)
def test_a_kept_classifier_takes_no_other_choices(
    more: Sequence[str],
    sentence: str,
    kept: Path,
    images: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert predict(["--classifier", kept], images, tmp_path / "out.csv", *more) == 2
    assert sentence in capsys.readouterr().err


def test_what_is_no_classifier_is_refused_in_one_sentence(
    images: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert predict(["--classifier", images / "arka" / "0.png"], images, tmp_path / "out.csv") == 2
    err = capsys.readouterr().err
    assert "is damaged or not a classifier of Fewshot" in err
    assert err.count("\n") == 1
    assert not (tmp_path / "out.csv").exists()


def test_examples_come_from_one_place(
    kept: Path, support: Path, images: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for taught in ([], ["--classifier", kept, "--support", support]):
        with pytest.raises(SystemExit):
            predict(taught, images, tmp_path / "out.csv")
        assert "usage: fewshot predict" in capsys.readouterr().err
