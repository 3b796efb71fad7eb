"""Small parts: numbers in words, lines and tables on screens, what progress shows."""

import io

import pytest
from vidprog.apps.cli import progress as progress_module
from vidprog.apps.cli.ask import split_words
from vidprog.apps.cli.progress import LiveProgress, PlainProgress, Progress, progress_on
from vidprog.apps.cli.run import wants_json, wants_traceback
from vidprog.apps.cli.screen import Column, PlainScreen, RichScreen, Table, one_line
from vidprog.apps.cli.words import clock, count, grounded, size, span, sure
from vidprog.video.errors import UsageError


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0:00.0"),
        (5.44, "0:05.4"),
        (59.96, "1:00.0"),
        (75.04, "1:15.0"),
        (3599.99, "1:00:00.0"),
        (7325.5, "2:02:05.5"),
    ],
)
def test_clock(seconds, text):
    assert clock(seconds) == text


def test_span_of_a_moment_is_one_time():
    assert span(2.0, 2.01) == "0:02.0"
    assert span(2.0, 62.0) == "0:02.0-1:02.0"


@pytest.mark.parametrize(
    ("confidence", "words"),
    [(1.0, "very sure"), (0.75, "sure"), (0.6, "fairly sure"), (0.59, "not sure"), (0.0, "a guess")],
)
def test_confidence_in_words(confidence, words):
    assert sure(confidence) == f"{words} ({confidence:.2f})"


@pytest.mark.parametrize(("grounding", "words"), [(2.0, "strong"), (0.3, "clear"), (0.05, "weak"), (-3.0, "none")])
def test_grounding_in_words(grounding, words):
    assert grounded(grounding).startswith(words)


def test_grounding_that_was_not_measured():
    assert grounded(None) == "not measured"


def test_counts_and_sizes():
    assert (count(1, "round"), count(2, "round")) == ("1 round", "2 rounds")
    assert (size(92_871_040), size(81.3e9)) == ("93 MB", "81.3 GB")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [(["a.mp4", "Why?"], (["a.mp4"], "Why?")), (["a.mp4", "b.mp4", "Why?"], (["a.mp4", "b.mp4"], "Why?"))],
)
def test_the_last_word_is_the_question(arguments, expected):
    assert split_words(arguments) == expected


def test_a_question_may_be_longer_than_a_file_name():
    question = "Why? " * 2000
    assert split_words(["a.mp4", question])[1] == question


@pytest.mark.parametrize("arguments", [[], ["a.mp4"], ["Why?"], ["who is that"]])
def test_what_is_missing_is_a_usage_error(arguments):
    with pytest.raises(UsageError, match="missing"):
        split_words(arguments)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["ask", "--json"], True), (["timeline", "--format", "json"], True), (["timeline", "--format=json"], True),
        (["ask", "--", "--json"], False), (["timeline", "--format", "srt"], False), (["ask", "json"], False),
    ],
)  # fmt: skip
def test_when_errors_are_json(arguments, expected):
    assert wants_json(arguments) is expected


@pytest.mark.parametrize(
    ("argument", "expected"), [("-v", True), ("-qv", True), ("--verbose", True), ("-q", False), ("v", False)]
)
def test_when_errors_show_where_they_come_from(argument, expected):
    assert wants_traceback(["ask", argument]) is expected


def test_one_line_drops_what_could_command_a_terminal():
    assert one_line("a\x1b[31m\nb\t c\x07") == "a [31m b c"


def test_plain_tables_are_padded_and_whole():
    stream = io.StringIO()
    long = "word " * 40
    table = Table((Column("n", right=True), Column("what"), Column("last")), [("1", "short", "x"), ("10", long, "y")])
    PlainScreen(stream).table(table)
    lines = stream.getvalue().splitlines()
    assert lines[0].startswith(" n  what") and lines[1].startswith(" 1  short")
    assert long.strip() in lines[2] and lines[2].endswith("  y")


def test_markup_in_contents_is_shown_as_it_is(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    stream = io.StringIO()
    screen = RichScreen(stream)
    screen.line(("[bold]sale[/bold]", "red"), " [link=x]y")
    screen.table(Table((Column("a", wraps=True),), [("[red]50%[/red]",)]))
    assert "[bold]sale[/bold] [link=x]y" in stream.getvalue() and "[red]50%[/red]" in stream.getvalue()


def test_quiet_progress_shows_nothing():
    stream = io.StringIO()
    with progress_on(PlainScreen(stream), quiet=True) as progress:
        progress.report("working", 0.5)
    assert type(progress) is Progress and stream.getvalue() == ""


def test_plain_progress_passes_over_what_is_quick(monkeypatch):
    monkeypatch.setattr(progress_module, "FIRST_SECONDS", 0.2)
    stream = io.StringIO()
    with PlainProgress(PlainScreen(stream)) as progress:
        for stage in ("transcribe", "read_text", "detect"):
            progress.report(stage, 1.0)
    assert stream.getvalue() == ""


def test_plain_progress_tells_once_what_takes_long(monkeypatch):
    import time

    monkeypatch.setattr(progress_module, "FIRST_SECONDS", 0.05)
    stream = io.StringIO()
    with PlainProgress(PlainScreen(stream)) as progress:
        progress.report("read_text", 0.25)
        end = time.monotonic() + 5
        while not stream.getvalue() and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(0.2)
    assert stream.getvalue() == "reading text ... 25%\n"


def test_live_progress_leaves_nothing_and_takes_any_message():
    from rich.console import Console

    screen = RichScreen(io.StringIO())
    screen.console = Console(file=io.StringIO(), force_terminal=True, width=80)
    with LiveProgress(screen) as progress:
        progress.report("downloading [x] (3 MB)", 0.0)
        progress.report("downloading [x] (3 MB)", 0.5)
        progress.report("unpacking", None)
    assert screen.console.file.getvalue().endswith("\x1b[2K")
