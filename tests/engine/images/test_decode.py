from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from engine.images import (
    MAX_BYTES,
    MAX_PIXELS,
    READABLE_SUFFIXES,
    REASONS,
    PictureFacts,
    UnreadablePictureError,
    content_hash,
    decode,
    describe,
    file_hash,
    read_picture,
)
from tests.broken_pictures import FINE, HEIGHT, WIDTH, Specimen, encoded, flag, turned_jpeg, write_corpus

# What the program sets for itself, pytest's own filters would override.
pytestmark = pytest.mark.filterwarnings(r"ignore:::PIL\.")

SOMEWHERE = Path("some.jpg")
CORNERS = [(2, 2), (WIDTH - 3, 2), (2, HEIGHT - 3), (WIDTH - 3, HEIGHT - 3)]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Specimen]:
    return write_corpus(tmp_path_factory.mktemp("corpus"))


def outcome(path: Path) -> str:
    try:
        decode(read_picture(path), path)
    except UnreadablePictureError as unreadable:
        return str(unreadable.explanation)
    return FINE


def reason(data: bytes) -> str:
    with pytest.raises(UnreadablePictureError) as caught:
        decode(data, SOMEWHERE)
    return caught.value.reason


def grey(data: bytes) -> list[int]:
    """Brightness along the first row."""
    pixels = np.asarray(decode(data, SOMEWHERE))
    assert (pixels == pixels[:, :, :1]).all(), "not grey"
    return [int(level) for level in pixels[0, :, 0]]


def row_tiff(*values: float, dtype: type[np.generic]) -> bytes:
    return encoded(Image.fromarray(np.array([values], dtype=dtype)), "TIFF")


def test_every_picture_of_the_corpus_has_the_outcome_it_should(corpus: dict[str, Specimen]) -> None:
    outcomes = {name: outcome(specimen.path) for name, specimen in corpus.items()}
    assert outcomes == {name: specimen.outcome for name, specimen in corpus.items()}
    assert {outcome.partition(":")[0] for outcome in outcomes.values()} <= {FINE, *REASONS}


def test_every_sound_picture_of_the_corpus_shows_its_colours(corpus: dict[str, Specimen]) -> None:
    for name, specimen in corpus.items():
        if specimen.outcome == FINE:
            picture = decode(read_picture(specimen.path), specimen.path)
            assert picture.mode == "RGB"
            seen = np.array(picture.getpixel((0, 0)))
            assert np.abs(seen - specimen.corner).max() <= 8, name


@pytest.mark.parametrize("name", ["alpha", "alpha webp", "palette"])
def test_transparency_lies_on_white(corpus: dict[str, Specimen], name: str) -> None:
    picture = decode(read_picture(corpus[name].path), corpus[name].path)
    colours = [picture.getpixel(corner) for corner in CORNERS]
    assert colours == [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)]


def test_half_transparency_is_mixed_with_white() -> None:
    black = encoded(Image.new("LA", (1, 1), (0, 51)), "PNG")
    assert decode(black, SOMEWHERE).getpixel((0, 0)) == (204, 204, 204)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_are_turned_upright_as_their_exif_says(file_format: str, orientation: int) -> None:
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    stored = flag().transpose(undo[orientation]) if orientation in undo else flag()
    data = encoded(stored, file_format, exif=exif)
    picture = decode(data, SOMEWHERE)
    assert picture.size == (WIDTH, HEIGHT)
    assert describe(data, SOMEWHERE) == PictureFacts(file_format, "RGB", WIDTH, HEIGHT)
    seen = np.array([picture.getpixel(corner) for corner in CORNERS])
    assert np.abs(seen - [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)]).max() < 30


def test_broken_exif_does_not_cost_the_picture() -> None:
    junk = b"Exif\0\0II*\0\x08\0\0\0\xff\xff\x12\x01\x03\0\xff\xff\xff\xff\xff\xff\xff\xff"
    assert decode(encoded(flag(), "JPEG", exif=junk), SOMEWHERE).size == (WIDTH, HEIGHT)


@pytest.mark.subprocess
def test_the_programs_show_no_warnings_of_pillow(tmp_path: Path) -> None:
    junk = b"Exif\0\0II*\0\x08\0\0\0\xff\xff\x12\x01\x03\0\xff\xff\xff\xff\xff\xff\xff\xff"
    (tmp_path / "junk.jpg").write_bytes(encoded(flag(), "JPEG", exif=junk))
    script = (
        "import sys; from pathlib import Path; from engine.images import decode, read_picture;"
        "from engine.process import set_up_process; set_up_process();"
        "path = Path(sys.argv[1]); decode(read_picture(path), path)"
    )
    command = [sys.executable, "-W", "always", "-c", script, str(tmp_path / "junk.jpg")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[3], check=True)
    assert done.stderr == ""


@pytest.mark.parametrize("byte_order", ["<", ">"])
def test_16_bit_greys_are_scaled_by_their_full_range(byte_order: str) -> None:
    levels = np.array([[0, 255, 256, 32768, 65535]], dtype=f"{byte_order}u2")
    assert grey(encoded(Image.fromarray(levels), "TIFF")) == [0, 0, 1, 128, 255]


def test_16_bit_pgm_is_scaled_too() -> None:
    pgm = b"P5 3 1 65535\n" + np.array([0, 32768, 65535], ">u2").tobytes()
    assert grey(pgm) == [0, 128, 255]


def test_floats_from_0_to_1_keep_their_brightness() -> None:
    assert grey(row_tiff(0.0, 0.25, 0.5, dtype=np.float32)) == [0, 63, 127]


def test_other_floats_are_stretched_from_darkest_to_brightest() -> None:
    assert grey(row_tiff(-1000, 0, 1000, dtype=np.float32)) == [0, 127, 255]
    assert grey(row_tiff(-3e38, 3e38, dtype=np.float32)) == [0, 255]
    assert grey(row_tiff(7e5, 7e5, dtype=np.float32)) == [0, 0]


def test_holes_in_float_pictures_are_harmless() -> None:
    assert grey(row_tiff(np.nan, 0, 1, np.inf, -np.inf, dtype=np.float32)) == [0, 0, 255, 255, 0]
    assert grey(row_tiff(np.nan, np.nan, dtype=np.float32)) == [0, 0]


def test_only_the_first_frame_counts() -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    for file_format in ("GIF", "WEBP", "TIFF", "PNG"):
        data = encoded(frames[0], file_format, save_all=True, append_images=frames[1:])
        red, _, blue = np.asarray(decode(data, SOMEWHERE))[4, 4]
        assert red > 200 > 60 > blue, file_format


def test_a_big_jpeg_is_decoded_smaller_but_never_below_what_was_asked() -> None:
    data = encoded(flag(2000, 1200), "JPEG")
    assert decode(data, SOMEWHERE, at_least=224).size == (500, 300)
    assert decode(data, SOMEWHERE, at_least=300).size == (500, 300)
    assert decode(data, SOMEWHERE, at_least=301).size == (1000, 600)
    assert decode(data, SOMEWHERE, at_least=5000).size == (2000, 1200)
    assert decode(data, SOMEWHERE).size == (2000, 1200)


def test_a_turned_jpeg_decoded_smaller_is_still_upright() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    data = encoded(flag(1600, 800).transpose(Image.Transpose.ROTATE_90), "JPEG", exif=exif)
    assert decode(data, SOMEWHERE, at_least=200).size == (400, 200)


def test_a_file_is_described_without_its_pixels_being_decoded() -> None:
    grey = encoded(Image.fromarray(np.zeros((30, 400), np.uint16)), "PNG")
    assert describe(grey, SOMEWHERE) == PictureFacts("PNG", "I;16", 400, 30)
    half = encoded(flag(), "JPEG")[:-100]
    assert reason(half) == "truncated"
    assert describe(half, SOMEWHERE).width == WIDTH
    with pytest.raises(UnreadablePictureError, match="not a picture"):
        describe(b"words", SOMEWHERE)


def test_a_decompression_bomb_is_refused_by_its_header() -> None:
    side = int(MAX_PIXELS**0.5) + 1
    assert reason(f"P6 {side} {side} 255\n".encode()) == "too large"


def test_a_few_bytes_that_claim_a_huge_picture_are_refused() -> None:
    small_enough = int(MAX_PIXELS**0.5) - 1
    assert reason(f"P6 {small_enough} {small_enough} 255\n".encode()) == "too large"


def test_what_a_pixel_takes_counts_where_a_few_bytes_claim_many() -> None:
    blank = bytearray(encoded(Image.new("I", (40, 30)), "TIFF"))
    width = blank.index(b"\x00\x01\x04\x00\x01\x00\x00\x00") + 8
    blank[width : width + 4] = (2**21).to_bytes(4, "little")
    assert 2**21 * 30 < 20_000 * len(blank) < 4 * 2**21 * 30
    assert reason(bytes(blank)) == "too large"


def test_a_big_blank_drawing_is_not_taken_for_a_bomb() -> None:
    blank = encoded(Image.new("1", (6000, 6000), 1), "TIFF", compression="group4")
    assert len(blank) < 10_000
    assert decode(blank, SOMEWHERE).getpixel((0, 0)) == (255, 255, 255)


def test_nothing_is_decoded_by_formats_that_are_not_listed() -> None:
    drawing = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\n"
    assert reason(drawing) == "unsupported format"
    assert reason(encoded(flag(), "TGA")) == "not a picture"


def test_a_picture_that_needs_more_memory_than_there_is_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_memory(*_: object) -> None:
        raise MemoryError

    palette = encoded(flag().convert("P"), "PNG")
    monkeypatch.setattr(Image.Image, "convert", no_memory)
    assert reason(palette) == "too large"


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "PPM"])
def test_half_a_picture_is_truncated(file_format: str) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    data = encoded(Image.fromarray(noise), file_format)
    assert reason(data[: len(data) // 2]) == "truncated"


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.jpg"
    with path.open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)
    assert outcome(path) == "too large"


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_a_file_one_may_not_read_says_so(forbidden: Path) -> None:
    assert outcome(forbidden) == "no permission"


def test_impossible_names_are_not_found(tmp_path: Path) -> None:
    assert outcome(tmp_path / ("x" * 5000)) == "not found"
    assert outcome(tmp_path / "nul\0.jpg") == "not found"
    assert outcome(tmp_path) == "not a file"


def test_the_error_carries_the_path_and_the_reason_and_says_both() -> None:
    with pytest.raises(UnreadablePictureError) as caught:
        decode(b"", SOMEWHERE)
    assert (caught.value.path, caught.value.reason) == (SOMEWHERE, "empty file")
    assert str(caught.value) == "The picture 'some.jpg' cannot be read: empty file."


def test_threads_decode_alike() -> None:
    pictures = [turned_jpeg(), encoded(flag(), "PNG"), encoded(flag(), "WEBP", lossless=True)] * 20
    alone = [decode(data, SOMEWHERE).tobytes() for data in pictures]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda data: decode(data, SOMEWHERE).tobytes(), pictures))
    assert together == alone


@pytest.mark.subprocess
@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads how much memory it has from /proc")
def test_the_memory_of_large_pictures_goes_back_to_the_system(tmp_path: Path) -> None:
    Image.new("RGB", (7000, 5000)).save(tmp_path / "large.png", compress_level=1)
    script = """if True:
        import sys, threading
        from pathlib import Path
        from engine.images import decode, read_picture
        from engine.process import set_up_process
        set_up_process()
        path = Path(sys.argv[1])
        def megabytes():
            return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 // 2**20
        before = megabytes()
        for _ in range(3):
            thread = threading.Thread(target=lambda: decode(read_picture(path), path))
            thread.start()
            thread.join()
        print(megabytes() - before)
    """
    command = [sys.executable, "-c", script, str(tmp_path / "large.png")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[3], check=True)
    assert int(done.stdout) < 50  # one such picture takes 134


def test_equal_content_has_an_equal_hash_of_16_bytes() -> None:
    assert content_hash(b"a") == content_hash(b"a") != content_hash(b"b")
    assert len(content_hash(b"")) == 16


def test_a_file_has_the_hash_of_its_content(tmp_path: Path) -> None:
    path = tmp_path / "picture.jpg"
    path.write_bytes(b"content" * 100_000)
    assert file_hash(path) == content_hash(path.read_bytes())


def test_what_is_no_file_has_no_hash_and_is_not_waited_for(tmp_path: Path) -> None:
    places = [tmp_path, tmp_path / "gone.jpg"]
    if hasattr(os, "mkfifo"):
        places.append(tmp_path / "pipe.jpg")
        os.mkfifo(places[-1])
    for place in places:
        with pytest.raises(OSError, match=place.name):
            file_hash(place)


def test_every_suffix_offered_belongs_to_a_format_pillow_has() -> None:
    known = Image.registered_extensions()
    assert all(suffix in known for suffix in READABLE_SUFFIXES)


def survives(data: bytes) -> None:
    try:
        mode = decode(data, SOMEWHERE, at_least=16).mode
    except UnreadablePictureError:
        return
    assert mode == "RGB"


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=300))
def test_no_random_bytes_raise_anything_else(data: bytes) -> None:
    survives(data)


@pytest.fixture
def forbidden() -> Iterator[Path]:
    """A file whose reading is forbidden; as root, the test goes on as an ordinary user."""
    is_root = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        path = folder / "forbidden.png"
        path.write_bytes(encoded(flag(), "PNG"))
        path.chmod(0)
        if is_root:
            os.seteuid(65534)
        try:
            yield path
        finally:
            if is_root:
                os.seteuid(0)
