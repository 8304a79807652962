"""A watched folder: whole pictures are labelled, each once, whatever happens to the watch."""

from __future__ import annotations

import csv
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from engine import FewShotClassifier
from engine.cli.main import main
from engine.errors import FewshotError
from engine.exports import Row
from engine.files import FileFacts
from engine.watching import settling as settling_module
from engine.watching.journal import Entry, Journal
from engine.watching.outputs import FoldersOutput, Output, TableOutput
from engine.watching.settling import GIVE_UP_S, SETTLE_S, Settling, WholeFile
from engine.watching.watch import Labelled, Waiting, watch
from tests.engine.tasks import write_characters

CLASSES = ("arka", "belo")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("pictures")
    return [*write_characters(folder, {"any": 6}, stream=1)["any"]]


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("classifier")
    examples = write_characters(folder, dict.fromkeys(CLASSES, 2), stream=0)
    paths = [path for paths in examples.values() for path in paths]
    fitted = FewShotClassifier(backbone="conv4", device="cpu").fit(
        paths, [path.parent.name for path in paths]
    )
    fitted.save(folder / "kept.classifier")
    return folder / "kept.classifier"


@pytest.fixture
def watched(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


# -- which files are whole


@pytest.fixture
def a_file(watched: Path) -> Path:
    (watched / "a.png").write_bytes(b"12")
    return watched / "a.png"


def whole(settling: Settling, now: float) -> list[tuple[str, bool]]:
    return [(file.path.name, file.is_last_try) for file in settling.poll(now)]


def test_a_file_that_stays_the_same_is_whole(watched: Path, a_file: Path) -> None:
    settling = Settling(watched, lambda _path, _facts: False)
    assert whole(settling, 0) == []
    assert whole(settling, SETTLE_S / 2) == []
    assert whole(settling, SETTLE_S) == [("a.png", False)]


def test_a_file_that_grows_is_waited_for(watched: Path, a_file: Path) -> None:
    settling = Settling(watched, lambda _path, _facts: False)
    for now in range(5):
        a_file.write_bytes(bytes(now + 3))
        assert whole(settling, now) == []
    assert whole(settling, 4 + SETTLE_S) == [("a.png", False)]


def test_one_that_cannot_be_read_is_tried_again_when_it_changes_and_at_last(
    watched: Path, a_file: Path
) -> None:
    settling = Settling(watched, lambda _path, _facts: False)
    settling.poll(0)
    settling.failed(settling.poll(SETTLE_S)[0])
    assert whole(settling, 2 * SETTLE_S) == []
    a_file.write_bytes(b"123")
    assert whole(settling, 3) == []
    [again] = settling.poll(3 + SETTLE_S)
    settling.failed(again)
    assert whole(settling, 3 + GIVE_UP_S) == [("a.png", True)]


def test_what_is_known_or_gone_is_left_out(watched: Path, a_file: Path) -> None:
    facts = FileFacts.of(a_file)
    settling = Settling(watched, lambda path, found: (path, found) == (a_file, facts))
    assert whole(settling, 0) == whole(settling, SETTLE_S) == []
    a_file.write_bytes(b"other")
    settling.poll(1)
    a_file.unlink()
    assert whole(settling, 9) == []


# -- the journal and the output


def entry(folder: Path, name: str, label: str = "arka", place: str = "") -> Entry:
    chances = [float(label == one) for one in CLASSES]
    row = Row(str(folder / name), label, 1.0, "", chances, "predicted")
    return Entry(folder / name, FileFacts(2, 3), b"hash", row, place)


def test_whatever_a_kill_has_left_is_written_once(tmp_path: Path, watched: Path) -> None:
    output = TableOutput(tmp_path / "out.csv")
    first, second = entry(watched, "a.png"), entry(watched, "b.png", "belo")
    with closing(Journal(output.journal, "digest")) as journal:
        output.prepare(journal.written, CLASSES)
        journal.begin([first], output.size())
        output.write([first], output.size(), CLASSES)
        journal.finish()
        begun = output.table.read_bytes()
        journal.begin([second], output.size())
        output.write([second], output.size(), CLASSES)
    written = output.table.read_bytes()
    for left in (begun, begun + written[len(begun) :][:5], written, written + b"a person's,,,,,\n"):
        output.table.write_bytes(left)
        with closing(Journal(output.journal, "digest")) as journal:
            offset, unwritten = journal.unwritten()
            assert unwritten == [second]
            output.write(unwritten, offset, CLASSES)
        assert output.table.read_bytes() == max(written, left, key=len)
    assert [row["label"] for row in table(output.table)][:2] == ["arka", "belo"]


def test_a_table_that_was_removed_is_written_again(tmp_path: Path, watched: Path) -> None:
    output = TableOutput(tmp_path / "out.jsonl")
    with closing(Journal(output.journal, "digest")) as journal:
        output.prepare(journal.written, CLASSES)
        journal.begin([entry(watched, "a.png")], 0)
        output.write([entry(watched, "a.png")], 0, CLASSES)
        journal.finish()
        journal.note(entry(watched, "a.png"))
        before = output.table.read_bytes()
        output.table.unlink()
        output.prepare(journal.written, CLASSES)
        assert output.table.read_bytes() == before


def test_a_line_that_another_program_left_open_is_ended(tmp_path: Path, watched: Path) -> None:
    output = TableOutput(tmp_path / "out.csv")
    output.prepare(list, CLASSES)
    with output.table.open("a") as file:
        file.write("mine,arka,,,,")
    output.write([entry(watched, "a.png")], output.size(), CLASSES)
    assert [row["label"] for row in table(output.table)] == ["arka", "arka"]


def test_a_moved_picture_is_not_overwritten_by_a_later_one_of_its_name(tmp_path: Path, watched: Path) -> None:
    output = FoldersOutput(tmp_path / "out", is_moving=True)
    output.check()
    output.know(CLASSES)
    output.prepare(list, CLASSES)
    (watched / "a.png").write_bytes(b"first")
    moved = entry(watched, "a.png", place="arka/a.png")
    output.write([moved], output.size(), CLASSES)
    (watched / "a.png").write_bytes(b"second")
    output.write([moved], output.size(), CLASSES)
    assert (tmp_path / "out/arka/a.png").read_bytes() == b"first"
    assert (watched / "a.png").read_bytes() == b"second"


def test_one_watch_at_a_time_writes_to_an_output(tmp_path: Path) -> None:
    with (
        closing(Journal(tmp_path / "out.journal", "digest")),
        pytest.raises(FewshotError, match="is used by another watch"),
    ):
        Journal(tmp_path / "out.journal", "digest")


def test_another_classifier_does_not_write_to_the_same_output(tmp_path: Path) -> None:
    Journal(tmp_path / "out.journal", "digest").close()
    with pytest.raises(FewshotError, match="made by another classifier"):
        Journal(tmp_path / "out.journal", "other")


@pytest.mark.parametrize("content", [b"no database at all" * 99, None])
def test_what_is_no_journal_is_refused(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "out.journal"
    if content is None:
        with closing(sqlite3.connect(path)) as db:
            db.execute("CREATE TABLE other (x)")
    else:
        path.write_bytes(content)
    with pytest.raises(FewshotError, match="Give another name for the labels"):
        Journal(path, "digest")


# -- the watch


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is whole the second time it is seen."""
    monkeypatch.setattr(settling_module, "SETTLE_S", 0.0)
    monkeypatch.setattr(settling_module, "GIVE_UP_S", 0.0)


def looks(
    classifier: Path,
    folder: Path,
    output: Output,
    between: Callable[[int], None] = lambda _look: None,
    count: int = 4,
) -> list[Row]:
    """Watch for so many looks, with something done after each, and stop as a kill would."""
    rows, done = [], 0
    with closing(watch(classifier, folder, output, "cpu", lambda _seconds: None)) as events:
        for event in events:
            if isinstance(event, Labelled):
                rows.append(event.row)
            elif isinstance(event, Waiting):
                assert event.problem is None
                between(done)
                done += 1
                if done == count:
                    break
    return rows


@pytest.mark.usefixtures("at_once")
def test_pictures_are_labelled_as_predict_would_and_once(
    classifier: Path, pictures: list[Path], watched: Path, tmp_path: Path
) -> None:
    for path in pictures[:3]:
        shutil.copy(path, watched)
    (watched / "broken.png").write_bytes(b"?")
    (watched / "notes.txt").write_bytes(b"?")

    def between(look: int) -> None:
        if look == 2:
            shutil.copy(pictures[3], watched / "later.png")
            os.utime(watched / pictures[0].name, (1, 1))  # the same picture with another date

    first = looks(classifier, watched, TableOutput(tmp_path / "out.csv"), between, count=8)
    assert len(first) == 5
    assert looks(classifier, watched, TableOutput(tmp_path / "out.csv")) == []
    rows = {row["image"]: row for row in table(tmp_path / "out.csv")}
    assert len(rows) == len(table(tmp_path / "out.csv")) == 5
    told = ["--classifier", str(classifier), "--images", str(watched), "--device", "cpu"]
    assert main(["predict", *told, "--out", str(tmp_path / "expected.csv")]) == 0
    assert rows == {row["image"]: row for row in table(tmp_path / "expected.csv")}
    assert rows[str(watched / "broken.png")]["error"]


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("is_moving", [False, True])
def test_pictures_come_into_folders_of_their_classes(
    is_moving: bool, classifier: Path, pictures: list[Path], watched: Path, tmp_path: Path
) -> None:
    for folder in ("monday", "tuesday"):
        (watched / folder).mkdir()
        shutil.copy(pictures[0], watched / folder / "0.png")
    before = sorted(watched.rglob("*.png"))
    output = FoldersOutput(tmp_path / "out", is_moving)
    [one, two] = looks(classifier, watched, output)
    assert one.label == two.label
    assert looks(classifier, watched, FoldersOutput(tmp_path / "out", is_moving)) == []
    names = ["0 2.png", "0.png"]
    assert sorted(path.name for path in (tmp_path / "out" / one.label).iterdir()) == names
    assert sorted(watched.rglob("*.png")) == ([] if is_moving else before)
    manifest = table(tmp_path / "out" / "manifest.csv")
    assert [(row["image"], row["label"]) for row in manifest] == [(str(path), one.label) for path in before]
    assert [row["path"] for row in manifest] == [f"{one.label}/0.png", f"{one.label}/0 2.png"]


@pytest.mark.usefixtures("at_once")
def test_a_file_that_changes_while_it_is_read_is_read_again(
    classifier: Path, pictures: list[Path], watched: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (watched / "a.png").write_bytes(pictures[0].read_bytes()[:50])
    poll, given = Settling.poll, 0

    def and_then_it_grows(settling: Settling, now: float) -> list[WholeFile]:
        nonlocal given
        found = poll(settling, now)
        given += len(found)
        if found and given <= 2:
            (watched / "a.png").write_bytes(pictures[0].read_bytes()[: 60 if given == 1 else None])
        return found

    monkeypatch.setattr(Settling, "poll", and_then_it_grows)
    [row] = looks(classifier, watched, TableOutput(tmp_path / "out.csv"), count=9)
    assert row.error == ""


def test_a_drive_that_goes_away_is_waited_for(classifier: Path, watched: Path, tmp_path: Path) -> None:
    with closing(
        watch(classifier, watched, TableOutput(tmp_path / "out.csv"), "cpu", lambda _seconds: None)
    ) as events:
        waiting = (event for event in events if isinstance(event, Waiting))
        assert next(waiting).problem is None
        watched.rmdir()
        assert "cannot be found" in str(next(waiting).problem)
        next(waiting)
        watched.mkdir()
        assert [next(waiting).problem for _ in range(2)][-1] is None


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (["--in", "nowhere", "--table", "out.csv"], "does not exist"),
        (["--in", "in", "--table", "out.xlsx"], "must end in .csv or .jsonl"),
        (["--in", "in", "--table", "mine.csv"], "is there already, and is not from watching"),
        (["--in", "in", "--table", "nowhere/out.csv"], "there is no folder"),
        (["--in", "in", "--folders", "full"], "is not empty, and is not from watching"),
        (["--in", "in", "--folders", "mine.csv"], "is a file"),
        (["--in", "in", "--folders", "in/out"], "is within the one that is watched"),
        (["--in", "in", "--table", "out.csv", "--move"], "--move needs --folders"),
        (["--in", "in", "--table", "out.csv", "--classifier", "mine.csv"], "not a classifier of Fewshot"),
    ],
)
@pytest.mark.usefixtures("watched")
def test_a_wrong_watch_ends_with_one_sentence(
    call: list[str],
    sentence: str,
    classifier: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.csv").write_text("mine")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").touch()
    assert main(["watch", "--classifier", str(classifier), *call, "--device", "cpu"]) == 2
    err = capsys.readouterr().err
    assert sentence in err
    assert err.count("\n") == 1
    assert (tmp_path / "mine.csv").read_text() == "mine"


@pytest.fixture
def start(classifier: Path, watched: Path, tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    running: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        call = ["--classifier", classifier, "--in", watched, "--table", tmp_path / "out.csv"]
        command = [sys.executable, "-m", "engine.cli.main", "watch", *map(str, call), "--device", "cpu"]
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        # A shell's background, as that of `make test`, ignores Ctrl-C, and so would its children.
        hear = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
        running.append(subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, preexec_fn=hear))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.wait()


def until(is_so: Callable[[], bool], process: subprocess.Popen[bytes], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.subprocess
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send to another process")
def test_many_files_half_of_them_slow_are_labelled_once_in_spite_of_a_kill(
    start: Callable[[], subprocess.Popen[bytes]], pictures: list[Path], watched: Path, tmp_path: Path
) -> None:
    def labelled() -> int:
        return len(table(tmp_path / "out.csv")) if (tmp_path / "out.csv").exists() else 0

    contents = [path.read_bytes() for path in pictures]
    slow = [watched / f"slow {number}.png" for number in range(40)]
    for number in range(40):
        (watched / f"{number}.png").write_bytes(contents[number % len(contents)])
    for number, path in enumerate(slow):
        path.write_bytes(contents[number % len(contents)][:40])
    first = start()
    until(lambda: labelled() > 0, first)
    first.kill()
    first.wait()
    second = start()
    for number, path in enumerate(slow):
        with path.open("ab") as file:
            file.write(contents[number % len(contents)][40:])
    until(lambda: labelled() == 80, second)
    second.send_signal(signal.SIGINT)
    assert second.wait(60) == 130
    rows = table(tmp_path / "out.csv")
    assert {row["image"] for row in rows} == set(map(str, watched.iterdir()))
    assert not [row for row in rows if row["error"]]
