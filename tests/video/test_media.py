"""Opening a file tells the truth about it, and every kind of unusable file has its own sentence."""

import builtins
import os
import shutil
import subprocess
import sys
from pathlib import Path

import av
import pytest
from media import cut_file, damage_file, make_audio, make_picture, make_video
from vidprog.video import Clip, MediaError, open_video


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> Path:
    return make_video(tmp_path_factory.mktemp("plain") / "plain.mp4", frames=50, audio="tone")


def test_facts_of_a_plain_file(plain):
    video = open_video(plain)
    assert (video.duration, video.fps, video.size, video.rotation) == (2.0, 25.0, (160, 96), 0)
    assert (video.has_video, video.has_audio, video.subtitles, video.warnings) == (True, True, (), ())
    assert video.container_duration == pytest.approx(2.0, abs=0.05)
    assert video.clip() == Clip(video, 0.0, 2.0)
    assert video == open_video(str(plain))


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


NOISE = os.urandom(1) + bytes(range(1, 256)) * 40

# name -> (maker of the path, code, words of the message, words of the hint)
UNUSABLE = {
    "missing": (lambda d, p: d / "plan.mp4", "media.missing", "does not exist", "did you mean plain.mp4?"),
    "missing, nothing like it": (lambda d, p: d / "zzzzzz", "media.missing", "does not exist", "spelling"),
    "missing folder": (lambda d, p: d / "no" / "a.mp4", "media.missing", "does not exist", "folder"),
    "no name": (lambda d, p: "", "media.missing", "no file name", "name a video"),
    "NUL in the name": (lambda d, p: "a\0b.mp4", "media.missing", "does not exist", ""),
    "directory": (lambda d, p: d, "media.directory", "is a directory", "name a file"),
    "empty": (lambda d, p: write(d / "e.mp4", b""), "media.empty", "is empty", "again"),
    "text": (lambda d, p: write(d / "notes.txt", b"Dear diary,\n" * 40), "media.not_video", "is a text file", "mp4"),
    "text called mp4": (lambda d, p: write(d / "t.mp4", b"hello\n" * 9), "media.not_video", "is a text file", "mp4"),
    "web page": (lambda d, p: write(d / "w.mp4", b"<html>404</html>"), "media.not_video", "is a text file", "mp4"),
    "playlist": (
        lambda d, p: write(d / "p.m3u8", b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n"),
        "media.not_video",
        "is a text file",
        "mp4",
    ),
    "subtitles": (
        lambda d, p: write(d / "s.srt", b"1\n00:00:01,000 --> 00:00:02,000\nhi\n"),
        "media.not_video",
        "neither pictures nor sound",
        "mp4",
    ),
    "other binary": (lambda d, p: write(d / "x.bin", NOISE), "media.not_video", "not a video or audio", "mp4"),
    "noise called mp4": (lambda d, p: write(d / "n.mp4", NOISE), "media.corrupt", "damaged", "again"),
    "no moov": (lambda d, p: cut_file(p, d / "half.mp4"), "media.corrupt", "the moov box", "untrunc"),
    "broken head": (lambda d, p: damage_file(p, d / "h.mp4", 0, 0.2), "media.corrupt", "damaged", "again"),
    "png": (lambda d, p: make_picture(d / "a.png"), "media.still_image", "a still picture, not a video", "video"),
    "jpg": (lambda d, p: make_picture(d / "a.jpg"), "media.still_image", "a still picture, not a video", "video"),
    "gif": (lambda d, p: make_picture(d / "a.gif"), "media.still_image", "a still picture, not a video", "video"),
    "webp": (lambda d, p: make_picture(d / "a.webp"), "media.still_image", "a still picture, not a video", "video"),
    "jpg called mp4": (
        lambda d, p: shutil.copy(make_picture(d / "b.jpg"), d / "b.mp4"),
        "media.still_image",
        "a still picture",
        "video",
    ),
    "http": (lambda d, p: "http://host/a.mp4", "media.url", "http://host/a.mp4 is an address", "yt-dlp"),
    "https path": (lambda d, p: Path("https://host/a.mp4"), "media.url", "https://host/a.mp4 is", "yt-dlp"),
    "rtsp": (lambda d, p: "rtsp://camera/1", "media.url", "is an address", "download"),
    "file url": (lambda d, p: "file:///tmp/a.mp4", "media.url", "is an address", "plain path"),
    "device": (lambda d, p: "/dev/zero", "media.not_video", "not a regular file", "save it"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_unusable_files_say_what_they_are(name, tmp_path, plain):
    shutil.copy(plain, tmp_path / "plain.mp4")
    make, code, message, hint = UNUSABLE[name]
    with pytest.raises(MediaError) as caught:
        open_video(make(tmp_path, plain))
    assert caught.value.code == code
    assert message in caught.value.message
    assert hint in caught.value.hint
    assert "\n" not in caught.value.message + caught.value.hint


def test_a_file_without_permission(plain, monkeypatch):
    def refuse(self, *args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)  # root may read everything, so chmod proves nothing in a container
    with pytest.raises(MediaError) as caught:
        open_video(plain)
    assert caught.value.code == "media.unreadable"
    assert "permission" in caught.value.message


@pytest.mark.parametrize("name", ["a.mp3", "a.m4a", "a.flac", "a.wav", "a.opus"])
def test_sound_only(tmp_path, name):
    video = open_video(make_audio(tmp_path / name, seconds=2.0))
    assert (video.has_video, video.has_audio, video.fps, video.size) == (False, True, 0, (0, 0))
    assert video.duration == pytest.approx(2.0, abs=0.06)


@pytest.mark.parametrize("name", ["a.mp3", "a.m4a", "a.flac"])
def test_cover_art_is_no_video(tmp_path, name):
    path = make_audio(tmp_path / name, cover=True)
    with av.open(str(path)) as container:
        assert len(container.streams.video) == 1  # the cover is really there
    video = open_video(path)
    assert (video.has_video, video.has_audio, video.warnings) == (False, True, ())


def test_pictures_without_sound(tmp_path):
    assert not open_video(make_video(tmp_path / "a.mp4", frames=5)).has_audio


def test_a_single_picture_is_a_video_when_the_container_is(tmp_path):
    video = open_video(make_video(tmp_path / "one.mp4", frames=1))
    assert video.duration == pytest.approx(0.04)


def test_several_picture_streams(tmp_path):
    video = open_video(make_video(tmp_path / "two.mp4", frames=10, more_pictures=[(320, 192)]))
    assert video.size in ((160, 96), (320, 192))
    assert any("2 picture streams" in warning for warning in video.warnings)


@pytest.mark.parametrize(
    ("name", "recipe"),
    [
        ("subtitle.mp4", {"subtitles": [(1.0, 9.0, "still talking")]}),
        ("sound.mp4", {"audio": "tone", "audio_seconds": 9.0}),
        ("sound.mkv", {"audio": "tone", "audio_seconds": 9.0}),
    ],
)
def test_a_lying_duration_is_found_out(tmp_path, name, recipe):
    video = open_video(make_video(tmp_path / name, frames=50, **recipe))
    assert video.duration == pytest.approx(2.0, abs=0.01)
    assert video.container_duration == pytest.approx(9.0, abs=0.1)
    assert len(video.warnings) == 1
    assert video.warnings[0].startswith("its pictures end at 2.0 s although the file says 9.")


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.webm", "a.ts", "a.mov"])
@pytest.mark.parametrize("start", [0.0, 7.5])
def test_an_honest_duration_is_believed_wherever_time_starts(tmp_path, name, start):
    video = open_video(make_video(tmp_path / name, frames=75, start=start))
    assert video.duration == pytest.approx(3.0, abs=0.01)
    assert video.warnings == ()
    assert video.origin == pytest.approx(start, abs=0.1)  # a transport stream shifts it by the reordering


def move_index_to_front(source: Path, target: Path) -> Path:
    with av.open(str(source)) as old, av.open(str(target), "w", options={"movflags": "faststart"}) as new:
        streams = {stream.index: new.add_stream_from_template(stream) for stream in old.streams}
        for packet in old.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream_index]
                new.mux(packet)
    return target


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.webm"])
def test_a_cut_file_opens_with_a_warning(tmp_path, name):
    whole = make_video(tmp_path / f"whole_{name}", frames=250, audio="tone")
    if name.endswith("mp4"):
        whole = move_index_to_front(whole, tmp_path / "fast.mp4")
    video = open_video(cut_file(whole, tmp_path / name, keep=0.6))
    assert 2 < video.duration < 8
    assert [warning for warning in video.warnings if warning.startswith("the file is cut off or damaged")]


def test_fingerprint_is_of_the_content_only(tmp_path, plain):
    copy = tmp_path / "other name.mp4"
    shutil.copy(plain, copy)
    os.utime(copy, (1, 1))
    assert open_video(copy).fingerprint == open_video(plain).fingerprint
    assert len(open_video(plain).fingerprint) == 32


@pytest.mark.parametrize("place", [0, 1000, 3_000_000, 5_999_999])
def test_fingerprint_of_a_large_file_reads_head_samples_and_tail(tmp_path, place):
    from vidprog.video.source import fingerprint

    data = bytearray(6_000_000)
    before = fingerprint(write(tmp_path / "a", bytes(data)))
    step = (len(data) - 65536) // 17  # changes inside the sampled stretches are seen
    data[place if place in (0, 1000, 5_999_999) else 8 * step] = 1
    assert fingerprint(write(tmp_path / "b", bytes(data))) != before
    assert fingerprint(write(tmp_path / "c", bytes(6_000_001))) != before


def test_fingerprint_does_not_read_a_large_file_whole(tmp_path, monkeypatch):
    from vidprog.video.source import fingerprint

    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(500_000_000)  # sparse
    read = []
    original = builtins.open

    class Counting:
        def __init__(self, file):
            self.file = file

        def __enter__(self):
            return self

        def __exit__(self, *error):
            self.file.close()

        def seek(self, place):
            self.file.seek(place)

        def read(self, size=-1):
            read.append(data := self.file.read(size))
            return data

    monkeypatch.setattr(Path, "open", lambda self, mode: Counting(original(self, mode)))
    fingerprint(path)
    assert sum(map(len, read)) == 18 * 65536


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [(0.5, 1.5, (0.5, 1.5)), (-3, 1, (0, 1)), (1, 99, (1, 2)), (-1, 99, (0, 2))],
)
def test_clips_are_clamped(plain, start, end, expected):
    clip = Clip(open_video(plain), start, end)
    assert (clip.start, clip.end) == expected
    assert clip.duration == expected[1] - expected[0]


@pytest.mark.parametrize(("start", "end"), [(1, 1), (1.5, 0.5), (2, 3), (-2, 0), (float("nan"), 1)])
def test_empty_clips_are_refused(plain, start, end):
    with pytest.raises(MediaError) as caught:
        Clip(open_video(plain), start, end)
    assert caught.value.code == "clip.empty"


def test_trim_stays_inside_the_clip(plain):
    clip = Clip(open_video(plain), 0.5, 1.5)
    assert (clip.trim(0, 1).start, clip.trim(0, 1).end) == (0.5, 1.0)
    with pytest.raises(MediaError):
        clip.trim(1.6, 1.9)


def test_importing_the_room_loads_no_heavy_library():
    code = "import sys, vidprog.video; print([m for m in ('av', 'numpy', 'cv2', 'pysubs2') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_exists():
    import vidprog.video as room

    assert all(getattr(room, name) is not None for name in room.__all__)
    with pytest.raises(AttributeError):
        _ = room.no_such_name
