"""Pictures become features in batches; nothing is lost, and nothing done twice."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from engine.backbones.base import get_backbone
from engine.embeddings import encoders, pipeline
from engine.embeddings.cache import EmbeddingCache, Stamp
from engine.embeddings.encoders import Encoder, OnnxEncoder, OutOfMemoryError, PixelEncoder, TorchEncoder
from engine.embeddings.pipeline import DeviceNotice, encode_pictures
from engine.images import content_hash, read_picture
from engine.messages import Message
from tests.broken_pictures import FINE, write_corpus
from tests.engine.embeddings.conftest import MakePictures
from tests.engine.embeddings.fake_encoder import FakeEncoder


@dataclass
class Collected:
    """What the batches of a run held, together."""

    features: dict[int, NDArray[np.generic]] = field(default_factory=dict)
    files: dict[int, tuple[Stamp | None, bytes]] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)
    from_cache: int = 0
    notices: list[DeviceNotice] = field(default_factory=list)


def collect(paths: Sequence[Path], encoder: Encoder, cache: EmbeddingCache) -> Collected:
    collected = Collected()
    for batch in encode_pictures(paths, encoder, cache):
        assert len(batch.positions) == len(batch.features)
        for position, vector in zip(batch.positions.tolist(), batch.features, strict=True):
            assert position not in collected.features
            collected.features[position] = vector
        files = zip(batch.stamps, batch.digests, strict=True)
        collected.files |= dict(zip(batch.positions.tolist(), files, strict=True))
        for position, reason in batch.unreadable:
            assert position not in collected.reasons
            collected.reasons[position] = str(reason)
        collected.from_cache += batch.from_cache
        collected.notices += batch.notices
    return collected


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[EmbeddingCache]:
    with EmbeddingCache(tmp_path / "embeddings", FakeEncoder()) as cache:
        yield cache
        assert cache.problem is None


def numbers(collected: Collected) -> dict[int, int]:
    """The number each picture has as its colour, by position."""
    return {position: int(vector[0]) for position, vector in collected.features.items()}


def test_every_picture_is_encoded_once_in_batches(make_pictures: MakePictures, cache: EmbeddingCache) -> None:
    encoder = FakeEncoder()
    collected = collect(make_pictures(11), encoder, cache)
    assert numbers(collected) == {number: number for number in range(11)}
    assert encoder.encoded == [4, 4, 3]
    assert collected.from_cache == 0


def test_no_pictures_make_no_batches(cache: EmbeddingCache) -> None:
    assert list(encode_pictures([], FakeEncoder(), cache)) == []


def test_a_second_run_encodes_and_reads_nothing(
    make_pictures: MakePictures, cache: EmbeddingCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths, encoder = make_pictures(11), FakeEncoder()
    first = collect(paths, encoder, cache)
    read: list[Path] = []
    monkeypatch.setattr(pipeline, "read_picture", read.append)
    second = collect(paths, encoder, cache)
    assert sum(encoder.encoded) == 11
    assert read == []
    assert second.from_cache == 11
    assert all(np.array_equal(first.features[p], second.features[p]) for p in range(11))


def test_the_content_of_every_file_travels_with_its_features(
    make_pictures: MakePictures, cache: EmbeddingCache
) -> None:
    paths, encoder = make_pictures(11), FakeEncoder()
    paths.append(paths[0].with_name("gone.png"))
    read = {place: (Stamp.of(path), content_hash(path.read_bytes())) for place, path in enumerate(paths[:-1])}
    collect(paths[3:8], encoder, cache)
    partly_known, all_known = collect(paths, encoder, cache), collect(paths, encoder, cache)
    assert partly_known.files == all_known.files == read


def test_only_what_is_new_is_encoded(make_pictures: MakePictures, cache: EmbeddingCache) -> None:
    paths, encoder = make_pictures(11), FakeEncoder()
    collect(paths[3:8], encoder, cache)
    encoder.encoded.clear()
    collected = collect(paths, encoder, cache)
    assert numbers(collected) == {number: number for number in range(11)}
    assert sum(encoder.encoded) == 6
    assert collected.from_cache == 5


def test_the_same_content_under_another_name_is_not_encoded(
    make_pictures: MakePictures, cache: EmbeddingCache, tmp_path: Path
) -> None:
    (path,), encoder = make_pictures(1), FakeEncoder()
    collect([path], encoder, cache)
    moved = path.rename(tmp_path / "moved.png")
    collected = collect([moved], encoder, cache)
    assert numbers(collected) == {0: 0}
    assert collected.from_cache == 1
    assert encoder.encoded == [1]


def test_a_changed_file_is_encoded_again(make_pictures: MakePictures, cache: EmbeddingCache) -> None:
    (path,), encoder = make_pictures(1), FakeEncoder()
    collect([path], encoder, cache)
    before = path.stat()
    Image.fromarray(np.full((10, 10, 3), 77, np.uint8)).save(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 10))
    assert numbers(collect([path], encoder, cache)) == {0: 77}


def test_unreadable_pictures_travel_with_their_reasons(tmp_path: Path, cache: EmbeddingCache) -> None:
    specimens = list(write_corpus(tmp_path / "corpus").values())
    collected = collect([specimen.path for specimen in specimens], FakeEncoder(), cache)
    expected = {p: s.outcome for p, s in enumerate(specimens) if s.outcome != FINE}
    assert collected.reasons == expected
    assert collected.features.keys() == set(range(len(specimens))) - expected.keys()


def test_a_batch_of_nothing_but_unreadable_pictures_is_fine(tmp_path: Path, cache: EmbeddingCache) -> None:
    paths = [tmp_path / f"gone-{number}.png" for number in range(9)]
    collected = collect(paths, FakeEncoder(), cache)
    assert collected.features == {}
    assert collected.reasons == dict.fromkeys(range(9), "not found")


def test_a_cache_out_of_order_costs_only_time(make_pictures: MakePictures, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    encoder = FakeEncoder()
    with EmbeddingCache(tmp_path / "taken" / "embeddings", encoder) as cache:
        for _ in range(2):
            assert numbers(collect(make_pictures(6), encoder, cache)) == {n: n for n in range(6)}
    assert sum(encoder.encoded) == 12


# --- staying in control -----------------------------------------------------------------------


@pytest.fixture
def slow_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A disk that delivers nothing until the event is set."""
    delivers, read = threading.Event(), read_picture

    def read_slowly(path: Path) -> bytes:
        delivers.wait()
        return read(path)

    monkeypatch.setattr(pipeline, "read_picture", read_slowly)
    yield delivers
    delivers.set()


def test_while_the_disk_is_slow_empty_batches_are_handed_over(
    make_pictures: MakePictures, cache: EmbeddingCache, slow_disk: threading.Event
) -> None:
    batches = encode_pictures(make_pictures(3), FakeEncoder(), cache)
    for batch in (next(batches), next(batches)):
        assert batch.positions.shape == (0,)
        assert batch.features.shape == (0, 3)
    slow_disk.set()
    assert sum(len(batch.positions) for batch in batches) == 3


def test_stopping_midway_leaves_no_thread(
    make_pictures: MakePictures, cache: EmbeddingCache, slow_disk: threading.Event
) -> None:
    batches = encode_pictures(make_pictures(30), FakeEncoder(), cache)
    next(batches)
    decoders = [thread for thread in threading.enumerate() if thread.name.startswith("decode")]
    assert decoders
    batches.close()  # returns although the disk has delivered nothing
    slow_disk.set()
    for thread in decoders:
        thread.join(timeout=10)
        assert not thread.is_alive()


def test_what_was_encoded_before_stopping_is_remembered(
    make_pictures: MakePictures, cache: EmbeddingCache
) -> None:
    paths, encoder = make_pictures(12), FakeEncoder()
    batches = encode_pictures(paths, encoder, cache)
    while not len(next(batches).positions):
        pass
    batches.close()
    assert collect(paths, FakeEncoder(), cache).from_cache == 4


def test_a_bug_in_an_encoder_is_not_swallowed(make_pictures: MakePictures, cache: EmbeddingCache) -> None:
    class Broken(FakeEncoder):
        def encode(self, pixels: NDArray[np.uint8]) -> NDArray[np.generic]:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        collect(make_pictures(3), Broken(), cache)


# --- too little memory ------------------------------------------------------------------------


def test_out_of_memory_halves_the_batch_until_it_fits(
    make_pictures: MakePictures, cache: EmbeddingCache
) -> None:
    encoder = FakeEncoder(batch_size=8, room=2)
    collected = collect(make_pictures(19), encoder, cache)
    assert numbers(collected) == {number: number for number in range(19)}
    assert set(encoder.encoded) <= {1, 2}
    assert collected.notices == [
        DeviceNotice(Message("fake, 4"), Message("4 at a time")),
        DeviceNotice(Message("fake, 2"), Message("2 at a time")),
    ]


def test_where_not_even_one_fits_the_work_goes_elsewhere(
    make_pictures: MakePictures, cache: EmbeddingCache
) -> None:
    collected = collect(make_pictures(7), FakeEncoder(batch_size=2, room=0), cache)
    assert numbers(collected) == {number: number for number in range(7)}
    assert [str(notice.device) for notice in collected.notices] == ["fake, 1", "fallback"]


class FullCard(torch.nn.Module):
    """A network on a card that has room for `room` pictures."""

    def __init__(self, network: torch.nn.Module, room: int) -> None:
        super().__init__()
        self.network, self.room = network, room

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        if len(pixels) > self.room:
            raise torch.OutOfMemoryError("CUDA out of memory")
        embeddings: torch.Tensor = self.network(pixels)
        return embeddings


def test_a_full_card_gets_smaller_batches_and_then_the_cpu_takes_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    backbone, cpu = get_backbone("conv4"), torch.device("cpu")
    honest = encoders._torch_module
    monkeypatch.setattr(
        encoders, "_torch_module", lambda backbone, device: FullCard(honest(backbone, device), room=0)
    )
    encoder: Encoder = TorchEncoder(backbone, cpu, batch_size=4)
    pixels = np.random.default_rng(0).integers(0, 256, (4, 28, 28, 1), dtype=np.uint8)
    with pytest.raises(OutOfMemoryError):
        encoder.encode(pixels)
    sizes, messages = [], []
    while isinstance(encoder, TorchEncoder):
        sizes.append(encoder.batch_size)
        encoder, message = encoder.with_less_memory()
        messages.append(message)
    assert sizes == [4, 2, 1]
    assert isinstance(encoder, OnnxEncoder)
    assert all("cpu ran out of memory" in str(message) for message in messages[:2])
    assert "going on with the CPU" in str(messages[-1])


def test_pixels_as_features_are_the_pictures_themselves(make_pictures: MakePictures, tmp_path: Path) -> None:
    encoder = PixelEncoder(get_backbone("conv4"), torch.device("cpu"))
    paths = make_pictures(3)
    with EmbeddingCache(tmp_path / "embeddings", encoder) as cache:
        for run in range(2):
            collected = collect(paths, encoder, cache)
            assert collected.from_cache == 3 * run
            for position, path in enumerate(paths):
                with Image.open(path) as picture:
                    expected = encoder.preprocessing.apply(picture)
                np.testing.assert_array_equal(collected.features[position], expected)
