"""Visual tokens chosen by the question: which stay, what is shared then, and what a prompt's question is."""

import re

import pytest

pytest.importorskip("torchvision", reason='the local VLM needs the extra: pip install "vidprog[gpu]"')

import tiny_vlm
import torch
from hypothesis import given
from hypothesis import strategies as st
from tiny_vlm import content, noise
from vidprog.models.profiles import Spec
from vidprog.models.token_selection import direction_of, most_like
from vidprog.models.vision_prompts import question_of
from vidprog.models.vlm_transformers import load
from vidprog.prompts import prompt

pytestmark = pytest.mark.vision
PICTURES = [noise(seed) for seed in range(4)]
TOLD = re.compile(r"kept (\d+) of (\d+) visual tokens by the question$")
RED = "Question about the video: is it red?\nA. yes\nB. no\n\nAnswer with the letter."
RED_TURNED = "Question about the video: is it red?\nA. no\nB. yes\n\nAnswer with the letter."
NUMBERS = "Question about the video: which 0 1 2 3 4 5?\nA. yes\nB. no\n\nAnswer with the letter."


@pytest.fixture(scope="module", params=sorted(tiny_vlm.ARCHITECTURES))
def fresh(request, tmp_path_factory):
    """Loads one architecture with options; it has computed nothing yet."""
    directory = tiny_vlm.build(request.param, tmp_path_factory.mktemp(request.param))

    def load_it(**options):
        return load(Spec("transformers", str(directory), options=tuple(options.items())), lambda message, share: None)

    return load_it


def scores(model, asked):
    return [score.log_probability for score in model.score(content(asked, PICTURES), ["A", "red and blue"])]


@given(counts=st.lists(st.integers(1, 9), min_size=1, max_size=4), share=st.floats(0.01, 1), seed=st.integers(0, 2**16))
def test_each_frame_keeps_its_share_and_what_it_drops_is_less_like_the_text(counts, share, seed):
    torch.manual_seed(seed)
    features, direction = torch.randn(sum(counts), 8), torch.randn(8)
    stays = most_like(features, counts, direction, share)
    assert [int(part.sum()) for part in stays.split(counts)] == [max(1, round(count * share)) for count in counts]
    likeness = torch.cosine_similarity(features - features.mean(0), direction[None])
    for like, kept in zip(likeness.split(counts), stays.split(counts), strict=True):
        assert kept.all() or like[kept].min() >= like[~kept].max() - 1e-6


def test_tokens_that_show_what_a_word_means_stay():
    words = torch.eye(6)
    shown = torch.stack([words[0], words[3], words[1], words[3], words[4], words[5]]) + 7
    stays = most_like(shown, [3, 3], direction_of(words[3:4], words.mean(0)), 0.34)
    assert stays.nonzero()[:, 0].tolist() == [1, 3]


@pytest.mark.parametrize("mode", ["image", "video"])
@pytest.mark.parametrize("share", ["1", "0.9999999"])
def test_all_tokens_chosen_is_exactly_the_model_itself(fresh, mode, share):
    for asked in (RED, NUMBERS):  # computed on another prefix, a sum may differ in its last bit
        plain, model = fresh(input=mode), fresh(input=mode, select=share)
        assert scores(model, asked) == scores(plain, asked)
        assert bool(TOLD.search(model.reduced)) == (share != "1")


@pytest.mark.parametrize("mode", ["image", "video"])
def test_as_many_tokens_stay_as_were_asked_for_and_it_is_said(fresh, mode):
    plain, model = fresh(input=mode), fresh(input=mode, select="0.5")
    scores(plain, RED), scores(model, RED)
    kept, all_ = map(int, TOLD.fullmatch(model.reduced).groups())
    assert 0.4 * all_ <= kept <= 0.6 * all_
    (whole, *_), (left, *_) = plain._prefixes._kept, model._prefixes._kept
    assert len(whole.tokens) - len(left.tokens) == all_ - kept
    model.score(["is it red?"], ["A"])
    assert not model.reduced


def test_it_chooses_of_what_merging_and_the_budget_leave(fresh):
    model = fresh(input="image", merge="0.5", budget="8", select="0.5")
    scores(model, RED)
    merged, chosen = model.reduced.split("; ")
    left, kept, of = int(merged.split(" ")[0]), *map(int, TOLD.fullmatch(chosen).groups())
    assert left == of <= 8
    assert len(PICTURES) <= kept < left


def test_orders_of_the_options_share_their_frames_and_other_questions_do_not(fresh):
    model = fresh(select="0.5")
    scores(model, RED)
    (first, *_), computed = model._prefixes._kept, model._prefixes.computed_tokens
    scores(model, RED_TURNED)
    assert model._prefixes.computed_tokens - computed < len(first.tokens) / 2
    computed = model._prefixes.computed_tokens
    scores(model, NUMBERS)
    assert model._prefixes.computed_tokens - computed == len(model._prefixes._kept[0].tokens)


def test_questions_one_after_the_other_are_each_as_if_it_came_first(fresh):
    model = fresh(select="0.5")
    for asked in (RED, NUMBERS, RED_TURNED, NUMBERS, RED):
        assert scores(model, asked) == pytest.approx(scores(fresh(select="0.5"), asked), abs=1e-4)


def test_questions_together_are_each_as_if_it_were_alone(fresh):
    prompts = [content(asked, PICTURES) for asked in (RED, RED_TURNED, NUMBERS, RED)]
    for alone, reply in zip(prompts, fresh(select="0.5").complete(prompts, max_tokens=4), strict=True):
        (expected,) = fresh(select="0.5").complete([alone], max_tokens=4)
        assert reply.log_probabilities == pytest.approx(expected.log_probabilities, abs=1e-4)


def test_what_stays_stands_where_it_stood(fresh):
    plain, model = fresh(), fresh(select="0.5")
    prompt_ = content(RED, PICTURES)
    chosen = []
    selected = model._reducer._selected
    model._reducer._selected = lambda *given: chosen.append(selected(*given)) or chosen[-1]
    whole, left = plain._inputs(prompt_), model._inputs(prompt_)
    stays = ~plain._weights.is_visual(whole["input_ids"][0])
    stays[~stays] = chosen[0].stays
    assert left["input_ids"].equal(whole["input_ids"][:, stays])
    if "position_ids" in whole:
        assert left["position_ids"].equal(whole["position_ids"][..., stays])
        assert left["position_ids"].shape[-1] + int(left["rope_deltas"]) == int(left["position_ids"][..., -1].max()) + 1


def test_another_question_is_shown_other_tokens(fresh):
    model = fresh(select="0.5")
    kept = []
    selected = model._reducer._selected
    model._reducer._selected = lambda *given: kept.append(selected(*given)) or kept[-1]
    for asked in (RED, RED_TURNED, NUMBERS):
        scores(model, asked)
    one, turned, other = (reduced.stays for reduced in kept)
    assert one.equal(turned) and not one.equal(other)
    assert one.sum() == other.sum()


@pytest.mark.parametrize(
    ("asked", "question"),
    [
        (prompt("answer_frames", question="Is it red?", options="A. yes\nB. no", label="letter"), "Is it red?"),
        (prompt("answer_frames_open", question="Is it red?"), "Is it red?"),
        (prompt("demonstrated", question="Is it red?", options="A. yes"), "Is it red?"),
        (prompt("yes_no", question="Is it red?"), "Is it red? Answer yes or no."),
        (
            prompt("frames_evidence", evidence="at 1 s: text", question=prompt("yes_no", question="Is it red?")),
            "Is it red? Answer yes or no.",
        ),
        ("Is <image> red?\nQuestion: what?", "what?"),
        ("Is <|image_pad|> red?", "Is < |image_pad|> red?"),
        ("", ""),
        ("3.0 s:", ""),
    ],
)
def test_the_question_of_a_prompt_is_one_line_without_options(asked, question):
    assert question_of([*content(asked, PICTURES[:1])][-2:]) == question
