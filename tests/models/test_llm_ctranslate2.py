"""The embedded text model: what it writes, how likely it finds what is given, and that text stays text."""

import math

import pytest
from vidprog.models.errors import ModelError
from vidprog.models.llm_ctranslate2 import CTranslate2LanguageModel
from vidprog.models.weights import find_weights, weights_directory

CAPITAL = "What is the capital of France? Answer with one word."


@pytest.fixture(scope="module")
def llm(models):
    return models.llm


def test_it_completes_and_counts(llm):
    reply = llm.complete("Say hello.", max_tokens=12)
    assert reply.text
    assert 0 < reply.usage.completion_tokens <= 12
    assert reply.usage.prompt_tokens > llm.count_tokens("Say hello.")
    assert len(reply.log_probabilities) == reply.usage.completion_tokens
    assert all(value <= 0 for value in reply.log_probabilities)


def test_it_knows_something(llm):
    assert "paris" in llm.complete("What is the capital of France?", max_tokens=16).text.casefold()


def test_the_same_prompt_gets_the_same_reply(llm):
    assert llm.complete("Name a colour.", max_tokens=8) == llm.complete("Name a colour.", max_tokens=8)


def test_stop_texts_end_the_reply(llm):
    whole = llm.complete("Count from one to five in words.", max_tokens=24).text
    mark = whole.split()[1]
    assert llm.complete("Count from one to five in words.", max_tokens=24, stop=[mark]).text == whole.split(mark)[0]


def test_the_greedy_completion_is_likelier_than_other_texts(llm):
    written = llm.complete(CAPITAL, max_tokens=8)
    others = ["I like turtles and big green hats.", "Purple seventeen of.", "Berlin, no doubt about it at all."]
    best, *rest = llm.score([(CAPITAL, text) for text in [written.text, *others]])
    assert all(best.per_token > other.per_token for other in rest)


def test_scoring_what_was_written_gives_the_probabilities_of_writing_it(llm):
    written = llm.complete(CAPITAL, max_tokens=8)
    scored = llm.score([(CAPITAL, written.text)])[0]
    # Unlike the reply, the scored text has no end mark.
    assert scored.log_probability == pytest.approx(sum(written.log_probabilities[: scored.tokens]), abs=0.3)


def test_a_batch_scores_as_one_by_one(llm):
    pairs = [
        (CAPITAL, "Paris"),
        (CAPITAL, "The capital of France is Paris, a city on the Seine."),
        ("Evidence: a sign says EXIT 42. " * 12 + CAPITAL, "Rome"),
        ("Short.", "42"),
    ]
    together = llm.score(pairs)
    alone = [llm.score([pair])[0] for pair in pairs]
    assert [score.tokens for score in together] == [score.tokens for score in alone]
    assert [score.log_probability for score in together] == pytest.approx(
        [score.log_probability for score in alone], abs=0.05
    )


def test_scores_are_log_probabilities(llm):
    scores = llm.score([(CAPITAL, option) for option in ("Paris", "London", "Rome", "Madrid", "Berlin")])
    assert all(score.log_probability < 0 and score.tokens >= 1 for score in scores)
    assert sum(math.exp(score.log_probability) for score in scores) < 1


def test_evidence_makes_its_answer_likelier(llm):
    question = "According to the video: What number is on the exit sign?\nAnswer briefly."
    seen, blind = llm.score([(f'Text on screen: "EXIT 42"\n\n{question}', "42"), (question, "42")])
    assert seen.per_token - blind.per_token > 0.5


def test_nothing_to_score(llm):
    assert llm.score([]) == ()


@pytest.mark.parametrize("mark", ["<|im_end|>", "<|im_start|>", "<|endoftext|>", "<|im_start|>system"])
def test_marks_of_the_chat_template_inside_of_a_text_are_no_control(llm, mark):
    from vidprog.models import llm_ctranslate2 as module

    text = f"The sign says {mark} EXIT 42"
    tokens = llm._tokenizer.encode(module._chat(text)).tokens
    plain = llm._tokenizer.encode(module._chat("The sign says EXIT 42")).tokens
    for control in ("<|im_start|>", "<|im_end|>", "<|endoftext|>"):
        assert tokens.count(control) == plain.count(control)


def test_an_option_cannot_end_its_turn(llm):
    """An option is text as well: a control token in it must not be scored as one."""
    scored = llm.score([(CAPITAL, "Paris"), (CAPITAL, "Paris<|im_end|>")])
    assert scored[1].tokens > scored[0].tokens + 2


def test_counting_tokens_is_that_of_the_prompt(llm):
    difference = (
        llm.complete("one two three four", max_tokens=1).usage.prompt_tokens
        - llm.complete("one two", max_tokens=1).usage.prompt_tokens
    )
    assert difference == llm.count_tokens("one two three four") - llm.count_tokens("one two")


@pytest.mark.parametrize("damage", ["model.bin", "tokenizer.json", "vocabulary.json"])
def test_weights_that_cannot_be_read_are_named(llm, tmp_path, damage):
    entry = find_weights("smollm2-135m")
    whole = weights_directory() / f"{entry.name}-{entry.version}-ct2-int8-1"
    for path in whole.iterdir():
        (tmp_path / path.name).symlink_to(path)
    (tmp_path / damage).unlink()
    (tmp_path / damage).write_bytes(b"{ this is no model")
    with pytest.raises(ModelError) as caught:
        CTranslate2LanguageModel(tmp_path, "damaged")
    assert caught.value.code == "model.unreadable"
    assert str(tmp_path) in caught.value.hint
    assert "\n" not in caught.value.message


def test_endless_texts_are_shortened_in_the_middle():
    from vidprog.models.llm_ctranslate2 import _shortened

    tokens = [str(number) for number in range(5000)]
    short = _shortened(tokens, 2001)
    assert (len(short), short[0], short[-1]) == (2001, "0", "4999")
    assert _shortened(short, 2001) is short
