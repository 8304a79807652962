"""Encoders are expensive to make, so each is made once."""

from __future__ import annotations

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from engine.backbones.base import Backbone, get_backbone
from engine.embeddings import encoders
from engine.embeddings.encoders import backbone_encoder
from tests.engine.embeddings.fake_encoder import FakeEncoder


def test_threads_that_ask_for_an_encoder_at_the_same_time_get_the_same_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    another_may_ask = threading.Event()

    def make(_backbone: Backbone) -> FakeEncoder:
        another_may_ask.wait(0.2)
        return FakeEncoder()

    monkeypatch.setattr(encoders, "OnnxEncoder", make)
    backbone = dataclasses.replace(get_backbone("conv4"), title="Only here")
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(backbone_encoder, backbone, torch.device("cpu")) for _ in range(2)]
    assert asked[0].result() is asked[1].result()
