from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from engine.cli.support import support_of_folder


@pytest.mark.parametrize(
    ("names", "is_told"), [(("train", "valid", "test"), True), (("train", "bus"), False)]
)
def test_classes_that_are_named_as_the_parts_of_a_data_set_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], names: tuple[str, ...], is_told: bool
) -> None:
    for name in names:
        (tmp_path / name).mkdir()
        Image.new("RGB", (4, 4)).save(tmp_path / name / "1.png")
    assert support_of_folder(tmp_path, []).keys() == set(names)
    told = capsys.readouterr().err
    assert ("The classes are test, train, valid, which are named as the parts" in told) is is_told
    assert (str(tmp_path / "test") in told) is is_told
