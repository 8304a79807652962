"""The cache remembers features, forgets nothing it should not, and never stops a run."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from engine.embeddings.cache import EmbeddingCache, Stamp
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


def only_file(folder: Path) -> Path:
    (path,) = folder.glob("*.sqlite")
    return path


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
        assert cache.problem == ""


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


@pytest.mark.parametrize("damage", [b"", b"this is no database, " * 300, b"SQLite format 3\0" + b"?" * 5000])
def test_a_damaged_file_is_replaced_at_once(folder: Path, stamp: Stamp, damage: bytes) -> None:
    with EmbeddingCache(folder, FakeEncoder()) as cache:
        cache.store([(stamp, DIGEST, VECTOR)])
    only_file(folder).write_bytes(damage)
    with EmbeddingCache(folder, FakeEncoder()) as cache:
        assert cache.problem == ""
        assert cache.known([stamp]) == {}
        cache.store([(stamp, DIGEST, VECTOR)])
        assert list(cache.known([stamp])) == [0]


def test_damage_that_shows_only_later_is_gone_at_the_next_run(folder: Path, stamp: Stamp) -> None:
    with EmbeddingCache(folder, FakeEncoder()) as cache:
        cache.store([(stamp, DIGEST, VECTOR)])
    path = only_file(folder)
    first_page = path.read_bytes()[:4096]  # says which tables there are
    path.write_bytes(first_page + b"\xff" * (path.stat().st_size - len(first_page)))
    with EmbeddingCache(folder, FakeEncoder()) as cache:
        assert cache.known([stamp]) == {}
        assert "malformed" in cache.problem
    with EmbeddingCache(folder, FakeEncoder()) as cache:
        cache.store([(stamp, DIGEST, VECTOR)])
        assert list(cache.known([stamp])) == [0]
        assert cache.problem == ""


def test_a_vector_of_another_length_is_never_handed_out(folder: Path, stamp: Stamp) -> None:
    with EmbeddingCache(folder, FakeEncoder()) as cache:
        cache.store([(stamp, DIGEST, VECTOR)])
    with EmbeddingCache(folder, FakeEncoder(shape=(2,))) as cache:
        assert cache.known([stamp]) == {}
        assert cache.problem


def assert_of_no_use_but_harmless(cache: EmbeddingCache, stamp: Stamp) -> None:
    cache.store([(stamp, DIGEST, VECTOR)])
    assert cache.known([stamp]) == {}
    assert cache.of_contents([DIGEST]) == [None]


def test_a_folder_that_cannot_be_made_is_told_and_does_no_harm(tmp_path: Path, stamp: Stamp) -> None:
    (tmp_path / "taken").write_text("a file")
    with EmbeddingCache(tmp_path / "taken" / "embeddings", FakeEncoder()) as cache:
        assert "not being cached" in cache.problem
        assert str(tmp_path / "taken") in cache.problem
        assert_of_no_use_but_harmless(cache, stamp)


def test_a_full_disk_is_told_and_does_no_harm(
    folder: Path, stamp: Stamp, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect: Callable[..., sqlite3.Connection] = sqlite3.connect

    def on_a_small_disk(*arguments: object, **options: object) -> sqlite3.Connection:
        connection = connect(*arguments, **options)
        connection.execute("PRAGMA max_page_count = 3")
        return connection

    monkeypatch.setattr(sqlite3, "connect", on_a_small_disk)
    with EmbeddingCache(folder, FakeEncoder(shape=(10_000,))) as cache:
        assert cache.problem == ""
        cache.store([(stamp, DIGEST, np.zeros(10_000, np.float32))])
        assert "full" in cache.problem
        assert_of_no_use_but_harmless(cache, stamp)


def test_two_runs_may_use_the_cache_at_the_same_time(folder: Path, stamp: Stamp) -> None:
    with EmbeddingCache(folder, FakeEncoder()) as one, EmbeddingCache(folder, FakeEncoder()) as other:
        one.store([(stamp, DIGEST, VECTOR)])
        assert list(other.known([stamp])) == [0]
        other.store([(stamp, DIGEST, VECTOR)])
        assert one.problem == other.problem == ""


def test_a_closed_cache_holds_nothing(folder: Path, stamp: Stamp) -> None:
    cache = EmbeddingCache(folder, FakeEncoder())
    cache.close()
    cache.close()
    assert_of_no_use_but_harmless(cache, stamp)
    assert cache.problem == ""
