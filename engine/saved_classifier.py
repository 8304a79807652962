"""A classifier in one file: a zip of JSON and safetensors, from which nothing is executed.

`classifier.json` has the format number, the classes, the algorithm with its options, the backbone with its
fingerprint and preprocessing, the temperature, the record of the run, and a digest of all that is in the
file. `examples.safetensors` has what it was taught: `features` [n, …], as the encoder gives them, and
`labels` int64 [n]. `learner.safetensors` has the meta-parameters of the algorithm. So a classifier needs
neither the pictures nor the checkpoint that it was made with; it learns again from the features.

The file may come from anybody. The members are not compressed, so that none is larger than the file, and each
number is checked before it becomes the size or the index of anything.
"""

from __future__ import annotations

import dataclasses
import errno
import hashlib
import io
import json
import math
import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as load_arrays
from safetensors.numpy import save as save_arrays
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor

from engine.checkpoints import not_finite, shown
from engine.errors import FewshotError, reason_of
from engine.files import open_to_read, write_atomically

FORMAT: Final = 1
MAX_BYTES: Final = 2**31 - 2**20
"""Of a file; a larger one would need another kind of zip."""
MAX_FACTS_BYTES: Final = 2**24
_MOST_MEMBERS = 64
_FACTS, _EXAMPLES, _LEARNER = MEMBERS = ("classifier.json", "examples.safetensors", "learner.safetensors")
_LONG_AGO = (1980, 1, 1, 0, 0, 0)

ClassLabel: TypeAlias = str | int | float | bool


@dataclass(frozen=True)
class SavedClassifier:
    """What a classifier is made of, on any computer.

    `features` [n, …] are those of the examples, as an encoder gives them, and `labels` int64 [n] are indices
    into `classes`, which are all texts or all numbers. `options` has all options of the algorithm, and
    `meta_parameters` what a checkpoint of it has. `preprocessing` and `decoder` say how pictures became
    pixels. `temperature` divides the logits; `accuracy` (0..1) is that on `held_out` examples, `None` where
    there are none. `record` is that of the run it comes from.
    """

    classes: tuple[ClassLabel, ...]
    algorithm: str
    options: Mapping[str, float | bool]
    backbone: str
    fingerprint: str
    preprocessing: Mapping[str, Any]
    decoder: int
    temperature: float
    accuracy: float | None
    held_out: int
    record: Mapping[str, Any]
    labels: NDArray[np.int64]
    features: NDArray[np.generic]
    meta_parameters: Mapping[str, Tensor] = field(default_factory=dict)

    @property
    def class_names(self) -> tuple[str, ...]:
        """The classes as texts."""
        return tuple(map(str, self.classes))

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of all that makes it, in hexadecimal: equal ones predict alike."""
        return str(self._facts(self._tensors())["digest"])

    def save(self, path: Path) -> None:
        """Write the file, completely or not at all. Raises `FewshotError` if that cannot be done."""
        if not _are_labels(self.classes):
            raise FewshotError(
                "The classifier {path} was not written: its labels must be all texts or all numbers.",
                path=path,
            )
        tensors = self._tensors()
        contents = {_FACTS: f"{json.dumps(self._facts(tensors), indent=2)}\n".encode("ascii"), **tensors}
        if sum(map(len, contents.values())) > MAX_BYTES:
            raise FewshotError(
                "The classifier {path} was not written: it would be larger than 2 GB. Use fewer "
                "examples, or an algorithm on frozen embeddings.",
                path=path,
            )
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for name, data in contents.items():
                archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), data)
        try:
            write_atomically(path, file.getvalue())
        except (OSError, ValueError) as error:  # ValueError: a name that no file can have
            raise FewshotError(
                "The classifier could not be written to {path}: {reason}.", path=path, reason=reason_of(error)
            ) from error

    def _tensors(self) -> dict[str, bytes]:
        meta_parameters = {name: tensor.contiguous() for name, tensor in self.meta_parameters.items()}
        return {
            _EXAMPLES: save_arrays({"features": self.features, "labels": self.labels}),
            _LEARNER: save_tensors(meta_parameters),
        }

    def _facts(self, tensors: Mapping[str, bytes]) -> dict[str, Any]:
        """What is in the JSON, with digests of the tensors and of itself."""
        of_arrays = ("labels", "features", "meta_parameters")
        values = {
            one.name: getattr(self, one.name) for one in dataclasses.fields(self) if one.name not in of_arrays
        }
        files = {name: hashlib.sha256(data).hexdigest() for name, data in tensors.items()}
        facts = {"format": FORMAT, **values, "classes": list(self.classes), "files": files}
        return {**facts, "digest": _digest(facts)}


def _digest(facts: Mapping[str, Any]) -> str:
    text = json.dumps({name: value for name, value in facts.items() if name != "digest"}, sort_keys=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


class _DamagedError(Exception):
    """The file is not what `SavedClassifier.save` writes; the reason is for a sentence."""


def load_classifier(path: Path) -> SavedClassifier:
    """Read what `SavedClassifier.save` has written.

    Raises `FewshotError` for what is none, is damaged, is larger than one can be, or is of a later format.
    """
    with open_to_read(path) as file:
        try:
            return _read(file, path)
        except (_DamagedError, zipfile.BadZipFile, SafetensorError) as error:
            reason = shown(error)
        except (NotImplementedError, RuntimeError, ValueError, TypeError, LookupError, EOFError) as error:
            reason = shown(error)  # what the readers raise of numbers that make no sense
        except RecursionError:
            reason = "it is nested too deeply"
        except OSError as error:
            if error.errno != errno.EINVAL:  # a place before the beginning of the file
                raise FewshotError(
                    "{path} cannot be read: {reason}.", path=path, reason=reason_of(error)
                ) from error
            reason = shown(error)
    raise FewshotError(
        "{path} is damaged or not a classifier of Fewshot ({reason}). Save the classifier again.",
        path=path,
        reason=reason,
    )


def _read(file: io.FileIO, path: Path) -> SavedClassifier:
    _require_plain_zip(file)
    with zipfile.ZipFile(file) as archive:
        members = {info.filename: info for info in archive.infolist()}
        facts = _read_facts(archive, members)
        if isinstance(later := facts.get("format"), int) and later > FORMAT:
            raise FewshotError(
                "{path} was saved by a later version of Fewshot (format {later}; this one reads {format}). "
                "Install the later version.",
                path=path,
                later=str(later),
                format=str(FORMAT),
            )
        if facts["format"] != FORMAT or [*members] != [*MEMBERS] or len(archive.infolist()) != len(MEMBERS):
            raise _DamagedError("it has other parts")
        tensors = {name: _contents(archive, members[name]) for name in (_EXAMPLES, _LEARNER)}
    if facts["files"] != {name: hashlib.sha256(data).hexdigest() for name, data in tensors.items()}:
        raise _DamagedError("its parts do not belong together")
    if facts["digest"] != _digest(facts):
        raise _DamagedError("its digest is another")
    return _checked(facts, load_arrays(tensors[_EXAMPLES]), load_tensors(tensors[_LEARNER]))


def _require_plain_zip(file: io.FileIO) -> None:
    """So that the list of members is short: zipfile reads all of it before anything can be asked."""
    size = file.seek(0, io.SEEK_END)
    if size > 2**31:
        raise _DamagedError("it is larger than 2 GB")
    file.seek(max(0, size - 42))
    end = file.read(42)
    if len(end) < 42 or end[-22:-18] != b"PK\5\6" or end[:4] == b"PK\6\7":
        raise _DamagedError("it does not end as a zip file")
    members, length = struct.unpack("<HL", end[-12:-6])
    if members > _MOST_MEMBERS or length > 2**16:
        raise _DamagedError("it has too many parts")
    file.seek(0)


def _read_facts(archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo]) -> dict[str, Any]:
    if _FACTS not in members:
        raise _DamagedError(f"it has no {_FACTS}")
    if members[_FACTS].file_size > MAX_FACTS_BYTES:
        raise _DamagedError(f"{_FACTS} is too large")
    text = _contents(archive, members[_FACTS])
    facts = json.loads(text, parse_float=_number, parse_constant=_number)
    if not isinstance(facts, dict):
        raise _DamagedError(f"{_FACTS} is not an object")
    return facts


def _contents(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    if info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size or info.flag_bits:
        raise _DamagedError("it is compressed or encrypted")
    return archive.read(info)


def _number(text: str) -> float:
    if not math.isfinite(number := float(text)):
        raise _DamagedError(f"{text} is no number")
    return number


def _checked(
    facts: Mapping[str, Any], examples: Mapping[str, NDArray[Any]], meta_parameters: dict[str, Tensor]
) -> SavedClassifier:
    """With every fact of its kind. Whether there is such an algorithm or backbone is asked at their use."""
    labels, features = examples["labels"], examples["features"]
    classes = facts["classes"]
    accuracy, options = facts["accuracy"], facts["options"]
    checks = {
        "classes": isinstance(classes, list) and _are_labels(classes),
        "algorithm": _is_text(facts["algorithm"]),
        "backbone": _is_text(facts["backbone"]) and _is_text(facts["fingerprint"]),
        "decoder": type(facts["decoder"]) is int,
        "options": isinstance(options, dict)
        and all(isinstance(one, int | float) for one in options.values()),
        "preprocessing": isinstance(facts["preprocessing"], dict),
        "record": isinstance(facts["record"], dict),
        "temperature": type(facts["temperature"]) is float and facts["temperature"] > 0,
        "accuracy": accuracy is None or (type(accuracy) is float and 0 <= accuracy <= 1),
        "held_out": type(facts["held_out"]) is int and 0 <= facts["held_out"] <= len(labels),
        "labels": labels.ndim == 1
        and labels.dtype == np.int64
        and set(np.unique(labels).tolist()) == set(range(len(classes))),
        "features": features.ndim >= 2 and len(features) == len(labels) and bool(np.isfinite(features).all()),
        "learner": not_finite(meta_parameters) is None,
    }
    if wrong := [name for name, is_right in checks.items() if not is_right]:
        raise _DamagedError(f"{wrong[0]} cannot be so")
    values = {one.name: facts[one.name] for one in dataclasses.fields(SavedClassifier) if one.name in facts}
    values["classes"] = tuple(classes)
    return SavedClassifier(**values, labels=labels, features=features, meta_parameters=meta_parameters)


def _are_labels(classes: Sequence[object]) -> bool:
    """Whether they are two or more different labels of one kind."""
    kinds, names = {type(label) for label in classes}, set(map(str, classes))
    return len(kinds) == 1 and kinds <= {str, int, float, bool} and 2 <= len(names) == len(classes)


def _is_text(value: object) -> bool:
    return isinstance(value, str)
