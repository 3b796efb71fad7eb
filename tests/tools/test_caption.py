"""Captions: by a model that looks at the pixels, kept and searchable; by template without one."""

import pytest
from coloured import COLOURS, colour_of
from media import make_video
from scripted import ScriptedVision, with_role
from vidprog.models.errors import ModelError
from vidprog.tools import BudgetExceeded
from vidprog.tools.caption import caption, windows
from vidprog.tools.meter import Budget
from vidprog.tools.search import search

ORDER = ("red", "green", "blue", "grey")
SECONDS = 8.0


@pytest.fixture(scope="module")
def colours(clips):
    """Eight seconds, two of each colour."""
    picture = lambda index, time: COLOURS[ORDER[min(3, int(time // 2))]]  # noqa: E731
    return make_video(clips / "four-colours.mp4", frames=80, fps=10, number=False, picture=picture)


def describe(frames, text):
    return f"Something {colour_of(frames)}."


@pytest.fixture
def seeing(open_context, models, colours):
    def make(vlm, **changes):
        return open_context(colours, models=with_role(models, vlm=vlm), **changes)

    return make


@pytest.mark.parametrize(
    ("start", "end", "seconds", "spans"),
    [
        (0, 8, 4, [(0, 4), (4, 8)]),
        (0, 8, 3, [(0, 3), (3, 6), (6, 8)]),
        (1.5, 4, 10, [(1.5, 4)]),
        (0, 1, 0.0, [(0, 0.5), (0.5, 1)]),
    ],
)
def test_windows_tile_the_clip(open_context, colours, start, end, seconds, spans):
    clip = open_context(colours).whole.trim(start, end)
    assert windows(clip, seconds) == [pytest.approx(span) for span in spans]


def test_each_window_is_described_by_its_own_frames(seeing):
    vlm = ScriptedVision(describe)
    context = seeing(vlm)
    found = caption(context.whole, 2.0, context=context)
    assert [(line.start, line.end, line.content) for line in found] == [
        (2.0 * place, 2.0 * place + 2, f"Something {colour}.") for place, colour in enumerate(ORDER)
    ]
    assert {(line.kind, line.source) for line in found} == {("caption", f"vlm:{vlm.identity}")}
    assert [frames[0].time for frames, _ in vlm.asked] == pytest.approx([1.0, 3.0, 5.0, 7.0], abs=0.1)


def test_frames_are_the_centres_of_equal_parts(seeing):
    vlm = ScriptedVision(describe)
    context = seeing(vlm)
    caption(context.whole.trim(0, 4), 4.0, 4, context=context)
    (asked,) = vlm.asked
    assert [frame.time for frame in asked[0]] == pytest.approx([0.5, 1.5, 2.5, 3.5], abs=0.1)


def test_detail_changes_what_is_asked_for(seeing):
    vlm = ScriptedVision(describe)
    context = seeing(vlm)
    caption(context.whole, 8.0, context=context)
    caption(context.whole, 8.0, detail="detailed", context=context)
    (_, short), (_, detailed) = vlm.asked
    assert "one sentence" in short
    assert "several sentences" in detailed


def test_windows_are_asked_about_together_and_kept(seeing):
    batches = []

    class Batched(ScriptedVision):
        def complete(self, contents, *, max_tokens=256):
            batches.append(len(contents))
            return super().complete(contents, max_tokens=max_tokens)

    vlm = Batched(describe, identity="scripted:batched")
    context = seeing(vlm)
    first = caption(context.whole, 0.5, context=context)
    assert batches == [16]
    assert context.meter.usage.vlm_calls == 16
    again = seeing(Batched(describe, identity="scripted:batched"))
    assert caption(again.whole, 0.5, context=again) == first
    assert (again.meter.usage.vlm_calls, again.meter.usage.frames_decoded) == (0, 0)
    assert again.notes.cached
    assert batches == [16]


@pytest.mark.parametrize("changes", [{"seconds": 4.0}, {"frames": 2}, {"detail": "detailed"}])
def test_captions_of_another_kind_are_made_anew(seeing, changes):
    vlm = ScriptedVision(describe)
    context = seeing(vlm)
    caption(context.whole, 2.0, context=context)
    asked = len(vlm.asked)
    caption(context.whole, **{"seconds": 2.0, **changes}, context=context)
    assert len(vlm.asked) > asked


def test_captions_are_found_by_search_while_their_model_is_there(seeing, open_context, colours):
    context = seeing(ScriptedVision(describe))
    caption(context.whole, 2.0, context=context)
    (hit,) = search("something green", ["caption"], 1, context=context)
    assert (hit.start, hit.content) == (2.0, "Something green.")
    without = open_context(colours)
    assert not search("something green", ["caption"], context=without)


def test_no_more_frames_than_the_model_takes(seeing):
    vlm = ScriptedVision(describe)
    vlm.images_per_call = 2
    context = seeing(vlm)
    caption(context.whole, 8.0, 10, context=context)
    assert len(vlm.asked[0][0]) == 2
    assert "2 of 10 frames" in context.notes.why


def test_nothing_written_says_so(seeing):
    context = seeing(ScriptedVision("  "))
    found = caption(context.whole, 2.0, context=context)
    assert not found
    assert "wrote nothing about 4 windows" in found.why


def test_the_budget_keeps_what_was_described(seeing):
    context = seeing(ScriptedVision(describe, identity="scripted:budgeted"))
    context.meter.budget = Budget(vlm_calls=5)
    with pytest.raises(BudgetExceeded):
        caption(context.whole, 1.0, 8, context=context)  # two windows a batch
    assert context.meter.usage.vlm_calls == 4
    again = seeing(ScriptedVision(describe, identity="scripted:budgeted"))
    assert len(caption(again.whole, 1.0, 8, context=again)) == 8
    assert again.meter.usage.vlm_calls == 4


def test_a_failing_model_is_no_empty_video(seeing):
    class Broken(ScriptedVision):
        def complete(self, contents, *, max_tokens=256):
            raise ModelError("the server is gone", code="model.server")

    context = seeing(Broken(""))
    with pytest.raises(ModelError) as caught:
        caption(context.whole, 2.0, context=context)
    assert "the server is gone" in caught.value.message


def test_text_that_a_model_writes_is_one_line(seeing):
    context = seeing(ScriptedVision("A wall.\n\nIgnore   the question."))
    assert caption(context.whole, 8.0, context=context)[0].content == "A wall. Ignore the question."


# ---- by template


def test_windows_are_described_by_what_was_found(sample_context):
    captions = caption(sample_context.whole, 5.0, context=sample_context)
    assert all(line.kind == "caption" and line.end - line.start <= 5.0 + 1e-6 for line in captions)
    by_start = {line.start: line.content for line in captions}
    assert "1887" in by_start[0.0]
    assert "1 cat" in by_start[15.0]
    assert 'someone says: "' in by_start[5.0]
    assert {line.source for line in captions} == {"caption:template"}


def test_nothing_to_describe_says_why(open_context, mute):
    context = open_context(mute)
    nothing = caption(context.whole, context=context)
    assert not nothing
    assert "no audio stream" in nothing.why


def test_sound_alone_is_described_by_what_is_heard(open_context, models, clips):
    """There is nothing to see for the model: it is not asked."""
    from media import make_audio

    path = make_audio(clips / "hum.wav", seconds=2.0)
    vlm = ScriptedVision("never")
    context = open_context(path, models=with_role(models, vlm=vlm))
    assert not caption(context.whole, context=context)
    assert vlm.asked == []
