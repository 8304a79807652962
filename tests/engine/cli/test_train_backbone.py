"""`fewshot train-backbone`: what is wrong with a call is told before anything is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.cli.main import main


@pytest.mark.parametrize("wrong", [("--steps", "-3"), ("--steps", "0"), ("--seed", "-1"), ("--seed", "x")])
def test_numbers_that_make_no_sense_are_refused_with_the_usage(
    wrong: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["train-backbone", "--data", "x", "--out", "x.safetensors", *wrong])
    assert exit_.value.code == 2
    assert f"argument {wrong[0]}" in capsys.readouterr().err


def test_a_place_that_is_none_for_a_checkpoint_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    places = {"y.json": "NAME.safetensors, not y.json", "file/y.safetensors": "file cannot be made"}
    for place, sentence in places.items():
        assert main(["train-backbone", "--data", "x", "--out", str(tmp_path / place)]) == 2
        assert sentence in capsys.readouterr().err
