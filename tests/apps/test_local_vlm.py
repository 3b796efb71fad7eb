"""Questions answered by a local vision-language model over the command line: real architectures, random weights."""

import itertools
import json

import pytest

pytest.importorskip("torchvision", reason='the local VLM needs the extra: pip install "vidprog[gpu]"')

import tiny_vlm

pytestmark = pytest.mark.vision
OPTIONS = ("a red bus", "a blue boat", "a dog", "the sea")


@pytest.fixture(scope="module", params=sorted(tiny_vlm.ARCHITECTURES))
def directory(request, tmp_path_factory):
    return tiny_vlm.build(request.param, tmp_path_factory.mktemp(request.param))


@pytest.fixture
def ask(cli, directory, signs, signs_memory):
    """Asks about the clip with signs by its frames alone; the parsed document."""

    def ask(question, options=(), choices="auto"):
        given = itertools.chain.from_iterable(("-c", option) for option in options)
        model = (
            "--set",
            f"vlm=transformers:{directory}?choices={choices}",
            "--program",
            "uniform_frames",
            "--max-rounds",
            "1",
        )
        ran = cli("ask", signs, question, *given, *model, "--store", signs_memory, "--json", "--no-learn")
        assert ran.code in (0, 3), ran.err
        return json.loads(ran.out)

    return ask


@pytest.mark.parametrize(("count", "choices"), [(2, "letters"), (5, "texts"), (27, "letters")])
def test_probabilities_of_any_number_of_options_sum_to_one(ask, validate, count, choices):
    found = ask("What passes by?", [f"thing {place} of many" for place in range(count)], choices)
    validate(found, "answer")
    assert len(found["probabilities"]) == count and sum(found["probabilities"]) == pytest.approx(1, abs=1e-4)
    assert found["confidence"] == pytest.approx(max(found["probabilities"]), abs=1e-4)
    assert found["basis"].startswith(f"vlm {choices}") and found["usage"]["vlm_calls"] > 0


@pytest.mark.parametrize("choices", ["letters", "texts"])
def test_the_order_of_the_options_changes_nothing(ask, choices):
    orders = [OPTIONS, OPTIONS[::-1], OPTIONS[2:] + OPTIONS[:2]]
    found = [ask("What passes by?", order, choices) for order in orders]
    first = dict(zip(OPTIONS, found[0]["probabilities"], strict=True))
    for order, document in zip(orders, found, strict=True):
        assert document["answer"] == found[0]["answer"]
        assert dict(zip(order, document["probabilities"], strict=True)) == pytest.approx(first, abs=1e-4)


def test_an_open_question_is_answered_in_words_with_frames_as_evidence(ask):
    found = ask("What passes by?")
    assert found["basis"].startswith(("vlm text", "vlm: no words")) and found["probabilities"] == []
    assert found["profile"]["vlm"].startswith("transformers:")
    assert {moment["source"].split(":")[0] for moment in found["evidence"]} <= {"vlm"}


def test_a_directory_without_a_model_is_one_line_with_a_hint(cli, signs, signs_memory, tmp_path):
    ran = cli("ask", signs, "What?", "--set", f"vlm=transformers:{tmp_path}", "--program", "uniform_frames",
              "--store", signs_memory)  # fmt: skip
    assert ran.code == 1 and "cannot be loaded" in ran.err and "hint: " in ran.err and "Traceback" not in ran.err
