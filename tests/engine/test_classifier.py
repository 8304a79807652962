"""The classifier for scripts follows scikit-learn's conventions."""

from __future__ import annotations

import dataclasses
import inspect
import pickle
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from sklearn.base import clone, is_classifier
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import parametrize_with_checks
from sklearn.utils.validation import check_is_fitted, has_fit_parameter, validate_data

from engine import FewShotClassifier
from engine.backbones.base import get_backbone
from engine.errors import FewshotError
from engine.learners import registry
from engine.saved_classifier import load_classifier
from tests.engine.contrary import offer_contrary
from tests.engine.tasks import write_characters


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Sequence[Path]]:
    folder = tmp_path_factory.mktemp("examples")
    return write_characters(folder, {"cimu": 3, "arka": 3, "belo": 2}, stream=0)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Sequence[Path]]:
    folder = tmp_path_factory.mktemp("pictures")
    return write_characters(folder, dict.fromkeys(("arka", "belo", "cimu"), 6), stream=1)


def flat(by_class: Mapping[str, Sequence[Path]]) -> tuple[list[Path], list[str]]:
    return (
        [path for paths in by_class.values() for path in paths],
        [name for name, paths in by_class.items() for _ in paths],
    )


def classifier(**changes: Any) -> FewShotClassifier:
    return FewShotClassifier(**{"backbone": "conv4", "device": "cpu", **changes})


@pytest.mark.parametrize("algorithm", ["prototypical", "fine-tuning", "maml"])
def test_it_learns_and_predicts(
    algorithm: str, examples: Mapping[str, Sequence[Path]], pictures: Mapping[str, Sequence[Path]]
) -> None:
    fitted = classifier(algorithm=algorithm).fit(*flat(examples))
    paths, truth = flat(pictures)
    chances = fitted.predict_proba(paths)
    assert fitted.classes_.tolist() == ["arka", "belo", "cimu"]
    assert chances.shape == (18, 3)
    np.testing.assert_allclose(chances.sum(axis=1), 1, atol=1e-5)
    predicted = fitted.predict(paths)
    np.testing.assert_array_equal(predicted, fitted.classes_[chances.argmax(axis=1)])
    assert (predicted == np.array(truth)).mean() > 0.7
    assert fitted.held_out_accuracy_ is not None
    assert 0 <= fitted.held_out_accuracy_ <= 1


def test_fit_returns_the_estimator_and_paths_may_be_strings(examples: Mapping[str, Sequence[Path]]) -> None:
    paths, labels = flat(examples)
    estimator = classifier()
    assert estimator.fit([str(path) for path in paths], np.array(labels)) is estimator
    np.testing.assert_array_equal(estimator.predict([str(paths[0])]), ["cimu"])


def test_labels_may_be_numbers_and_come_back_as_such(examples: Mapping[str, Sequence[Path]]) -> None:
    paths, labels = flat(examples)
    fitted = classifier().fit(paths, [{"cimu": 30, "arka": -1, "belo": 7}[label] for label in labels])
    assert fitted.classes_.tolist() == [-1, 7, 30]
    assert fitted.predict(paths[:1]).tolist() == [30]
    assert fitted.classes_.dtype.kind == "i"


def test_the_order_of_the_examples_does_not_matter(examples: Mapping[str, Sequence[Path]]) -> None:
    paths, labels = flat(examples)
    forwards = classifier().fit(paths, labels).predict_proba(paths)
    backwards = classifier().fit(paths[::-1], labels[::-1]).predict_proba(paths)
    np.testing.assert_allclose(forwards, backwards, atol=1e-4)


def test_paths_pil_images_and_arrays_of_a_picture_are_the_same_picture(
    examples: Mapping[str, Sequence[Path]], pictures: Mapping[str, Sequence[Path]]
) -> None:
    fitted = classifier().fit(*flat(examples))
    paths = flat(pictures)[0][::6]
    opened = [Image.open(path) for path in paths]
    arrays = [np.asarray(image.convert("RGB")) for image in opened]
    expected = fitted.predict_proba(paths)
    for same in (opened, arrays, [paths[0], opened[1], arrays[2]], np.array(paths, str)[:, None]):
        np.testing.assert_array_equal(fitted.predict_proba(same), expected)
    alike = [array[:40, :40] for array in arrays]
    np.testing.assert_array_equal(fitted.predict_proba(np.stack(alike)), fitted.predict_proba(alike))


@pytest.mark.parametrize(
    ("X", "reason"),
    [
        ("one.png", "one picture"),
        (np.zeros((3, 4)), "a row of numbers is no picture"),
        (np.zeros((30, 40, 3), np.uint8), "looks like one picture"),
        ([np.zeros((30, 40))], r"X\[0\] is no path"),
        (["a.png", None], r"X\[1\] is no path"),
    ],
)
def test_what_is_no_picture_is_refused(X: Any, reason: str) -> None:  # noqa: N803
    with pytest.raises(ValueError, match=reason):
        classifier().fit(X, ["a", "b"])


def test_a_pickled_classifier_predicts_the_same(
    examples: Mapping[str, Sequence[Path]], pictures: Mapping[str, Sequence[Path]]
) -> None:
    for algorithm in ("prototypical", "fine-tuning", "maml"):
        fitted = classifier(algorithm=algorithm).fit(*flat(examples))
        fitted.set_params(algorithm="no such")  # which counts at the next fit
        paths = flat(pictures)[0][::6]
        copy = pickle.loads(pickle.dumps(fitted))
        np.testing.assert_array_equal(copy.predict_proba(paths), fitted.predict_proba(paths))


def test_a_pickle_is_refused_where_the_backbone_has_other_weights(
    examples: Mapping[str, Sequence[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    paths, labels = flat(examples)
    pickled = pickle.dumps(classifier(algorithm="fine-tuning").fit(paths, labels))
    monkeypatch.setitem(vars(get_backbone("conv4")), "fingerprint", "other")
    with pytest.raises(FewshotError, match="other weights of conv4; fit it again"):
        pickle.loads(pickled).predict(paths)


@pytest.mark.parametrize("algorithm", ["prototypical", "fine-tuning", "maml"])
def test_a_saved_classifier_predicts_the_same_to_the_last_bit(
    algorithm: str,
    examples: Mapping[str, Sequence[Path]],
    pictures: Mapping[str, Sequence[Path]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    paths = flat(pictures)[0][::6]
    fitted = classifier(algorithm=algorithm).fit(*flat(examples))
    expected = fitted.predict_proba(paths)
    fitted.save(tmp_path / "kept")
    # Meta-trained anew since then, which a classifier that is kept knows nothing of.
    monkeypatch.setattr(registry, "find_checkpoint", lambda *_: None)
    loaded = FewShotClassifier.load(tmp_path / "kept", device="cpu")
    np.testing.assert_array_equal(loaded.predict_proba(paths), expected)
    np.testing.assert_array_equal(loaded.classes_, fitted.classes_)
    assert loaded.held_out_accuracy_ == fitted.held_out_accuracy_
    assert (loaded.algorithm, loaded.backbone) == (algorithm, "conv4")
    loaded.save(tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == (tmp_path / "kept").read_bytes()


def test_labels_that_are_numbers_are_kept_as_such(
    examples: Mapping[str, Sequence[Path]], tmp_path: Path
) -> None:
    paths, labels = flat(examples)
    numbers = [{"cimu": 30, "arka": -1, "belo": 7}[label] for label in labels]
    classifier().fit(paths, numbers).save(str(tmp_path / "kept"))
    loaded = FewShotClassifier.load(str(tmp_path / "kept"), device="cpu")
    assert loaded.classes_.tolist() == [-1, 7, 30]
    assert loaded.predict(paths[:1]).tolist() == [30]


def test_only_what_was_fitted_can_be_saved(tmp_path: Path) -> None:
    with pytest.raises(NotFittedError):
        classifier().save(tmp_path / "kept")


@pytest.fixture(scope="module")
def kept(examples: Mapping[str, Sequence[Path]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("kept") / "kept"
    classifier().fit(*flat(examples)).save(path)
    return path


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"algorithm": "magic"}, "There is no algorithm called “magic”"),
        ({"backbone": "magic"}, "There is no backbone called “magic”"),
        ({"options": {"speed": 3.0}}, "has no option “speed”"),
        ({"fingerprint": "other"}, "other weights of conv4; fit it again"),
        ({"features": np.zeros((8, 3), np.float16)}, "are not what Conv4"),
        ({"meta_parameters": {}}, "does not fit Automatic: it has no"),
    ],
)
def test_a_classifier_of_what_there_is_not_is_refused(
    changes: Mapping[str, Any], sentence: str, kept: Path, tmp_path: Path
) -> None:
    dataclasses.replace(load_classifier(kept), **changes).save(tmp_path / "other")
    with pytest.raises(FewshotError, match=sentence):
        FewShotClassifier.load(tmp_path / "other", device="cpu")


def test_another_decoder_is_warned_of(kept: Path, tmp_path: Path) -> None:
    dataclasses.replace(load_classifier(kept), decoder=1).save(tmp_path / "older")
    with pytest.warns(UserWarning, match="another version of Fewshot"):
        FewShotClassifier.load(tmp_path / "older", device="cpu")


def test_scikit_learns_tools_take_it(examples: Mapping[str, Sequence[Path]]) -> None:
    paths, labels = flat(examples)
    names = np.array(paths, dtype=str)
    assert is_classifier(classifier())
    folds = StratifiedKFold(2)
    scores = cross_val_score(classifier(), names, labels, cv=folds)
    assert scores.shape == (2,)
    assert scores.min() > 0.9
    pipeline = Pipeline([("all", FunctionTransformer()), ("label", classifier())])
    search = GridSearchCV(pipeline, {"label__algorithm": ["nearest", "prototypical"]}, cv=folds)
    assert search.fit(names, labels).score(names, labels) > 0.9
    assert repr(clone(classifier(algorithm="maml"))) == (
        "FewShotClassifier(algorithm='maml', backbone='conv4', device='cpu')"
    )


def test_the_score_may_weigh_pictures_and_fitting_may_not(examples: Mapping[str, Sequence[Path]]) -> None:
    paths, labels = flat(examples)
    fitted = classifier().fit(paths, labels)
    wrong = ["arka" if name == "cimu" else name for name in labels]
    weights = [0.0 if name == "cimu" else 1.0 for name in labels]
    assert fitted.score(paths, wrong) == pytest.approx(5 / 8)
    assert fitted.score(paths, wrong, sample_weight=weights) == 1
    assert not has_fit_parameter(fitted, "sample_weight")


class OnNumbers(FewShotClassifier):
    """Draws each row of numbers as a row of grey bars, for the checks of scikit-learn, which know only
    numbers."""

    def __init__(
        self,
        algorithm: str = "prototypical",
        backbone: str = "conv4",
        device: str = "cpu",
        options: Mapping[str, float | bool] | None = None,
    ) -> None:
        super().__init__(algorithm, backbone, device, options)

    def fit(self, X: Any, y: Any) -> FewShotClassifier:  # noqa: N803
        return super().fit(_drawn(validate_data(self, X)) if y is not None else X, y)

    def predict_proba(self, X: Any) -> Any:  # noqa: N803
        check_is_fitted(self)
        return super().predict_proba(_drawn(validate_data(self, X, reset=False)))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        tags.input_tags.three_d_array = tags.input_tags.string = False
        tags.classifier_tags.poor_score = True  # bars are none of the characters that the backbone is for
        return tags


def _drawn(rows: Any) -> list[Any]:
    greys = np.clip(128 + 40 * np.asarray(rows), 0, 255).astype(np.uint8)
    return [np.kron(row[None], np.ones((20, 10), np.uint8)) for row in greys]


ONE_CLASS = "one class is refused: there is nothing to tell apart"


@parametrize_with_checks(
    [OnNumbers()],
    expected_failed_checks=lambda _: {
        "check_classifiers_one_label": ONE_CLASS,
        "check_fit2d_1sample": ONE_CLASS,
    },
)
@pytest.mark.slow
def test_the_checks_of_scikit_learn_pass(estimator: Any, check: Any) -> None:
    check(estimator)


def test_parameters_are_those_of_the_constructor_and_kept_as_given() -> None:
    names = list(inspect.signature(FewShotClassifier).parameters)
    options = {"speed": 3.0}
    estimator = FewShotClassifier(algorithm="no such", backbone="thing", device="here", options=options)
    assert list(estimator.get_params()) == names
    assert estimator.get_params() == {
        "algorithm": "no such",
        "backbone": "thing",
        "device": "here",
        "options": options,
    }
    assert estimator.options is options
    assert FewShotClassifier(**estimator.get_params()).get_params() == estimator.get_params()
    assert not [name for name in vars(estimator) if name.endswith("_")]


def test_parameters_can_be_set_by_name() -> None:
    estimator = FewShotClassifier()
    assert estimator.set_params(algorithm="maml", backbone="conv4") is estimator
    assert estimator.algorithm == "maml"
    with pytest.raises(ValueError, match="depth"):
        estimator.set_params(depth=3)


def test_options_reach_the_algorithm_and_an_impossible_one_is_refused_when_fitting(
    examples: Mapping[str, Sequence[Path]],
    pictures: Mapping[str, Sequence[Path]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    offer_contrary(monkeypatch)
    estimator = classifier(algorithm="contrary")
    paths = flat(pictures)[0][::6]
    usual = estimator.fit(*flat(examples)).predict_proba(paths)
    estimator.set_params(options={"contrary": True})
    opposite = estimator.fit(*flat(examples)).predict_proba(paths)
    np.testing.assert_array_equal(opposite.argmax(axis=1), usual.argmin(axis=1))
    estimator.set_params(options={"sharpness": 100})
    with pytest.raises(FewshotError, match="Sharpness lies between"):
        estimator.fit(*flat(examples))


def test_predicting_before_fitting_is_told() -> None:
    with pytest.raises(NotFittedError, match="not fitted yet"):
        classifier().predict(["x.png"])


def test_no_pictures_give_no_rows(examples: Mapping[str, Sequence[Path]]) -> None:
    fitted = classifier().fit(*flat(examples))
    assert fitted.predict_proba([]).shape == (0, 3)
    assert fitted.predict([]).shape == (0,)


def test_a_picture_that_cannot_be_read_is_named(
    examples: Mapping[str, Sequence[Path]], tmp_path: Path
) -> None:
    (tmp_path / "broken.png").write_bytes(b"")
    paths, labels = flat(examples)
    with pytest.raises(FewshotError, match=r"broken\.png cannot be read: empty file\."):
        classifier().fit([*paths, tmp_path / "broken.png"], [*labels, "arka"])
    fitted = classifier().fit(paths, labels)
    with pytest.raises(FewshotError, match=r"broken\.png cannot be read: empty file\."):
        fitted.predict([paths[0], tmp_path / "broken.png"])


def test_a_fit_that_fails_leaves_what_was_learnt_before(
    examples: Mapping[str, Sequence[Path]], tmp_path: Path
) -> None:
    paths, labels = flat(examples)
    fitted = classifier().fit(paths, labels)
    before = fitted.predict_proba(paths)
    fitted.set_params(algorithm="maml")
    with pytest.raises(FewshotError):
        fitted.fit([*paths[:2], tmp_path / "gone.png"], ["a", "b", "c"])
    np.testing.assert_array_equal(fitted.predict_proba(paths), before)
    np.testing.assert_array_equal(fitted.predict(paths[:1]), ["cimu"])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"algorithm": "magic"}, "no algorithm"),
        ({"backbone": "magic"}, "no backbone"),
        ({"device": "magic"}, "cannot be used"),
    ],
)
def test_unknown_names_are_refused_when_fitting(
    changes: dict[str, str], sentence: str, examples: Mapping[str, Sequence[Path]]
) -> None:
    with pytest.raises(FewshotError, match=sentence):
        classifier(**changes).fit(*flat(examples))


def test_one_class_or_a_wrong_number_of_labels_is_refused(examples: Mapping[str, Sequence[Path]]) -> None:
    paths, labels = flat(examples)
    with pytest.raises(FewshotError, match="two classes"):
        classifier().fit(paths, ["same"] * len(paths))
    with pytest.raises(FewshotError, match="two classes"):
        classifier().fit([], [])
    with pytest.raises(ValueError, match=r"inconsistent numbers of samples: \[8, 7\]"):
        classifier().fit(paths, labels[1:])
