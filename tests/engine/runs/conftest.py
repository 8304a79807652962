from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.runs.events import Example, Query, RunRequest
from tests.engine.tasks import write_characters


@dataclass(frozen=True)
class Job:
    """Pictures on disk: examples by class, and pictures to label with the class that is right."""

    examples: Mapping[str, Sequence[Path]]
    pictures: Sequence[Path]
    truth: Sequence[str]

    def request(self, **changes: object) -> RunRequest:
        """Ids of pictures start at 100, those of examples at 0."""
        labelled = [(path, name) for name, paths in self.examples.items() for path in paths]
        facts = {
            "examples": [Example(i, path, name) for i, (path, name) in enumerate(labelled)],
            "queries": [Query(100 + i, path) for i, path in enumerate(self.pictures)],
            "class_names": tuple(self.examples),
            "backbone": "conv4",
            "device": "cpu",
            "run_id": 7,
        }
        return RunRequest(**{**facts, **changes})  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def job(tmp_path_factory: pytest.TempPathFactory) -> Job:
    """Three characters with 4, 1 and 2 examples, and 20 pictures of each."""
    folder = tmp_path_factory.mktemp("job")
    examples = write_characters(folder / "examples", {"arka": 4, "belo": 1, "cimu": 2}, stream=0)
    pictures = write_characters(folder / "pictures", dict.fromkeys(examples, 20), stream=1)
    return Job(
        examples,
        [path for paths in pictures.values() for path in paths],
        [name for name, paths in pictures.items() for _ in paths],
    )
