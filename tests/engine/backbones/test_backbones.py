"""What holds for every backbone: its declaration is true, and its runtimes agree."""

from __future__ import annotations

import dataclasses
import pickle
import re
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray
from PIL import Image, ImageOps

from engine.backbones import DEFAULT_BACKBONE, bundling, efficientnet_lite0, onnx_conversion
from engine.backbones.base import Backbone, PixelsToEmbeddings, backbones, get_backbone
from engine.backbones.onnx_conversion import Converted, converted, converted_file
from engine.backbones.preprocessing import Preprocessing, ink_boxes
from engine.backbones.weights import Bundled
from engine.embeddings.encoders import OnnxEncoder, TorchEncoder, _onnx_session
from engine.errors import FewshotError

CPU = torch.device("cpu")


@pytest.fixture(params=[name for name, backbone in backbones().items() if backbone.unavailable is None])
def backbone(request: pytest.FixtureRequest) -> Backbone:
    return get_backbone(request.param)


@pytest.fixture(params=bundling.NAMES)
def shipped(request: pytest.FixtureRequest) -> Backbone:
    """Those that ship converted: to convert another takes a minute."""
    return get_backbone(request.param)


def some_pixels(backbone: Backbone, count: int = 3) -> NDArray[np.uint8]:
    """Noise, a blank page and a page with a stroke."""
    size, channels = backbone.preprocessing.size, backbone.preprocessing.channels
    pixels = np.random.default_rng(0).integers(0, 256, (count, size, size, channels), dtype=np.uint8)
    pixels[1] = 255
    pixels[2] = 255
    pixels[2, size // 4 : size // 2, size // 3] = 0
    return pixels


# --- the declaration --------------------------------------------------------------------------


def test_the_declared_dimension_size_and_channels_are_true(backbone: Backbone) -> None:
    pixels = torch.from_numpy(some_pixels(backbone))
    with torch.no_grad():
        embeddings = backbone.network()(backbone.normalize(pixels))
    assert embeddings.shape == (3, backbone.width)
    assert embeddings.isfinite().all()
    assert len(backbone.mean) == len(backbone.std) == backbone.preprocessing.channels


def test_an_embedding_depends_on_its_own_picture_alone(backbone: Backbone) -> None:
    module, pixels = PixelsToEmbeddings(backbone), torch.from_numpy(some_pixels(backbone))
    with torch.no_grad():
        together = module(pixels)
        alone = torch.cat([module(picture[None]) for picture in pixels])
    torch.testing.assert_close(alone, together, rtol=1e-4, atol=1e-4)


def test_normalising_in_the_network_is_normalising_before_it(backbone: Backbone) -> None:
    pixels = torch.from_numpy(some_pixels(backbone))
    with torch.no_grad():
        before = backbone.network()(backbone.normalize(pixels))
        inside = PixelsToEmbeddings(backbone)(pixels)
    torch.testing.assert_close(inside, before, rtol=1e-4, atol=1e-4)


def test_the_task_network_has_the_declared_dimension_too(backbone: Backbone) -> None:
    if backbone.task_network is not None:
        images = backbone.normalize(torch.from_numpy(some_pixels(backbone)))
        embeddings, moments = backbone.task_network()(images)
        assert embeddings.shape == (3, backbone.dimension)
        again, _ = backbone.task_network()(images[:1], moments)
        assert again.shape == (1, backbone.dimension)


@pytest.mark.parametrize("name", backbones())
def test_the_licence_and_the_source_are_told(name: str) -> None:
    backbone = get_backbone(name)
    assert backbone.name == name
    assert backbone.licence
    assert backbone.source
    assert backbone.title


def test_an_unknown_backbone_is_refused_with_the_known_ones() -> None:
    with pytest.raises(FewshotError, match=r"“resnet50”; choose one of: efficientnet-lite0, .*conv4"):
        get_backbone("resnet50")


def test_the_default_backbone_comes_with_the_installation_and_is_the_first() -> None:
    assert next(iter(backbones())) == DEFAULT_BACKBONE
    assert get_backbone(DEFAULT_BACKBONE).unavailable is None


# --- the fingerprint --------------------------------------------------------------------------


def test_the_fingerprint_changes_with_the_weights_and_the_preprocessing(
    backbone: Backbone, tmp_path: Path
) -> None:
    weights = bytearray(backbone.weights.path().read_bytes())
    (tmp_path / "same").write_bytes(weights)
    weights[-1] ^= 1
    (tmp_path / "other").write_bytes(weights)
    squeezed = dataclasses.replace(backbone.preprocessing, size=16)
    variants = {
        "copied": dataclasses.replace(backbone, weights=Bundled(tmp_path / "same")),
        "retrained": dataclasses.replace(backbone, weights=Bundled(tmp_path / "other")),
        "smaller": dataclasses.replace(backbone, preprocessing=squeezed),
        "brighter": dataclasses.replace(backbone, mean=tuple(m + 0.1 for m in backbone.mean)),
    }
    assert variants["copied"].fingerprint == backbone.fingerprint
    assert len({backbone.fingerprint, *(v.fingerprint for v in variants.values())}) == 4


# --- two runtimes -----------------------------------------------------------------------------


@pytest.mark.slow
def test_both_runtimes_give_the_same_embeddings(shipped: Backbone) -> None:
    pixels = some_pixels(shipped)
    by_torch = TorchEncoder(shipped, CPU).embed(pixels)
    by_onnx = OnnxEncoder(shipped).embed(pixels)
    assert by_onnx.dtype == by_torch.dtype == np.float32
    assert np.abs(by_onnx - by_torch).max() <= 1e-5 * max(1.0, float(np.abs(by_torch).max()))


@pytest.mark.slow
@pytest.mark.parametrize("runtime", [OnnxEncoder, lambda backbone: TorchEncoder(backbone, CPU, 4)])
def test_an_embedding_is_the_same_to_the_last_bit_in_a_batch_of_any_size(
    shipped: Backbone, runtime: Callable[[Backbone], OnnxEncoder | TorchEncoder]
) -> None:
    pixels, encoder = some_pixels(shipped), runtime(shipped)
    together = encoder.embed(pixels)
    for size in (1, 3):
        parts = [encoder.embed(pixels[start : start + size]) for start in range(0, len(pixels), size)]
        np.testing.assert_array_equal(np.concatenate(parts), together)
    np.testing.assert_array_equal(encoder.embed(pixels[::-1].copy())[::-1], together)


def test_each_runtime_has_a_place_of_its_own_in_the_cache(shipped: Backbone) -> None:
    onnx, on_torch = OnnxEncoder(shipped), TorchEncoder(shipped, CPU)
    assert onnx.fingerprint != on_torch.fingerprint  # as they differ in the last bits
    assert (onnx.dtype, onnx.shape) == (on_torch.dtype, on_torch.shape)
    assert onnx.encode(some_pixels(shipped)).dtype == onnx.dtype


@pytest.fixture
def conversions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """An empty cache, no backbones that ship, and the names of the backbones that are converted."""
    names: list[str] = []

    def convert(backbone: Backbone) -> bytes:
        names.append(backbone.name)
        return b"model"

    monkeypatch.setenv("FEWSHOT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(onnx_conversion, "_convert_elsewhere", convert)
    monkeypatch.setattr(onnx_conversion, "bundled_file", lambda one: tmp_path / "assets" / f"{one.name}.onnx")
    return names


@pytest.mark.parametrize("name", bundling.NAMES)
def test_a_backbone_that_ships_is_never_converted(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If this fails: `make backbones`."""
    monkeypatch.setenv("FEWSHOT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delattr(onnx_conversion, "_convert_elsewhere")
    backbone = get_backbone(name)
    assert converted(backbone).model == onnx_conversion.bundled_file(backbone).read_bytes()
    assert not (tmp_path / "cache").exists()


@pytest.mark.slow
def test_the_conversion_gives_the_network_that_ships() -> None:
    backbone = get_backbone("conv4")
    pixels = some_pixels(backbone)
    one, other = OnnxEncoder(backbone), OnnxEncoder(backbone)
    other._session = _onnx_session(onnx_conversion._convert_elsewhere(backbone))
    np.testing.assert_allclose(one.embed(pixels), other.embed(pixels), rtol=1e-4, atol=1e-4)


def test_one_that_ships_for_other_weights_is_not_taken(conversions: list[str], tmp_path: Path) -> None:
    backbone = get_backbone("conv4")
    onnx_conversion.bundle(backbone)
    assert converted(backbone) == Converted(b"model")
    (tmp_path / "other").write_bytes(b"other weights")
    converted(dataclasses.replace(backbone, weights=Bundled(tmp_path / "other")))
    assert conversions == ["conv4", "conv4"]


def test_a_backbone_is_converted_once(backbone: Backbone, conversions: list[str]) -> None:
    first, second = converted(backbone), converted(backbone)
    assert first == second == Converted(b"model")
    assert conversions == [backbone.name]


def test_two_runs_that_need_a_conversion_share_it(conversions: list[str]) -> None:
    backbone = get_backbone("conv4")
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: converted(backbone), range(8))) == {Converted(b"model")}
    assert conversions == ["conv4"]


def test_retrained_weights_are_converted_anew(conversions: list[str], tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"other weights")
    backbone = get_backbone("conv4")
    retrained = dataclasses.replace(backbone, weights=Bundled(tmp_path / "other"))
    converted(backbone)
    converted(retrained)
    assert converted_file(backbone) != converted_file(retrained)
    assert conversions == ["conv4", "conv4"]


def test_another_version_of_what_converts_converts_anew(
    conversions: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    converted(get_backbone("conv4"))
    monkeypatch.setattr(onnx_conversion, "_versions", lambda: {"torch": "99.0"})
    converted(get_backbone("conv4"))
    assert conversions == ["conv4", "conv4"]


def flipped(path: Path) -> None:
    path.write_bytes(bytes([path.read_bytes()[0] ^ 1]) + path.read_bytes()[1:])


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def replaced_by_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("damage", [flipped, cut_short, Path.unlink], ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("suffix", [".onnx", ".json"])
def test_what_does_not_fit_its_card_is_converted_anew(
    conversions: list[str], damage: Callable[[Path], None], suffix: str
) -> None:
    backbone = get_backbone("conv4")
    converted(backbone)
    damage(converted_file(backbone).with_suffix(suffix))
    assert converted(backbone) == converted(backbone) == Converted(b"model")
    assert conversions == ["conv4", "conv4"]


@pytest.mark.parametrize("suffix", [".onnx", ".json"])
def test_where_nothing_can_be_kept_a_run_converts_for_itself(
    conversions: list[str], suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    backbone = get_backbone("conv4")
    converted(backbone)
    replaced_by_a_folder(converted_file(backbone).with_suffix(suffix))
    found = converted(backbone)
    assert found.model == b"model"
    assert str(found.problem).startswith("The converted backbone could not be kept in ")
    assert conversions == ["conv4", "conv4"]


def test_a_conversion_that_fails_is_a_bug(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: list[str], **options: object) -> subprocess.CompletedProcess[bytes]:
        return subprocess.CompletedProcess(command, 1, b"", b"it broke")

    monkeypatch.setenv("FEWSHOT_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(onnx_conversion, "bundled_file", lambda _: tmp_path / "none")
    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(RuntimeError, match=r"conv4 could not be converted .*\n.*it broke"):
        converted(get_backbone("conv4"))


# --- weights ----------------------------------------------------------------------------------


class Bomb:
    """Unpickled, it would write a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.touch, (self.path,)


def test_weights_that_would_run_code_are_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.save({"weight": Bomb(tmp_path / "exploded")}, tmp_path / "weights.pth")
    monkeypatch.setattr(efficientnet_lite0, "WEIGHTS", Bundled(tmp_path / "weights.pth"))
    with pytest.raises(pickle.UnpicklingError):
        efficientnet_lite0.BACKBONE.network()
    assert not (tmp_path / "exploded").exists()


def test_weights_of_another_network_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.save({"weight": torch.zeros(3)}, tmp_path / "weights.pth")
    monkeypatch.setattr(efficientnet_lite0, "WEIGHTS", Bundled(tmp_path / "weights.pth"))
    with pytest.raises(FewshotError, match="do not fit"):
        efficientnet_lite0.BACKBONE.network()


# --- preprocessing ----------------------------------------------------------------------------


SHAPES = [(400, 400), (600, 200), (150, 700), (28, 28), (9, 5)]


@pytest.mark.parametrize("width_and_height", SHAPES)
def test_a_spot_in_any_corner_is_seen(backbone: Backbone, width_and_height: tuple[int, int]) -> None:
    white = Image.new("RGB", width_and_height, "white")
    without = backbone.preprocessing.apply(white)
    size, channels = backbone.preprocessing.size, backbone.preprocessing.channels
    assert without.shape == (size, size, channels)
    assert without.dtype == np.uint8
    assert without.min() == 255
    spot = max(1, max(width_and_height) // 28), max(1, max(width_and_height) // 28)
    for x in (0, width_and_height[0] - spot[0]):
        for y in (0, width_and_height[1] - spot[1]):
            marked = white.copy()
            marked.paste("black", (x, y, x + spot[0], y + spot[1]))
            assert backbone.preprocessing.apply(marked).min() < 200


@pytest.mark.parametrize("width_and_height", [(3000, 1), (1, 3000), (1, 1), (900, 10)])
def test_a_strip_of_any_length_is_read(backbone: Backbone, width_and_height: tuple[int, int]) -> None:
    for colour in ("black", "white"):
        pixels = backbone.preprocessing.apply(Image.new("RGB", width_and_height, colour))
        assert pixels.shape == (backbone.preprocessing.size,) * 2 + (backbone.preprocessing.channels,)


def test_a_stretched_picture_fills_the_square() -> None:
    photos = get_backbone("efficientnet-lite0").preprocessing
    assert (photos.apply(Image.new("RGB", (200, 100), "black")) == 0).all()


# --- the crop to the ink ----------------------------------------------------------------------

INK = get_backbone("conv4").preprocessing


def a_sign(width: int, height: int, x: int, y: int, scale: int = 1) -> Image.Image:
    """An L of three strokes' width, its corner at (x, y), on white paper."""
    page = Image.new("L", (width, height), 255)
    page.paste(0, (x, y, x + 6 * scale, y + 40 * scale))
    page.paste(0, (x, y + 34 * scale, x + 30 * scale, y + 40 * scale))
    return page


def assert_looks_like(picture: Image.Image, expected: Image.Image) -> None:
    difference = np.abs(INK.apply(picture).astype(int) - INK.apply(expected).astype(int))
    assert difference.mean() < 15


def test_where_a_sign_stands_does_not_matter() -> None:
    assert_looks_like(a_sign(300, 200, 250, 10), a_sign(300, 200, 5, 150))


def test_how_large_a_sign_is_does_not_matter() -> None:
    assert_looks_like(a_sign(300, 300, 20, 20, scale=5), a_sign(300, 300, 200, 130))


def test_the_shape_of_the_paper_does_not_matter() -> None:
    assert_looks_like(a_sign(500, 60, 400, 10), a_sign(60, 500, 20, 20))


def test_light_signs_on_dark_paper_and_faint_ones_look_the_same() -> None:
    sign = a_sign(100, 100, 30, 30)
    assert_looks_like(ImageOps.invert(sign), sign)
    assert_looks_like(sign.point(lambda grey: 150 + grey // 5), sign)


def test_grain_of_the_paper_is_no_ink() -> None:
    sign = a_sign(200, 200, 30, 30)
    grain = np.random.default_rng(0).integers(-15, 16, (200, 200))
    grainy = Image.fromarray(np.clip(np.asarray(sign).astype(int) + grain, 0, 255).astype(np.uint8))
    assert_looks_like(grainy, sign)


def test_signs_of_other_shapes_look_different() -> None:
    sign = a_sign(100, 100, 30, 30)
    difference = np.abs(
        INK.apply(sign).astype(int) - INK.apply(sign.transpose(Image.Transpose.FLIP_TOP_BOTTOM))
    )
    assert difference.mean() > 30


def test_the_box_lies_two_standard_deviations_around_the_centre_of_mass() -> None:
    ink = np.zeros((1, 64, 64), np.float32)
    ink[0, 20:40, 10:30] = 1.0  # a square of 20: its variance along each side is 20² / 12
    expected = 20.0, 30.0, *[np.sqrt(8 * 20**2 / 12)] * 2
    np.testing.assert_allclose(ink_boxes(ink)[0], expected, rtol=0.01)


def test_a_line_keeps_some_of_its_slenderness() -> None:
    ink = np.zeros((1, 64, 64), np.float32)
    ink[0, 32, 4:60] = 1.0
    _, _, half_width, half_height = ink_boxes(ink)[0]
    assert half_width > 4 * half_height > 0


@given(arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=60)))
def test_any_picture_gives_a_square_of_grey(grey: NDArray[np.uint8]) -> None:
    assert INK.apply(Image.fromarray(grey).convert("RGB")).shape == (INK.size, INK.size, 1)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"fit": "crop"}, "fit cannot be “crop”. Choose one of: stretch, ink."),
        (
            {"interpolation": "nearest"},
            "interpolation cannot be “nearest”. Choose one of: bilinear, bicubic, box.",
        ),
    ],
)
def test_a_declaration_with_a_value_that_there_is_not_is_refused(wrong: dict[str, str], says: str) -> None:
    declared = {"size": 8, "channels": 3, "interpolation": "box", "fit": "stretch"}
    with pytest.raises(ValueError, match=f"^{re.escape(says)}$"):
        Preprocessing(**{**declared, **wrong})  # type: ignore[arg-type]
