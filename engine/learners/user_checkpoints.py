"""Paths and names of the checkpoints that a person has meta-trained.

A checkpoint may have a name. `prototypical:birds` is the algorithm `prototypical` with the checkpoint called
“birds”; without a name the person's own checkpoint takes the place of the bundled one. No torch.
"""

from __future__ import annotations

from pathlib import Path

from engine.errors import FewshotError, reason_of
from engine.paths import data_dir

_NOT_IN_A_NAME = '<>:"/\\|?*.'
_MOST_CHARACTERS = 60
_SUFFIX = ".safetensors"


def user_checkpoint_path(algorithm: str, backbone: str, name: str = "") -> Path:
    """The path of the user's checkpoint of this pair, or of the one called `name`.

    Raises `FewshotError` for what cannot be a name, so that none leads out of the folder.
    """
    stem = f"{algorithm}-{backbone}"
    named = f"{stem} {normalize_checkpoint_name(name)}" if name else stem
    return _folder() / f"{named}{_SUFFIX}"


def user_checkpoint_names(algorithm: str, backbone: str) -> list[str]:
    """The names of the checkpoints that there are for this pair, sorted."""
    prefix = f"{algorithm}-{backbone} "
    stems = (path.name.removesuffix(_SUFFIX) for path in _folder().glob(f"*{_SUFFIX}"))
    return sorted(filter(_is_name, (stem.removeprefix(prefix) for stem in stems if stem.startswith(prefix))))


def remove(algorithm: str, backbone: str, name: str) -> None:
    """Delete a checkpoint and its card. Raises `FewshotError` if that is not possible."""
    path = user_checkpoint_path(algorithm, backbone, name)
    try:
        for file in (path, path.with_suffix(".json")):
            file.unlink(missing_ok=True)
    except OSError as error:
        raise FewshotError(
            "{path} cannot be removed: {reason}.", path=path, reason=reason_of(error)
        ) from error


def join_name(algorithm: str, name: str) -> str:
    """The name of an algorithm with a checkpoint, as a run has it: `algorithm:name`."""
    return f"{algorithm}:{name}" if name else algorithm


def split_name(text: str) -> tuple[str, str]:
    """The inverse of `join_name`: the algorithm, and the name of its checkpoint or an empty string."""
    algorithm, _, name = text.partition(":")
    return algorithm, name


def normalize_checkpoint_name(text: str) -> str:
    """`text` with its spaces normalised, as the name of a checkpoint; `FewshotError` if it is not valid."""
    name = " ".join(text.split())
    if not name:
        raise FewshotError("What is trained needs a name: type at least one letter.")
    if len(name) > _MOST_CHARACTERS:
        raise FewshotError("A name has at most {n} characters.", n=_MOST_CHARACTERS)
    if wrong := [character for character in name if character in _NOT_IN_A_NAME or ord(character) < 32]:
        raise FewshotError(
            "A name is also part of a file's name: leave out the “{character}”.", character=wrong[0]
        )
    return name


def _is_name(text: str) -> bool:
    try:
        return normalize_checkpoint_name(text) == text
    except FewshotError:
        return False


def _folder() -> Path:
    return data_dir() / "checkpoints"
