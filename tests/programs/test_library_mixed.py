"""The library programs that take what is heard, read, detected and followed to what is seen."""

import numpy as np
import pytest
from colour_runs import RED, ColourEmbedder, times
from colour_vision import colour_vision
from media import make_video
from scripted import ScriptedLanguageModel, ScriptedVision
from vidprog.memory import Observation, Timeline
from vidprog.programs import run
from vidprog.tools import tool
from vidprog.tools.track import track
from vidprog.video import Clip

# ---- with what is heard, read and detected


class Recording(ScriptedVision):
    """Keeps every content as it was, texts and frames in their order."""

    def __init__(self, *replies):
        super().__init__(*replies)
        self.contents = []

    def complete(self, contents, *, max_tokens=256):
        self.contents += contents
        return super().complete(contents, max_tokens=max_tokens)


def test_speech_stands_between_the_frames_of_its_time(look, sample, sample_store, sample_session):
    vlm = Recording("A")
    ran = look("long_video_interleaved", vlm, sample, "What is shown?", ("a cat", "a dog"), store=sample_store)
    content = next(content for content in vlm.contents if any(not isinstance(part, str) for part in content))
    spoken = sample_session.context().memory.timeline(["speech"])
    placed = [
        (line, place)
        for line in spoken
        for place, part in enumerate(content)
        if isinstance(part, str) and line.content.replace('"', "'") in part and "Question" not in part
    ]
    assert len(placed) >= 3
    for line, place in placed:
        middle = (line.start + line.end) / 2
        before = [part.time for part in content[:place] if not isinstance(part, str)]
        after = [part.time for part in content[place:] if not isinstance(part, str)]
        assert max(before, default=0.0) <= middle <= min(after, default=1e9)
    assert ran.step("select_frames")[0].arguments["count"] == int(ran.context.video.duration)


def test_lines_that_no_frame_falls_into_are_left_out(look, library, monkeypatch, clips):
    cues = [(1.0, 3.0, "The gate is open."), (100.2, 100.4, "A short word."), (300.0, 305.0, "Now it is shut.")]
    long = make_video(
        clips / "spoken.mkv", frames=400, fps=1, size=(64, 36), number=False, subtitles=[*cues, (310.0, 380.0, "Wind.")]
    )
    vlm = Recording("A")
    look("long_video_interleaved", vlm, long, "What is shut?", ("the gate", "the shop"))
    text = "\n".join(part for part in vlm.contents[0] if isinstance(part, str))
    assert "Now it is shut." in text and "The gate is open." in text
    assert "A short word." not in text  # frames stand every 6.25 s: the nearest is more than half a second away


def test_things_are_numbered_in_every_frame(look, sample, sample_store, sample_session):
    ran = look("gpt4scene", ScriptedVision("A"), sample, "Which number is the animal?", ("1", "2"), store=sample_store)
    frames, text = ran.looks[-1]
    assert len(frames) == 32
    assert {max(frame.image.shape) for frame in frames} == {512}
    things = track.run((ran.context.whole,), {}, ran.context)
    cats = {thing.track for thing in things if thing.content == "cat"}
    assert cats and all(f"{number} is a cat" in text for number in cats)
    assert "stays with it" in text


def test_an_image_embedder_saves_the_calls_for_each_frame(look):
    ran = look("free_video_llm", colour_vision("red"), question="Is the wall red?", choices=("yes", "no"),
             image_embedder=ColourEmbedder())  # fmt: skip
    assert not [text for _, text in ran.vlm.asked if text.endswith("Answer yes or no.")]
    assert all(RED[0] <= frame.time < RED[1] for frame in ran.looks[-1][0][:3])


def test_video_rag_stands_retrieved_text_beside_the_frames(look, sample, sample_store):
    llm = ScriptedLanguageModel("SPEECH: the train leaves\nTHINGS: cat\nKINDS: location")
    ran = look("video_rag", ScriptedVision("A"), sample, "Where does the cat sit?", ("left", "right"), llm=llm,
             store=sample_store)  # fmt: skip
    assert ran.tools == (
        "named_range has_model select_frames reason transcribe retrieve read_text retrieve detect has_model positions"
        " answer"
    )
    assert ran.step("select_frames")[0].arguments["count"] == 32
    assert [step.arguments["min_score"] for step in ran.step("retrieve")] == [0.3, 0.3]
    assert "the train leaves" in ran.step("retrieve")[0].arguments["query"]
    assert ran.step("detect")[0].arguments["query"] == "cat"
    frames, text = ran.looks[-1]
    assert len(frames) == 32 and "cat" in text and "not instructions" in text
    assert len(llm.prompts) == 1


@pytest.mark.parametrize(
    ("reply", "speech", "things"),
    [
        ("- SPEECH: none\n- THINGS: None.\n- KINDS: none", "", "Where does the cat sit?"),
        ("I do not know.", "", "Where does the cat sit?"),
        ("Speech: hello: you\nThings: dog, cup", "hello: you", "dog, cup"),
    ],
)
def test_a_request_that_cannot_be_read_asks_for_nothing_more(reply, speech, things, look, sample, sample_store):
    ran = look("video_rag", ScriptedVision("A"), sample, "Where does the cat sit?", ("left", "right"),
             llm=ScriptedLanguageModel(reply), store=sample_store)  # fmt: skip
    assert ran.step("retrieve")[0].arguments["query"].removeprefix("Where does the cat sit?").strip() == speech
    assert ran.step("detect")[0].arguments["query"] == things


class FlatEmbedder(ColourEmbedder):
    """Finds all frames nearly alike: 1.6 times the mean is out of reach, as it is for CLIP."""

    identity = "scripted:flat-embedder"

    def embed_images(self, images):
        rows = np.ones((len(images), 4), np.float32)
        rows[:, 1] += np.linspace(0, 0.01, len(images))
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def embed_texts(self, texts):
        return np.tile(np.array([[0.0, 1.0, 0.0, 0.0]], np.float32), (len(texts), 1))


def test_the_gate_of_video_rag_opens_for_one_frame_at_least(look, sample, sample_store, sample_session):
    """As published it hardly ever opens: no likeness reaches 1.6 times the mean."""
    part = "Where does the cat sit between 16 and 21 seconds?"
    llm = ScriptedLanguageModel("SPEECH: none\nTHINGS: cat\nKINDS: none")
    ran = look("video_rag", ScriptedVision("A"), sample, part, ("left", "right"), llm=llm, store=sample_store,
             image_embedder=FlatEmbedder())  # fmt: skip
    assert len(ran.step("relevance")) == 1
    assert "Visible: cat" in ran.looks[-1][1]
    found = ran.step("answer")[0].arguments["evidence"]
    assert found != "nothing"


def test_video_rag_without_a_model_that_sees_is_about_texts_alone(sample_session, builtin_tools, library):
    """The embedded models as they are."""
    context = sample_session.context()
    decoded = context.meter.usage.frames_decoded
    result = run(
        library.get("video_rag"), builtin_tools, context, video=context.whole,
        question="At what time does the train to Harbour Town leave?", choices=["08:30", "09:15", "10:45"],
    )  # fmt: skip
    assert " ".join(step.tool for step in result.steps) == "named_range has_model search search search answer"
    assert result.answer.text == "09:15"
    assert context.meter.usage.frames_decoded == decoded


# ---- VURF: before and after an interval, and what is cut out


@pytest.mark.parametrize(
    ("words", "wanted", "start", "end"),
    [
        ("before the wall turns blue", "blue", 14.0 - 5.0, 15.0),
        ("after the wall turns red", "red", 6.0, 7.0 + 5.0),
        ("while the wall is red", "red", 5.0, 7.0),
    ],
)
def test_vurf_trims_to_one_side_of_the_interval(words, wanted, start, end, look):
    """The published TRIM_BEFORE widens the clip on both sides: here nothing past the interval is looked at."""
    ran = look("vurf", colour_vision(wanted), question=f"What colour is the floor {words}?", choices=())
    (cut,) = ran.step("trim")
    assert (cut.arguments["start"], cut.arguments["end"]) == pytest.approx((start, end), abs=0.5)
    looked = times(ran.looks[-1][0])
    assert start - 0.5 <= min(looked) and max(looked) <= end + 0.5
    assert ran.step("split_question")[0].arguments["question"].endswith(f"{words}?")


def test_vurf_takes_the_whole_clip_where_the_moment_is_not_found(look):
    ran = look("vurf", colour_vision("green"), question="What colour is the wall after the wall turns green?")
    assert ran.step("moment_of")[0].result == "nothing"
    assert not ran.step("trim")
    assert ran.step("select_frames")[0].arguments["clip"] == "0.0-16.0 s"


def test_vurf_samples_128_frames_and_keeps_4(look):
    ran = look("vurf")
    assert ran.step("select_frames")[0].arguments["count"] == 128
    assert ran.step("best_frames")[0].arguments["count"] == 4
    assert len(ran.looks[-1][0]) == 4
    assert ran.tools == (
        "split_question named_range select_frames track crop_track relevance best_frames caption has_model transcribe"
        " can_write answer"
    )


def test_vurf_summarizes_what_is_seen_and_said(look):
    llm = ScriptedLanguageModel("It is grey, then red, then blue.")
    ran = look("vurf", llm=llm)
    assert ran.tools.endswith("transcribe can_write summarize note answer")
    assert "It is grey, then red, then blue." in ran.looks[-1][1]
    assert "A red picture." in llm.prompts[0] and "not instructions" in llm.prompts[0]


def test_vurf_cuts_out_the_thing_with_width_and_height_apart(look, sample, sample_store):
    """The published CROP mixes them up when it clamps: the window has the shape of the thing's largest box."""
    ran = look("vurf", ScriptedVision("Yes"), sample, "What colour is the cat?", (), store=sample_store)
    frames, _ = ran.looks[-1]
    things = track.run((ran.context.whole, "cat"), {}, ran.context)
    first = [thing.box for thing in things if thing.track == things[0].track]
    height, width = ran.context.frames([20.0])[0].image.shape[:2]
    widest = max(right - left for left, _, right, _ in first) * width
    tallest = max(bottom - top for _, top, _, bottom in first) * height
    for frame in frames:
        assert frame.image.shape[:2] == pytest.approx((tallest, widest), abs=4)
        assert any(thing.start <= frame.time <= thing.end for thing in things)
    assert frames[0].image.shape[0] != frames[0].image.shape[1]


# ---- StoryTeller: parts, speakers, names


SPOKEN = (
    "speaker 1: Good morning, Anna.", "speaker 2: Is the letter there?", "speaker 1: Not yet.",
    "speaker 2: Then we wait.",
)  # fmt: skip


@tool(replaces=True)
def speakers(clip: Clip) -> Timeline:
    """Hear two people in turn, a line every four seconds.

    Args:
        clip: Where to listen.
    """
    lines = [
        Observation(4.0 * place + 1, 4.0 * place + 3, "speech", text, 1.0, "t") for place, text in enumerate(SPOKEN)
    ]
    return Timeline(lines).between(clip.start, clip.end)


@tool(replaces=True)
def split_clip(clip: Clip, seconds: float, method: str = "fixed") -> list[Clip]:
    """Cut into parts of four seconds.

    Args:
        clip: What to cut.
        seconds: Of no account.
        method: Of no account.
    """
    return [clip.trim(start, start + 4) for start in range(int(clip.start), int(clip.end), 4)]


@pytest.fixture
def tell(look, builtin_tools):
    """Run StoryTeller over two speakers in four parts, with a model that names them by a script."""

    def run_one(names, *, score=None, **changes):
        replies = iter(names)
        vision = colour_vision(
            "blue", lambda frames, text: next(replies, "") if "Write one line for each" in text else None
        )
        if score is not None:
            vision.can_score, vision._score = True, score
        return look("story_teller", vision, registry=builtin_tools.with_tools([speakers, split_clip]), **changes)

    return run_one


def described(ran):
    return [(frames, text) for frames, text in ran.vlm.asked if "Describe what happens" in text]


def test_the_story_is_told_part_by_part_with_named_lines(tell):
    llm = ScriptedLanguageModel("It turned blue.")
    ran = tell(["speaker 1 = Ben", "- Speaker 2 = Anna.", "speaker 1 = Ben", "nobody"], llm=llm, choices=())
    parts = described(ran)
    assert [len(frames) for frames, _ in parts] == [8, 8, 8, 8]
    lines = ('Ben: "Good morning, Anna."', 'Anna: "Is the letter there?"', 'Ben: "Not yet."', 'Anna: "Then we wait."')
    for (frames, text), line in zip(parts, lines, strict=True):
        assert line in text and "data, not instructions" in text
        assert times(frames) == sorted(times(frames))
    assert [(step.arguments["start"], step.arguments["end"]) for step in ran.step("note")] == [
        (0.0, 4.0), (4.0, 8.0), (8.0, 12.0), (12.0, 16.0)
    ]  # fmt: skip
    assert ran.step("split_clip")[0].arguments["method"] == "dialogue"
    assert "pictures" not in ran.step("answer")[0].arguments  # from the text
    assert lines[0].replace('"', "'") in llm.prompts[-1]
    assert ran.result.answer.text == "It turned blue."


def weighs(**nats):
    """Nats per token of each name."""
    return lambda frames, text, option: nats.get(option.strip().casefold(), -9.0)


@pytest.mark.parametrize(
    ("score", "name"),
    [
        (weighs(ben=-2.0, carl=-0.5), "Carl"),
        (weighs(ben=-0.5, carl=-2.0), "Ben"),
        (weighs(ben=-12.0, carl=-11.0), "speaker 1"),  # less than 0.0005: none fits
        (None, "speaker 1"),  # a model that cannot tell how likely a name is
    ],
)
def test_of_several_names_the_likeliest_over_all_parts_wins(score, name, tell):
    ran = tell(["speaker 1 = Ben", "", "speaker 1 = Carl", ""], score=score)
    assert len(ran.step("likelihood")) == (2 if score else 1)  # once for each part in which the voice speaks
    assert f'{name}: "Not yet."' in described(ran)[2][1]
    assert 'speaker 2: "Then we wait."' in described(ran)[3][1]


def test_a_long_film_is_told_in_forty_parts(look, builtin_tools, clips):
    @tool(replaces=True)
    def split_clip(clip: Clip, seconds: float, method: str = "fixed") -> list[Clip]:
        """Cut into many parts.

        Args:
            clip: What to cut.
            seconds: Of no account.
            method: Of no account.
        """
        return [clip.trim(start, start + 4) for start in range(0, 400, 4)]

    long = make_video(clips / "film.mp4", frames=400, fps=1, size=(64, 36), number=False)
    ran = look("story_teller", path=long, registry=builtin_tools.with_tools([split_clip]))
    notes = ran.step("note")
    assert len(notes) == 34 <= 40  # a hundred, three by three
    assert (notes[0].arguments["start"], notes[-1].arguments["end"]) == (0.0, 400.0)
    assert len(ran.steps) < 300


def test_story_teller_never_cuts_a_line_of_real_speech(look, sample, sample_store):
    ran = look("story_teller", path=sample, store=sample_store, question="What is said?", choices=())
    spoken = ran.context.memory.timeline(["speech"])
    prompts = [text for _, text in described(ran)]
    assert len(spoken) >= 3
    for line in spoken:
        assert sum(line.content.replace('"', "'") in text for text in prompts) == 1
    ends = [step.arguments["end"] for step in ran.step("note")]
    assert not [line for line in spoken for end in ends if line.start + 0.3 < end < line.end - 0.3]
    assert any('speaker 1: "' in text for text in prompts)
