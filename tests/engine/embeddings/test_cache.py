"""The cache remembers features, forgets nothing it should not, and never stops a run."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from engine.embeddings import cache as cache_module
from engine.embeddings import eviction, row_file
from engine.embeddings import limit as limit_module
from engine.embeddings.cache import EmbeddingCache, Stamp
from engine.embeddings.clearing import size_on_disk
from engine.embeddings.limit import GIGABYTE, choose_limit, chosen_limit, limit
from engine.embeddings.row_file import RowFile
from engine.paths import data_dir
from tests.engine.embeddings.fake_encoder import FakeEncoder

VECTOR = np.array([1.5, -2.0, 3.25], np.float32)
DIGEST = b"0123456789abcdef"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "embeddings"


@pytest.fixture
def stamp(tmp_path: Path) -> Stamp:
    (tmp_path / "picture.png").write_bytes(b"content")
    stamp = Stamp.of(tmp_path / "picture.png")
    assert stamp is not None
    return stamp


def index_and_rows(folder: Path) -> tuple[Path, Path]:
    (index,) = folder.glob("*.index")
    (rows,) = folder.glob("*.rows")
    return index, rows


def test_what_was_stored_is_known_by_file_and_by_content(folder: Path, stamp: Stamp) -> None:
    with EmbeddingCache(folder, FakeEncoder()) as cache:
        assert cache.known([stamp]) == {}
        cache.store([(stamp, DIGEST, VECTOR)])
    with EmbeddingCache(folder, FakeEncoder()) as cache:
        known = cache.known([None, stamp])
        assert list(known) == [1]
        assert known[1].digest == DIGEST
        np.testing.assert_array_equal(known[1].features, VECTOR)
        np.testing.assert_array_equal(cache.of_contents([DIGEST])[0], VECTOR)
        assert cache.of_contents([b"another content."]) == [None]


def test_a_file_of_a_far_future_is_not_known_by_its_time(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(b"content")
    os.utime(path, ns=(2**63, 2**63))
    if path.stat().st_mtime_ns != 2**63:
        pytest.skip("this drive keeps no such date")
    with EmbeddingCache(folder, FakeEncoder()) as cache:
        cache.store([(Stamp.of(path), DIGEST, VECTOR)])
        assert cache.known([Stamp.of(path)]) == {}
        assert cache.of_contents([DIGEST])[0] is not None
        assert cache.problem is None


def test_a_file_of_another_size_or_time_is_not_known(folder: Path, stamp: Stamp, tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    with EmbeddingCache(folder, FakeEncoder()) as cache:
        cache.store([(stamp, DIGEST, VECTOR)])
        os.utime(path, ns=(stamp.mtime_ns, stamp.mtime_ns + 1))
        assert cache.known([Stamp.of(path)]) == {}
        path.write_bytes(b"longer content")
        os.utime(path, ns=(stamp.mtime_ns, stamp.mtime_ns))
        assert cache.known([Stamp.of(path)]) == {}


def test_encoders_do_not_share_features(folder: Path, stamp: Stamp) -> None:
    with EmbeddingCache(folder, FakeEncoder(fingerprint="one")) as cache:
        cache.store([(stamp, DIGEST, VECTOR)])
    with EmbeddingCache(folder, FakeEncoder(fingerprint="two")) as cache:
        assert cache.known([stamp]) == {}
        assert cache.of_contents([DIGEST]) == [None]


def test_a_path_that_cannot_be_seen_has_no_stamp(tmp_path: Path) -> None:
    assert Stamp.of(tmp_path / "gone.png") is None
    assert Stamp.of(Path("nul\0.png")) is None


# --- damage -----------------------------------------------------------------------------------

DIGESTS = [b"%016d" % number for number in range(12)]
VECTORS = np.random.default_rng(0).standard_normal((12, 3)).astype(np.float32)


@pytest.fixture
def stamps(tmp_path: Path) -> list[Stamp]:
    return [Stamp(b"%d.png" % number, number, number) for number in range(12)]


@pytest.fixture
def filled(folder: Path, stamps: list[Stamp]) -> Path:
    with EmbeddingCache(folder, FakeEncoder()) as cache:
        cache.store(zip(stamps, DIGESTS, VECTORS, strict=True))
    return folder


def assert_nothing_wrong_is_known(folder: Path, stamps: list[Stamp]) -> int:
    """Returns how many are known at all; what is not can be stored again."""
    with EmbeddingCache(folder, FakeEncoder()) as cache:
        known = cache.known(stamps)
        for position, content in known.items():
            assert content.digest == DIGESTS[position]
            np.testing.assert_array_equal(content.features, VECTORS[position])
        for vector, features in zip(VECTORS, cache.of_contents(DIGESTS), strict=True):
            assert features is None or np.array_equal(features, vector)
        cache.store(zip(stamps, DIGESTS, VECTORS, strict=True))
        assert len(cache.known(stamps)) == 12
        assert cache.problem is None
    with EmbeddingCache(folder, FakeEncoder()) as cache:
        assert len(cache.known(stamps)) == 12
        assert cache.problem is None
    return len(known)


@pytest.mark.parametrize("damage", [b"", b"this is no database, " * 300, b"SQLite format 3\0" + b"?" * 5000])
def test_a_damaged_index_is_replaced_at_once(filled: Path, stamps: list[Stamp], damage: bytes) -> None:
    index_and_rows(filled)[0].write_bytes(damage)
    assert assert_nothing_wrong_is_known(filled, stamps) == 0


def test_damage_that_shows_only_when_pages_are_read_costs_only_time(
    filled: Path, stamps: list[Stamp]
) -> None:
    index, _ = index_and_rows(filled)
    first_page = index.read_bytes()[:4096]  # says which tables there are
    index.write_bytes(first_page + b"\xff" * (index.stat().st_size - len(first_page)))
    assert assert_nothing_wrong_is_known(filled, stamps) == 0


def flip_a_bit(rows: Path) -> None:
    content = bytearray(rows.read_bytes())
    content[5 * 12 + 3] ^= 4
    rows.write_bytes(content)


def swap_two_rows(rows: Path) -> None:
    content = rows.read_bytes()
    rows.write_bytes(content[12:24] + content[:12] + content[24:])


def cut_short(rows: Path) -> None:
    rows.write_bytes(rows.read_bytes()[: 7 * 12 + 5])


def forget_a_page(rows: Path) -> None:
    rows.write_bytes(bytes(rows.stat().st_size))


@pytest.mark.parametrize(
    ("damage", "left"), [(flip_a_bit, 11), (swap_two_rows, 10), (cut_short, 7), (forget_a_page, 0)]
)
def test_rows_that_do_not_fit_their_checksum_are_unknown(
    filled: Path, stamps: list[Stamp], damage: Callable[[Path], None], left: int
) -> None:
    damage(index_and_rows(filled)[1])
    assert assert_nothing_wrong_is_known(filled, stamps) == left


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ("UPDATE file SET digest = CAST('0000000000000003' AS BLOB)", 1),
        ("UPDATE entry SET row = row + 1000", 0),
        ("UPDATE entry SET row = -1 - row", 0),
        ("UPDATE entry SET checksum = 'none', used = 'never'", 0),
        ("UPDATE entry SET digest = CAST(digest AS TEXT)", 0),
        ("DELETE FROM entry WHERE row % 2", 6),
        ("DROP TABLE file", 0),
        ("DROP TABLE layout", 12),
        ("ALTER TABLE entry DROP COLUMN checksum", 0),
        ("DELETE FROM layout", 12),
        ("UPDATE layout SET length = 7", 0),
    ],
)
def test_an_index_out_of_step_with_the_rows_is_not_believed(
    filled: Path, stamps: list[Stamp], change: str, left: int
) -> None:
    connection = sqlite3.connect(index_and_rows(filled)[0])
    with connection:
        connection.execute(change)
    connection.close()
    assert assert_nothing_wrong_is_known(filled, stamps) == left


def test_rows_without_their_index_are_no_use_and_no_harm(filled: Path, stamps: list[Stamp]) -> None:
    index_and_rows(filled)[0].unlink()
    assert assert_nothing_wrong_is_known(filled, stamps) == 0


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_what_is_not_finite_is_neither_stored_nor_handed_out(
    filled: Path, stamps: list[Stamp], number: float
) -> None:
    poisoned = np.array([number, 1.0, 2.0], np.float32)
    stamp = Stamp(b"another.png", 1, 1)
    with EmbeddingCache(filled, FakeEncoder()) as cache:
        cache.store([(stamp, DIGEST, poisoned)])
        assert cache.known([stamp]) == {}
        assert cache.of_contents([DIGEST]) == [None]
    # With its right checksum, as only somebody who means it writes it.
    index, rows = index_and_rows(filled)
    rows.write_bytes(poisoned.tobytes() + rows.read_bytes()[12:])
    connection = sqlite3.connect(index)
    with connection:
        checksum = zlib.crc32(poisoned.tobytes(), zlib.crc32(DIGESTS[0]))
        connection.execute("UPDATE entry SET checksum = ? WHERE row = 0", (checksum,))
    connection.close()
    assert assert_nothing_wrong_is_known(filled, stamps) == 11


def test_a_vector_of_another_length_is_never_handed_out(folder: Path, stamp: Stamp) -> None:
    with EmbeddingCache(folder, FakeEncoder()) as cache:
        cache.store([(stamp, DIGEST, VECTOR)])
    with EmbeddingCache(folder, FakeEncoder(shape=(2,))) as cache:
        assert cache.known([stamp]) == {}
        cache.store([(stamp, DIGEST, VECTOR[:2])])
        np.testing.assert_array_equal(cache.known([stamp])[0].features, VECTOR[:2])


# --- a disk that does not take part -----------------------------------------------------------


def assert_of_no_use_but_harmless(cache: EmbeddingCache, stamp: Stamp) -> None:
    cache.store([(stamp, DIGEST, VECTOR)])
    assert cache.known([stamp]) == {}
    assert cache.of_contents([DIGEST]) == [None]


def test_a_folder_that_cannot_be_made_is_told_and_does_no_harm(tmp_path: Path, stamp: Stamp) -> None:
    (tmp_path / "taken").write_text("a file")
    with EmbeddingCache(tmp_path / "taken" / "embeddings", FakeEncoder()) as cache:
        assert "not being cached" in str(cache.problem)
        assert str(tmp_path / "taken") in str(cache.problem)
        assert_of_no_use_but_harmless(cache, stamp)


def test_on_a_full_disk_nothing_more_is_kept_but_what_there_is_still_serves(
    filled: Path, stamps: list[Stamp], stamp: Stamp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(file: RowFile, row: int, data: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(RowFile, "_write", full_disk)
    with EmbeddingCache(filled, FakeEncoder()) as cache:
        cache.store([(stamp, DIGEST, VECTOR)])
        assert str(cache.problem) == f"Embeddings are not being cached in {filled}: No space left on device."
        assert cache.known([stamp]) == {}
        assert len(cache.known(stamps)) == 12
    monkeypatch.undo()
    assert assert_nothing_wrong_is_known(filled, stamps) == 12


def test_a_full_disk_for_the_index_is_told_and_does_no_harm(
    filled: Path, stamps: list[Stamp], stamp: Stamp, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect: Callable[..., sqlite3.Connection] = sqlite3.connect

    def on_a_full_disk(*arguments: object, **options: object) -> sqlite3.Connection:
        connection = connect(*arguments, **options)
        connection.execute("PRAGMA max_page_count = 1")
        return connection

    monkeypatch.setattr(sqlite3, "connect", on_a_full_disk)
    many = [(Stamp(b"%d" % n, n, n), b"x%015d" % n, VECTOR) for n in range(500)]
    with EmbeddingCache(filled, FakeEncoder()) as cache:
        cache.store(many)
        assert "full" in str(cache.problem)
        assert len(cache.known(stamps)) == 12


def test_a_cache_that_may_only_be_read_is_read(
    filled: Path, stamps: list[Stamp], stamp: Stamp, monkeypatch: pytest.MonkeyPatch
) -> None:
    index, rows = index_and_rows(filled)
    index.chmod(0o400)
    rows.chmod(0o400)
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # an administrator may write all the same
    with EmbeddingCache(filled, FakeEncoder()) as cache:
        assert len(cache.known(stamps)) == 12
        cache.store([(stamp, DIGEST, VECTOR)])
        assert "not being cached" in str(cache.problem)
        assert len(cache.known(stamps)) == 12


@pytest.mark.parametrize("name", ["index", "rows"])
def test_something_else_under_the_name_of_the_cache_does_no_harm(
    filled: Path, stamp: Stamp, name: str
) -> None:
    (path,) = filled.glob(f"*.{name}")
    path.unlink()
    path.mkdir()
    (path / "kept").write_text("mine")
    with EmbeddingCache(filled, FakeEncoder()) as cache:
        assert_of_no_use_but_harmless(cache, stamp)
        assert "not being cached" in str(cache.problem)
    assert (path / "kept").read_text() == "mine"


# --- several at once --------------------------------------------------------------------------


def test_two_runs_may_use_the_cache_at_the_same_time(folder: Path, stamp: Stamp) -> None:
    with EmbeddingCache(folder, FakeEncoder()) as one, EmbeddingCache(folder, FakeEncoder()) as other:
        one.store([(stamp, DIGEST, VECTOR)])
        assert list(other.known([stamp])) == [0]
        other.store([(stamp, DIGEST, VECTOR)])
        assert one.problem is other.problem is None


def test_a_closed_cache_holds_nothing(folder: Path, stamp: Stamp) -> None:
    cache = EmbeddingCache(folder, FakeEncoder())
    cache.close()
    cache.close()
    assert_of_no_use_but_harmless(cache, stamp)
    assert cache.problem is None


def test_rows_of_several_caches_do_not_overlap(folder: Path, stamps: list[Stamp]) -> None:
    with EmbeddingCache(folder, FakeEncoder()) as one, EmbeddingCache(folder, FakeEncoder()) as other:
        for number, (stamp, digest, vector) in enumerate(zip(stamps, DIGESTS, VECTORS, strict=True)):
            (one if number % 2 else other).store([(stamp, digest, vector)])
        assert len(one.known(stamps)) == len(other.known(stamps)) == 12
    assert assert_nothing_wrong_is_known(folder, stamps) == 12


def test_a_cache_that_is_deleted_meanwhile_costs_only_time(filled: Path, stamps: list[Stamp]) -> None:
    with EmbeddingCache(filled, FakeEncoder()) as cache:
        shutil.rmtree(filled)
        cache.known(stamps)
        cache.store(zip(stamps, DIGESTS, VECTORS, strict=True))
    assert_nothing_wrong_is_known(filled, stamps)


def test_what_another_process_holds_too_long_is_looked_at_anew(
    filled: Path, stamps: list[Stamp], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_file, "_PATIENCE", 0.0)
    holder = sqlite3.connect(index_and_rows(filled)[0])
    with EmbeddingCache(filled, FakeEncoder()) as cache:
        holder.execute("BEGIN EXCLUSIVE")
        assert cache.known(stamps) == {}
        cache.store(zip(stamps, DIGESTS, VECTORS, strict=True))
        holder.rollback()
        assert len(cache.known(stamps)) == 12
        assert cache.problem is None
    holder.close()


# --- the limit --------------------------------------------------------------------------------

ROW = 64 * 1024
"""Bytes of a row so large that the index does not count."""


class LargeRows(FakeEncoder):
    def __init__(self, fingerprint: str = "large") -> None:
        super().__init__(fingerprint=fingerprint, shape=(ROW // 4,))


def store_large(folder: Path, numbers: range, fingerprint: str = "large") -> str:
    """Returns the problem."""
    with EmbeddingCache(folder, LargeRows(fingerprint)) as cache:
        for number in numbers:
            vector = np.full(ROW // 4, number, np.float32)
            cache.store([(Stamp(b"%d" % number, 0, 0), b"%016d" % number, vector)])
        return str(cache.problem or "")


def known_large(folder: Path, fingerprint: str = "large") -> set[int]:
    with EmbeddingCache(folder, LargeRows(fingerprint)) as cache:
        known = cache.known([Stamp(b"%d" % number, 0, 0) for number in range(60)])
        assert all((content.features == number).all() for number, content in known.items())
        return set(known)


def used_long_ago(folder: Path, numbers: range, days: int, fingerprint: str = "large") -> None:
    connection = sqlite3.connect(folder / f"{fingerprint}.index")
    then = int(time.time()) - days * 24 * 3600
    with connection:
        connection.executemany(
            "UPDATE entry SET used = ? WHERE digest = ?", [(then, b"%016d" % number) for number in numbers]
        )
    connection.close()


@pytest.fixture
def little_room(monkeypatch: pytest.MonkeyPatch) -> int:
    """A limit that lets about 20 rows in."""
    monkeypatch.setattr(cache_module, "backbones", dict)  # no encoder of today but the cache's own
    choose_limit(20 * ROW + 60_000)
    return 20 * ROW + 60_000


def test_what_was_used_longest_ago_makes_room(folder: Path, little_room: int) -> None:
    assert store_large(folder, range(20)) == ""
    used_long_ago(folder, range(10), days=3)
    used_long_ago(folder, range(5, 15), days=2)
    assert store_large(folder, range(30, 36)) == ""
    left = known_large(folder)
    assert left >= {*range(15, 20), *range(30, 36)}
    assert left.isdisjoint(range(5))
    assert len(left & {*range(5, 15)}) >= 7
    assert size_on_disk(folder) <= little_room


def test_what_is_in_use_stays_and_what_finds_no_room_is_not_kept(folder: Path, little_room: int) -> None:
    store_large(folder, range(20))
    problem = store_large(folder, range(30, 36))
    assert problem.startswith("The cache has reached its limit of 0.00137 GB")
    assert known_large(folder) == set(range(20))
    assert size_on_disk(folder) <= little_room


def test_pictures_of_a_run_stay_although_it_has_not_come_to_them(
    folder: Path, little_room: int, tmp_path: Path
) -> None:
    store_large(folder, range(10))
    paths = [tmp_path / f"{number}.png" for number in range(5)]
    with EmbeddingCache(folder, LargeRows()) as cache:
        for number, path in enumerate(paths):
            path.write_bytes(b"content")
            cache.store([(Stamp.of(path), b"%016d" % (50 + number), np.full(ROW // 4, 50.0, np.float32))])
    used_long_ago(folder, range(5), days=1)
    used_long_ago(folder, range(50, 55), days=9)
    with EmbeddingCache(folder, LargeRows()) as cache:
        cache.protect(paths)
        for number in range(20, 28):
            cache.store([(None, b"%016d" % number, np.full(ROW // 4, number, np.float32))])
        assert len(cache.known([Stamp.of(path) for path in paths])) == 5


def test_encoders_that_are_no_more_go_first(folder: Path, little_room: int) -> None:
    store_large(folder, range(10))
    store_large(folder, range(9), "earlier-decoder")
    used_long_ago(folder, range(10), days=9)
    store_large(folder, range(10, 16))
    assert known_large(folder) == set(range(16))
    assert not list(folder.glob("earlier-decoder*"))


def test_what_another_process_uses_is_not_taken_for_damaged(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_file, "_PATIENCE", 0.0)
    store_large(folder, range(10))
    holder = sqlite3.connect(folder / "large.index")
    holder.execute("BEGIN EXCLUSIVE")
    assert eviction.evict(folder, 0, 0, lambda: {"large"}) < 0
    holder.close()
    assert known_large(folder) == set(range(10))


@pytest.mark.parametrize("length", [0, -4])
def test_an_index_whose_rows_have_no_length_makes_room(folder: Path, length: int) -> None:
    store_large(folder, range(3))
    with sqlite3.connect(folder / "large.index") as index:
        index.execute("UPDATE layout SET length = ?", (length,))
    index.close()
    assert eviction.evict(folder, 0, 0, lambda: {"large"}) == 0


def test_a_lower_limit_holds_after_the_next_run(folder: Path) -> None:
    store_large(folder, range(20))
    used_long_ago(folder, range(20), days=1)
    choose_limit(5 * ROW)
    with EmbeddingCache(folder, LargeRows()) as cache:
        assert len(cache.known([Stamp(b"0", 0, 0)])) == 1
    assert size_on_disk(folder) <= 5 * ROW
    assert 0 in known_large(folder)


def test_a_file_that_is_mostly_holes_shrinks(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_file, "_AT_A_TIME", 4)
    store_large(folder, range(20))
    connection = sqlite3.connect(folder / "large.index")
    with connection:
        connection.execute("DELETE FROM entry WHERE row % 4")
    connection.close()
    assert known_large(folder) == {0, 4, 8, 12, 16}
    assert (folder / "large.rows").stat().st_size == 5 * ROW


def test_what_earlier_versions_kept_is_removed(folder: Path, stamp: Stamp) -> None:
    folder.mkdir()
    for name in ("mean-colour.sqlite", "mean-colour.sqlite-wal", "other.sqlite"):
        (folder / name).write_bytes(b"x" * 1000)
    (folder / "mine.txt").write_text("stays")
    with EmbeddingCache(folder, FakeEncoder()) as cache:
        cache.store([(stamp, DIGEST, VECTOR)])
    assert sorted(p.suffix for p in folder.iterdir() if p.stat().st_size) == [".index", ".rows", ".txt"]


def test_the_limit_follows_the_disk_until_it_is_set(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def free(number: int) -> None:
        usage = SimpleNamespace(total=10**15, used=0, free=number)
        monkeypatch.setattr(limit_module.shutil, "disk_usage", lambda path: usage)

    free(50 * GIGABYTE)
    assert limit(folder) == 5 * GIGABYTE
    folder.mkdir()
    (folder / "x.rows").write_bytes(bytes(1000))
    assert limit(folder) == 5 * GIGABYTE + 100
    free(10**14)
    assert limit(folder) == 20 * GIGABYTE
    choose_limit(2 * GIGABYTE)
    assert limit(folder) == chosen_limit() == 2 * GIGABYTE
    choose_limit(None)
    assert limit(folder) == 20 * GIGABYTE


@pytest.mark.parametrize(
    "content", [b"", b"[1]", b"{}", b'{"cache_limit": true}', b'{"cache_limit": -1}', b"[" * 9999]
)
def test_a_limit_that_cannot_be_read_is_none(content: bytes) -> None:
    choose_limit(1)
    (file,) = data_dir().glob("*.json")
    file.write_bytes(content)
    assert chosen_limit() is None
