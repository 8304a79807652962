"""Devices are proven by running something on them."""

from __future__ import annotations

import pytest
import torch

from engine import devices
from engine.devices import is_out_of_memory, list_devices, resolve_device
from engine.errors import FewshotError


def test_the_cpu_is_always_there_and_last() -> None:
    found = list_devices()
    assert found[-1].name == "cpu"
    assert str(found[-1].title).startswith("CPU")
    assert all(device.title for device in found)


def test_auto_is_the_first_of_the_list() -> None:
    assert str(resolve_device("auto")) == list_devices()[0].name


def test_a_device_asked_for_by_name_is_taken() -> None:
    assert resolve_device("cpu") == torch.device("cpu")


@pytest.mark.parametrize("name", ["quantum", "", "cpu:x", "cuda:99", "meta", "auto:0", "cuda:-1"])
def test_a_device_that_cannot_be_used_is_refused_with_those_that_can(name: str) -> None:
    with pytest.raises(FewshotError, match=rf"“{name}” cannot be used \(.*\); choose one of: auto, .*cpu\.$"):
        resolve_device(name)


def test_a_device_that_computes_wrongly_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    def half_dead(picture: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        return torch.zeros(1, 1, 1, 1)

    monkeypatch.setattr(torch.nn.functional, "conv2d", half_dead)
    assert list_devices() == []
    with pytest.raises(FewshotError, match=r"computed 0\.0 instead of 9"):
        resolve_device("cpu")


def test_a_card_that_fails_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many old cards are there, but no kernel of this build runs on them."""
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(
        devices, "fault", lambda name: None if name in ("cuda:1", "cpu") else "no kernel image"
    )
    monkeypatch.setattr(devices, "title", lambda name: f"the {name}")
    assert [device.name for device in list_devices()] == ["cuda:1", "cpu"]
    assert resolve_device("auto") == torch.device("cuda:1")
    with pytest.raises(FewshotError, match=r"“cuda:0” cannot be used \(no kernel image\)"):
        resolve_device("cuda:0")


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("[enforce fail] DefaultCPUAllocator: not enough memory: you tried to allocate 8 bytes."),
        RuntimeError("std::bad_alloc"),
        RuntimeError("can't start new thread"),
        RuntimeError("could not create a primitive"),
    ],
)
def test_a_full_memory_is_known_by_whatever_words_it_is_told_in(error: Exception) -> None:
    assert is_out_of_memory(error)
    assert not is_out_of_memory(RuntimeError("size mismatch"))
