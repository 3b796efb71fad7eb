"""Subtitles inside and beside the file become plain, sorted cues that lie within the video."""

import av
import pytest
from media import make_video
from vidprog.video import Cue, open_video, read_subtitles

CUES = [(0.2, 0.9, "first <i>words</i>"), (1.0, 1.5, "second words"), (1.6, 9.0, "too long"), (5.0, 6.0, "too late")]
SRT = """1
00:00:01,000 --> 00:00:01,500
<b>{\\an8}Hello</b>
there &amp; here

2
00:00:00,200 --> 00:00:00,600
Before
"""


def make(folder, name="clip.mp4", **recipe):
    return make_video(folder / name, frames=50, **recipe)


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.webm", "clip.mov"])
def test_streams(tmp_path, name):
    video = open_video(make(tmp_path, name, subtitles=CUES))
    cues = read_subtitles(video)
    assert [track.source for track in video.subtitles] == ["subtitles:en"]
    assert [cue.text for cue in cues] == ["first words", "second words", "too long"]
    assert [cue.start for cue in cues] == pytest.approx([0.2, 1.0, 1.6], abs=0.01)
    assert [cue.end for cue in cues] == pytest.approx([0.9, 1.5, 2.0], abs=0.01)
    assert {cue.source for cue in cues} == {"subtitles:en"}


@pytest.mark.parametrize(
    ("languages", "sources"),
    [
        (["eng", "fra"], ["subtitles:en", "subtitles:fr"]),
        (["eng", "eng"], ["subtitles:en", "subtitles:en (stream 2)"]),
        (["und"], ["subtitles:stream 1"]),
    ],
)
def test_names_of_streams(tmp_path, languages, sources):
    video = open_video(make(tmp_path, subtitles=CUES[:1], subtitle_languages=languages))
    assert [track.source for track in video.subtitles] == sources


def test_the_same_cue_in_two_streams_comes_once(tmp_path):
    video = open_video(make(tmp_path, subtitles=CUES[:2], subtitle_languages=["eng", "eng"]))
    assert [cue.source for cue in read_subtitles(video)] == ["subtitles:en"] * 2


def test_sidecar_is_read_cleaned_and_sorted(tmp_path):
    path = make(tmp_path)
    (tmp_path / "clip.srt").write_text(SRT)
    assert read_subtitles(open_video(path)) == (
        Cue(0.2, 0.6, "Before", "sidecar:clip.srt"),
        Cue(1.0, 1.5, "Hello there & here", "sidecar:clip.srt"),
    )


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("clip.srt", ""),
        ("clip.en.srt", "en"),
        ("clip.eng.srt", "en"),
        ("clip.pt-BR.srt", "pt-br"),
        ("clip.de.forced.srt", "de"),
        ("clip.English.SRT", ""),
        ("clip.part2.srt", None),
        ("clip2.srt", None),
        ("other.srt", None),
        ("clip.txt", None),
    ],
)
def test_which_files_belong_to_the_video(tmp_path, name, language):
    path = make(tmp_path)
    (tmp_path / name).write_text(SRT)
    assert [track.language for track in open_video(path).subtitles] == ([] if language is None else [language])


def test_webvtt_sidecar(tmp_path):
    path = make(tmp_path)
    (tmp_path / "clip.en.vtt").write_text("WEBVTT\n\n00:01.000 --> 00:01.500\n<v Ann>Hello <c.loud>you</c>\n")
    assert read_subtitles(open_video(path)) == (Cue(1.0, 1.5, "Hello you", "sidecar:clip.en.vtt"),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(tmp_path, encoding):
    path = make(tmp_path)
    (tmp_path / "clip.srt").write_bytes(SRT.replace("Before", "Später").encode(encoding))
    assert read_subtitles(open_video(path))[0].text == "Später"


@pytest.mark.parametrize("data", [b"", b"no cues at all", b"\x00\x01\x02" * 50, bytes(range(256))])
@pytest.mark.parametrize("suffix", ["srt", "vtt", "ass"])
def test_a_broken_sidecar_is_a_warning(tmp_path, data, suffix):
    path = make(tmp_path)
    (tmp_path / f"clip.{suffix}").write_bytes(data)
    video = open_video(path)
    assert read_subtitles(video) == ()
    assert video.subtitles[0].why_unreadable
    assert len(video.warnings) == 1
    assert f"clip.{suffix}" in video.warnings[0]
    assert "\n" not in video.warnings[0]


def test_a_sidecar_that_disappears_is_skipped(tmp_path):
    path = make(tmp_path)
    (tmp_path / "clip.srt").write_text(SRT)
    video = open_video(path)
    (tmp_path / "clip.srt").unlink()
    assert read_subtitles(video) == ()


def test_bitmap_subtitles_are_skipped_with_a_reason(tmp_path):
    path = tmp_path / "clip.mkv"
    with av.open(str(make(tmp_path, "plain.mkv"))) as old, av.open(str(path), "w") as new:
        pictures = new.add_stream_from_template(old.streams.video[0])
        bitmaps = new.add_mux_stream("dvd_subtitle", width=160, height=96)
        for packet in old.demux(old.streams.video[0]):
            if packet.dts is not None or packet.size:
                packet.stream = pictures
                new.mux(packet)
        packet = av.Packet(b"\x00\x08\x00\x04\x00\x00\x00\x04\xff")
        packet.stream, packet.time_base, packet.pts, packet.dts, packet.duration = (
            bitmaps,
            pictures.time_base,
            0,
            0,
            500,
        )
        new.mux(packet)
    video = open_video(path)
    assert len(video.subtitles) == 1
    assert "are pictures, not text" in video.subtitles[0].why_unreadable
    assert read_subtitles(video) == ()


def test_no_subtitles(tmp_path):
    video = open_video(make(tmp_path))
    assert (video.subtitles, read_subtitles(video)) == ((), ())


def test_stream_and_sidecar_together_are_in_the_order_of_time(tmp_path):
    path = make(tmp_path, subtitles=CUES[:2])
    (tmp_path / "clip.de.srt").write_text(SRT)
    cues = read_subtitles(open_video(path))
    assert [cue.start for cue in cues] == sorted(cue.start for cue in cues)
    assert {cue.source for cue in cues} == {"subtitles:en", "sidecar:clip.de.srt"}
