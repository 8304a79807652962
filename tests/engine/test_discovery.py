"""One file an entry: what a package offers is found, not listed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from engine.backbones.base import backbones
from engine.discovery import discover
from engine.errors import FewshotError
from engine.learners.registry import FAMILIES, get_learner, learners


def test_every_module_that_publishes_the_name_is_found_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "offers_for_a_test"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "second.py").write_text("OFFER = 2")
    (package / "first.py").write_text("OFFER = 1")
    (package / "helper.py").write_text("nothing = 'to offer'")
    monkeypatch.syspath_prepend(tmp_path)
    assert list(discover("offers_for_a_test", "OFFER")) == [1, 2]
    for name in [name for name in sys.modules if name.startswith("offers_for_a_test")]:
        monkeypatch.delitem(sys.modules, name)


def test_the_menu_holds_every_learner_under_its_own_name() -> None:
    assert {"prototypical", "fine-tuning", "maml"} <= learners().keys()
    for name, learner in learners().items():
        assert learner.facts.name == name
        assert get_learner(name) is learner


def test_learners_are_grouped_by_family() -> None:
    families = [learner.facts.family for learner in learners().values()]
    assert families == sorted(families, key=list(FAMILIES).index)
    for learner in learners().values():
        assert learner.__module__.split(".")[2] == learner.facts.family.replace(" ", "_")


def test_every_learner_can_run_somewhere_without_a_download() -> None:
    for name, learner in learners().items():
        reasons = [learner.supports(backbone) for backbone in backbones().values()]
        assert None in reasons, name


def test_an_unknown_algorithm_is_refused_with_the_known_ones() -> None:
    with pytest.raises(FewshotError, match="“magic”; choose one of: ") as raised:
        get_learner("magic")
    assert str(raised.value).endswith(f"{', '.join(learners())}.")
