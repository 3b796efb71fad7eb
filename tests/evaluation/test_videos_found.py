"""Videos are found under whatever name and folder they have, and nothing is guessed."""

import pytest
from annotations import write
from vidprog.evaluation.items import Item
from vidprog.evaluation.readers import find_videos, read
from vidprog.video.errors import UsageError


def ask(video, **extra):
    return Item(video, video, "?", extra=extra)


FITS = [
    # what the data set says, its own path, files there, the one that fits
    ("abc", "", ["abc.mp4"], "abc.mp4"),
    ("abc", "", ["deep/er/abc.WEBM", "abcd.mp4"], "deep/er/abc.WEBM"),
    ("abc.mp4", "", ["abc.mkv"], "abc.mkv"),
    ("_ab", "", ["v__ab.mkv"], "v__ab.mkv"),
    ("v_ab", "", ["ab.mp4"], "ab.mp4"),
    ("7010", "", ["video7010.mp4"], "video7010.mp4"),
    ("ab_60.0_210.0", "", ["ab_60.0_210.0.mp4", "ab_60.mp4"], "ab_60.0_210.0.mp4"),
    ("11", "0007/11", ["0008/11.mp4", "0007/11.mp4"], "0007/11.mp4"),
    ("q-1", "VN/abc.mp4", ["x/abc.mp4"], "x/abc.mp4"),
    ("dir/a.avi", "", ["other/a.avi", "dir/a.avi"], "dir/a.avi"),
    ("/home/them/dir/a.avi", "", ["dir/a.mp4", "else/a.avi"], "dir/a.mp4"),
    ("a.mp4", "", ["a.mp4", "a.webm"], "a.mp4"),
    ("xY-z", "", ["Xy-z.mp4", "xY-z.mp4", "xy-z.mp4"], "xY-z.mp4"),
    ("v_xY", "", ["xy.mp4", "xY.mp4"], "xY.mp4"),
    ("C:\\videos\\a.mp4", "", ["videos/a.mp4", "more/a.mp4"], "videos/a.mp4"),
]


@pytest.mark.parametrize(("video", "own", "files", "fits"), FITS)
def test_the_file_that_fits(tmp_path, video, own, files, fits):
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = find_videos([ask(video, **({"file": own} if own else {}))], tmp_path)
    assert found.paths == {video: tmp_path / fits}
    assert found.problems == ()


def test_missing_and_ambiguous_ones_are_told(tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "abc.mp4").touch()
    (tmp_path / "lone.txt").touch()
    found = find_videos([ask("abc"), ask("lone"), ask("none")], tmp_path)
    assert found.paths == {}
    assert found.missing == ("lone", "none")
    assert found.ambiguous == {"abc": (tmp_path / "one/abc.mp4", tmp_path / "two/abc.mp4")}
    assert len(found.problems) == 3


def test_links_to_what_is_there_already_are_no_second_video(tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "one/abc.mp4").touch()
    (tmp_path / "one/loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "two").symlink_to(tmp_path / "one", target_is_directory=True)
    (tmp_path / "abc.mp4").symlink_to(tmp_path / "one/abc.mp4")
    found = find_videos([ask("abc")], tmp_path)
    assert found.problems == ()
    assert found.paths["abc"].resolve() == tmp_path / "one/abc.mp4"


def test_a_reader_tells_what_is_missing(tmp_path):
    path = write(tmp_path, "nextqa by position")
    (tmp_path / "11.mp4").touch()
    found = read(path, videos=tmp_path)
    assert len(found.items) == 2
    assert [problem.file for problem in found.problems] == ["12"]


def test_what_is_no_folder_is_refused(tmp_path):
    with pytest.raises(UsageError, match="is not a folder"):
        find_videos([], tmp_path / "none")
