"""How questions and options speak of several videos, and what follows from what was found out about each."""

import math
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vidprog.tools import Notes, ToolError
from vidprog.tools.compare import about_one as reworded
from vidprog.tools.compare import fit, name_videos, named_videos, weigh_videos
from vidprog.tools.relations import about_one, mentions, option_logic
from vidprog.tools.search import search
from vidprog.video import Clip

NAMES = ("a.mp4", "b.mp4")
THREE = ("a.mp4", "b.mp4", "c.mp4")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Are there more dogs in the second video than in the first?", [1, 0]),
        ("Does the first clip show more boats than the other?", [0, 1]),
        ("Is b.mp4 longer than a.mp4?", [1, 0]),
        ("Which is longer, video A or video B?", [0, 1]),
        ("What does clip 2 show?", [1]),
        ("What does video one show?", [0]),
        ("What does the last film show?", [1]),
        ("Which video shows a dog?", []),
        ("What is shown after a second?", []),
        ("What does the second sign say?", []),
        ("Who speaks first?", []),
    ],
)
def test_the_videos_that_a_question_names(text, named):
    assert mentions(text, NAMES) == named


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Which video shows an exit sign?", "shows an exit sign"),
        ("In which of the two clips is there a dog?", "is there a dog"),
        ("Which of the three recordings mentions snow?", "mentions snow"),
        ("How many more people are there in the first video than in the second?", "How many people are there"),
        ("Are there more dogs in b.mp4 than in a.mp4?", "Are there dogs"),
        ("Is a horse seen in the first video only, in the second only, or in both?", "Is a horse seen"),
        ("Which one of the files shows the beach, the first or the second?", "shows the beach"),
        ("Do both videos show the harbour?", "Do show the harbour"),
        ("In which video does the narrator mention a bridge?", "does the narrator mention a bridge"),
        ("How many signs are there in the videos altogether?", "How many signs are there"),
        ("Which video?", "Which video?"),
    ],
)
def test_a_question_as_it_would_be_asked_of_one(question, asked):
    assert about_one(question, NAMES) == asked


@pytest.mark.parametrize(
    ("option", "question", "logic"),
    [
        ("the first video", "", ("only", (0,))),
        ("only the second", "", ("only", (1,))),
        ("b.mp4", "", ("only", (1,))),
        ("B", "", ("only", (1,))),
        ("2", "", ("only", (1,))),
        ("both", "", ("all", ())),
        ("in both of them", "", ("all", ())),
        ("neither", "", ("none", ())),
        ("none of the videos", "", ("none", ())),
        ("only one", "", ("one", ())),
        ("yes", "Do both show it?", ("all", ())),
        ("no", "Do both show it?", ("not all", ())),
        ("yes", "Does either show it?", ("any", ())),
        ("no", "Does either show it?", ("not any", ())),
        ("the harbour", "", ("", ())),
    ],
)
def test_what_an_option_says(option, question, logic):
    assert option_logic(option, question, NAMES) == logic


def asked(names=NAMES):
    """Clips of videos of these names, and the host's side for them."""
    videos = [SimpleNamespace(path=Path(name), fingerprint=name, duration=10.0) for name in names]
    sides = {video.fingerprint: SimpleNamespace(video=video, name=video.path.name) for video in videos}
    context = SimpleNamespace(of=lambda video: sides[video.fingerprint], notes=Notes())
    return [Clip(video, 0.0, 10.0) for video in videos], context


def best(choices, scores):
    return choices[max(range(len(choices)), key=lambda index: scores[index])]


FULL = ["only a.mp4", "only b.mp4", "both", "neither"]


@pytest.mark.parametrize(
    ("question", "choices", "of", "values", "expected"),
    [
        ("Which video shows a dog?", FULL, "likelihood", [0.9, 0.1], "only a.mp4"),
        ("Which video shows a dog?", FULL, "likelihood", [0.1, 0.9], "only b.mp4"),
        ("Which video shows a dog?", FULL, "likelihood", [0.9, 0.8], "both"),
        ("Which video shows a dog?", FULL, "likelihood", [0.1, 0.2], "neither"),
        ("Which video shows a dog?", ["the first", "the second"], "likelihood", [0.3, 0.2], "the first"),
        ("Do both videos show a dog?", ["yes", "no"], "likelihood", [0.9, 0.9], "yes"),
        ("Do both videos show a dog?", ["yes", "no"], "likelihood", [0.9, 0.1], "no"),
        ("Does either video show a dog?", ["yes", "no"], "likelihood", [0.9, 0.1], "yes"),
        ("Does either video show a dog?", ["yes", "no"], "likelihood", [0.1, 0.1], "no"),
        ("Which video has more dogs?", ["a.mp4", "b.mp4", "the same"], "number", [3.0, 1.0], "a.mp4"),
        ("Which video has fewer dogs?", ["a.mp4", "b.mp4", "the same"], "number", [3.0, 1.0], "b.mp4"),
        ("Which video has more dogs?", ["a.mp4", "b.mp4", "the same"], "number", [2.0, 2.0], "the same"),
        ("Is the second video longer than the first?", ["yes", "no"], "number", [8.2, 12.4], "yes"),
        ("Is the second video longer than the first?", ["yes", "no"], "number", [12.4, 8.2], "no"),
        ("Is the first video longer than the second?", ["yes", "no"], "number", [12.41, 12.4], "no"),
        ("Is the first video shorter than the second?", ["yes", "no"], "number", [8.2, 12.4], "yes"),
        ("Do both have the same number of dogs?", ["yes", "no"], "number", [2.0, 2.0], "yes"),
        ("Do both have the same number of dogs?", ["yes", "no"], "number", [2.0, 3.0], "no"),
        ("How many more dogs are in a.mp4 than in b.mp4?", ["1", "2", "3"], "number", [5.0, 3.0], "2"),
        ("How many fewer dogs are in a.mp4 than in b.mp4?", ["1", "2", "3"], "number", [2.0, 5.0], "3"),
        ("How many dogs are there in total?", ["2", "3", "5"], "number", [2.0, 3.0], "5"),
        ("Does a.mp4 have more dogs, fewer or as many?", ["more", "fewer", "as many"], "number", [1.0, 4.0], "fewer"),
        ("Do they show the same place?", ["yes", "no"], "likeness", [0.9], "yes"),
        ("Do they show the same place?", ["the same", "different places"], "likeness", [0.1], "different places"),
        ("Are the places different?", ["yes", "no"], "likeness", [0.1], "yes"),
    ],
)
def test_options_are_weighed(question, choices, of, values, expected):
    videos, context = asked()
    scores = weigh_videos(question, choices, videos, values, of, context=context)
    assert best(choices, scores) == expected
    assert all(math.isfinite(score) for score in scores)


def test_of_three_videos():
    videos, context = asked(THREE)
    choices = ["the first", "the second", "the third", "all"]
    assert best(choices, weigh_videos("Which?", choices, videos, [0.1, 0.2, 0.9], context=context)) == "the third"
    assert best(choices, weigh_videos("Which?", choices, videos, [0.9, 0.9, 0.9], context=context)) == "all"
    numbers = weigh_videos("Which is the longest?", choices, videos, [9.5, 30.5, 12.5], "number", context=context)
    assert best(choices, numbers) == "the second"


def test_options_that_speak_of_something_else_have_no_scores():
    videos, context = asked()
    assert weigh_videos("What is shown?", ["a dog", "the sea"], videos, [0.9, 0.1], context=context) == []


@given(st.lists(st.floats(0, 1), min_size=2, max_size=2))
def test_the_options_of_two_videos_are_probabilities(values):
    clips, context = asked()
    scores = weigh_videos("Which?", FULL, clips, values, context=context)
    assert sum(map(math.exp, scores)) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize(
    ("question", "of", "values", "said"),
    [
        ("Which video shows a dog?", "likelihood", [0.9, 0.1], "a.mp4"),
        ("Which video shows a dog?", "likelihood", [0.9, 0.9], "both"),
        ("Which video shows a dog?", "likelihood", [0.3, 0.4], "b.mp4"),
        ("Do both show a dog?", "likelihood", [0.9, 0.9], "yes"),
        ("Do both show a dog?", "likelihood", [0.9, 0.1], "no, only a.mp4"),
        ("Do both show a dog?", "likelihood", [0.1, 0.1], "no, neither"),
        ("Does either show a dog?", "likelihood", [0.1, 0.9], "yes, b.mp4"),
        ("Which has more dogs?", "number", [1.0, 2.0], "b.mp4"),
        ("Which has the fewest dogs?", "number", [1.0, 2.0], "a.mp4"),
        ("Which has more dogs?", "number", [2.0, 2.0], "the same in all"),
        ("How many more dogs are in b.mp4 than in a.mp4?", "number", [1.0, 4.0], "3"),
        ("How many dogs are there altogether?", "number", [1.0, 4.0], "5"),
        ("Is b.mp4 longer than a.mp4?", "number", [1.5, 4.5], "yes"),
        ("Is it the same sign?", "likeness", [0.8], "yes"),
        ("Is it the same sign?", "likeness", [0.2], "no"),
    ],
)
def test_what_follows_in_words(question, of, values, said):
    videos, context = asked()
    assert name_videos(question, videos, values, of, context=context) == said


@pytest.mark.parametrize(("values", "of"), [([0.5], "likelihood"), ([0.5, 0.5], "likeness"), ([], "number")])
def test_a_value_for_each_video(values, of):
    videos, context = asked()
    with pytest.raises(ToolError) as caught:
        weigh_videos("Which?", ["a.mp4", "b.mp4"], videos, values, of, context=context)
    assert caught.value.code == "tool.argument"


def test_the_tools_know_the_names_of_the_videos(open_session, signs, more_signs, signs_memory):
    first, second = (open_session(path, store=signs_memory) for path in (signs, more_signs))
    with first.beside([second]):
        context = first.context()
    one, two = first.video.clip(), second.video.clip()
    assert named_videos("more in more_signs.mp4 than in signs.mp4", [one, two], context=context) == [two, one]
    assert named_videos("Which shows it?", [one, two], context=context) == [one, two]
    assert reworded("Does more_signs.mp4 show a dog?", [one, two], context=context) == "Does show a dog"


@pytest.mark.parametrize(
    ("query", "least", "most"),
    [
        ("shows a sign about the harbour", 0.6, 1.0),
        ("the word TICKETS", 0.9, 1.0),
        ("mentions a hospital", 0.0, 0.3),
        ("shows a giraffe", 0.0, 0.3),
    ],
)
def test_how_well_evidence_fits(open_session, signs, signs_memory, query, least, most):
    context = open_session(signs, store=signs_memory).context()
    lines = search(f"{query} exit", context=context)
    assert least <= fit(query, lines, context=context) <= most
    assert fit(query, lines[:0], context=context) == 0.0
