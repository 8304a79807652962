"""Embeddings and converted networks that were damaged on the disk: made anew, and never another answer."""

from __future__ import annotations

import itertools
import json
import random
import shutil
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeAlias
from unittest import mock

import numpy as np

from engine.backbones import onnx_conversion
from engine.backbones.base import get_backbone
from engine.backbones.onnx_conversion import Converted, converted, converted_file
from engine.embeddings.cache import EmbeddingCache, Stamp
from engine.embeddings.row_file import INDEX, ROWS
from tests.engine.embeddings.fake_encoder import FakeEncoder
from tests.faults.base import Result
from tests.faults.in_turn import home, in_turn

TITLE = "damaged caches of embeddings and of converted networks"
COUNT = 1000
SAMPLE = 60

PICTURES, DIMENSION = 200, 64
PAGE = 4096
NAME = "damaged"

STAMPS = [Stamp(b"picture %d.png" % number, number, 10**18 + number) for number in range(PICTURES)]
DIGESTS = [b"%016d" % number for number in range(PICTURES)]
VECTORS = np.random.default_rng(0).standard_normal((PICTURES, DIMENSION)).astype(np.float16)
LENGTH = VECTORS[0].nbytes

Damage: TypeAlias = Callable[[Path, random.Random], None]


def run(count: int, seed: int) -> Iterator[Result]:
    """Each kind of damage in turn, each time elsewhere."""
    rng = random.Random(seed)
    with home() as folder:
        whole = folder / "whole"
        _fill(whole)
        cases = itertools.islice(itertools.cycle(_kinds(whole, folder / "tried")), count)
        seeded = ((kind, work, rng.randrange(2**32)) for kind, work in cases)
        yield from in_turn(
            (f"{kind}, seed {own}", partial(work, random.Random(own))) for kind, work, own in seeded
        )


def _kinds(whole: Path, tried: Path) -> list[tuple[str, Callable[[random.Random], str]]]:
    kinds: list[tuple[str, Callable[[random.Random], str]]] = []
    for suffix, about in ((ROWS, "the rows"), (INDEX, "the index")):
        for damage in DAMAGES:
            for moment in (_before, _between):
                work = partial(_try_embeddings, whole, tried, suffix, damage, moment)
                kinds.append((f"{about} {_said(damage)} {_said(moment)}", work))
    for change in CHANGES:
        kinds.append((f"the index after: {change}", partial(_try_change, whole, tried, change)))
    kinds.append(("NaN with its right checksum", partial(_try_nan, whole, tried)))
    for suffix in (".onnx", ".json"):
        for damage in (*DAMAGES, _as_another):
            work = partial(_try_network, suffix, damage)
            kinds.append((f"the converted network's {suffix} {_said(damage)}", work))
    return kinds


def _said(function: Callable[..., object]) -> str:
    return function.__name__.strip("_").replace("_", " ")


# -- what is done to a file


def _with_flipped_bits(path: Path, rng: random.Random) -> None:
    content = bytearray(path.read_bytes())
    for _ in range(rng.choice([1, 3, 50, max(1, len(content) // 100)])):
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    path.write_bytes(content)


def _cut_short(path: Path, rng: random.Random) -> None:
    with path.open("r+b") as file:
        file.truncate(rng.randrange(path.stat().st_size))


def _emptied(path: Path, rng: random.Random) -> None:
    with path.open("r+b") as file:
        file.truncate(0)


def _deleted(path: Path, rng: random.Random) -> None:
    path.unlink()


def _with_a_page_never_written(path: Path, rng: random.Random) -> None:
    content = bytearray(path.read_bytes())
    start = rng.randrange(0, len(content), PAGE)
    content[start : start + PAGE] = bytes(len(content[start : start + PAGE]))
    path.write_bytes(content)


def _with_pages_exchanged(path: Path, rng: random.Random) -> None:
    content = path.read_bytes()
    pages = [content[start : start + PAGE] for start in range(0, len(content), PAGE)]
    rng.shuffle(pages)
    path.write_bytes(b"".join(pages))


def _with_rows_exchanged(path: Path, rng: random.Random) -> None:
    content = path.read_bytes()
    rows = [content[start : start + LENGTH] for start in range(0, len(content), LENGTH)]
    rng.shuffle(rows)
    path.write_bytes(b"".join(rows))


def _as_noise(path: Path, rng: random.Random) -> None:
    path.write_bytes(rng.randbytes(path.stat().st_size))


def _with_noise_behind_it(path: Path, rng: random.Random) -> None:
    with path.open("ab") as file:
        file.write(rng.randbytes(rng.randrange(1, 5 * PAGE)))


def _as_a_folder(path: Path, rng: random.Random) -> None:
    path.unlink()
    path.mkdir()


DAMAGES: tuple[Damage, ...] = (
    _with_flipped_bits,
    _cut_short,
    _emptied,
    _deleted,
    _with_a_page_never_written,
    _with_pages_exchanged,
    _with_rows_exchanged,
    _as_noise,
    _with_noise_behind_it,
    _as_a_folder,
)

CHANGES = (
    "UPDATE entry SET row = 199 - row + 1000",
    "UPDATE entry SET row = -1 - row",
    "UPDATE entry SET checksum = (checksum * 7) % 4294967291",
    "UPDATE entry SET digest = digest || digest",
    "UPDATE entry SET used = 9223372036854775807",
    "UPDATE entry SET checksum = 'x', used = x'ff'",
    "UPDATE file SET digest = CAST(printf('%016d', abs(random()) % 200) AS BLOB)",
    "UPDATE file SET digest = 'text', checksum = 'text'",
    "DELETE FROM entry WHERE random() % 2",
    "DELETE FROM file",
    "DROP TABLE entry",
    "DROP TABLE layout",
    "UPDATE layout SET length = length / 2",
    "UPDATE layout SET length = 9223372036854775807, name = x'00'",
    "PRAGMA journal_mode = WAL",
    "CREATE TRIGGER t AFTER INSERT ON entry BEGIN DELETE FROM file; END",
)
"""Statements for the index; one that cannot be carried out changes nothing, which is a case too."""


# -- what is tried


def _cache(folder: Path) -> EmbeddingCache:
    return EmbeddingCache(
        folder, FakeEncoder(fingerprint=NAME, dtype=np.dtype(np.float16), shape=(DIMENSION,))
    )


def _fill(folder: Path) -> None:
    with _cache(folder) as cache:
        _store(cache)


def _store(cache: EmbeddingCache) -> None:
    for start in range(0, PICTURES, 64):
        some = slice(start, start + 64)
        cache.store(zip(STAMPS[some], DIGESTS[some], VECTORS[some], strict=True))


def _before(tried: Path, damage: Callable[[], None]) -> int:
    damage()
    with _cache(tried) as cache:
        return _right_answers(cache)


def _between(tried: Path, damage: Callable[[], None]) -> int:
    with _cache(tried) as cache:
        _right_answers(cache)
        damage()
        return _right_answers(cache)


def _right_answers(cache: EmbeddingCache) -> int:
    """How many pictures are known; raises `AssertionError` if one is known for another."""
    count = 0
    for start in range(0, PICTURES, 64):
        for offset, known in cache.known(STAMPS[start : start + 64]).items():
            assert known.digest == DIGESTS[start + offset], "another picture's content"
            assert np.array_equal(known.features, VECTORS[start + offset]), "another picture's features"
            count += 1
        contents = cache.of_contents(DIGESTS[start : start + 64])
        for vector, features in zip(VECTORS[start:], contents, strict=False):
            assert features is None or np.array_equal(features, vector), "another content's features"
    return count


def _judged(
    tried: Path, moment: Callable[[Path, Callable[[], None]], int], damage: Callable[[], None]
) -> str:
    left = moment(tried, damage)
    for _ in range(2):  # what the first keeps is lost once more if damage shows while it keeps the rest
        with _cache(tried) as cache:
            _right_answers(cache)  # as a run does, before it makes what is missing
            _store(cache)
    with _cache(tried) as cache:
        again = _right_answers(cache)
        assert again == PICTURES or cache.problem, f"only {again} are known again, without a word"
    return f"{left} of {PICTURES} were left, {again} after they were made anew"


def _try_embeddings(
    whole: Path,
    tried: Path,
    suffix: str,
    damage: Damage,
    moment: Callable[[Path, Callable[[], None]], int],
    rng: random.Random,
) -> str:
    _copy(whole, tried)
    return _judged(tried, moment, lambda: damage(tried / f"{NAME}{suffix}", rng))


def _try_change(whole: Path, tried: Path, change: str, rng: random.Random) -> str:
    def damage() -> None:
        connection = sqlite3.connect(tried / f"{NAME}{INDEX}", isolation_level=None)
        try:
            connection.execute(change)
        except sqlite3.Error:
            pass
        finally:
            connection.close()

    _copy(whole, tried)
    return _judged(tried, _before, damage)


def _try_nan(whole: Path, tried: Path, rng: random.Random) -> str:
    row = rng.randrange(PICTURES)

    def damage() -> None:
        poisoned = np.full(DIMENSION, rng.choice([np.nan, np.inf, -np.inf]), np.float16).tobytes()
        rows = tried / f"{NAME}{ROWS}"
        content = rows.read_bytes()
        rows.write_bytes(content[: row * LENGTH] + poisoned + content[(row + 1) * LENGTH :])
        connection = sqlite3.connect(tried / f"{NAME}{INDEX}")
        with connection:
            (digest,) = connection.execute("SELECT digest FROM entry WHERE row = ?", (row,)).fetchone()
            checksum = zlib.crc32(poisoned, zlib.crc32(digest))
            connection.execute("UPDATE entry SET checksum = ? WHERE row = ?", (checksum, row))
        connection.close()

    _copy(whole, tried)
    return _judged(tried, _before, damage)


def _copy(whole: Path, tried: Path) -> None:
    shutil.rmtree(tried, ignore_errors=True)
    shutil.copytree(whole, tried)


def _as_another(path: Path, rng: random.Random) -> None:
    other = {".onnx": b"another valid network", ".json": json.dumps({"sha256": "0" * 64}).encode()}
    path.write_bytes(other[path.suffix])


def _try_network(suffix: str, damage: Damage, rng: random.Random) -> str:
    backbone = get_backbone("conv4")
    network = rng.randbytes(3 * PAGE)
    shutil.rmtree(converted_file(backbone).parent, ignore_errors=True)
    with (
        mock.patch.object(onnx_conversion, "bundled_file", return_value=Path("/nowhere")),
        mock.patch.object(onnx_conversion, "_convert_elsewhere", return_value=network),
    ):
        assert converted(backbone) == Converted(network)
        damage(converted_file(backbone).with_suffix(suffix), rng)
        found = converted(backbone)
    assert found.model == network, "another network"
    return str(found.problem or "converted anew")
