"""Requests of lmms-eval: what they ask, and what is handed back; the real package where it is installed."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest
from vidprog.agents import ask
from vidprog.evaluation.lmms_requests import NOTHING, Asked, answered, asked_by, reply_of, videos_of
from vidprog.video.errors import VidprogError

SUBTITLES = "This video's subtitles are listed below: \nA. hello there\nB. Smith speaks\nWhat do you want?\n"
LETTER = "Answer with the option's letter from the given choices directly."
PROMPTS = [
    (
        "Select the best answer to the following multiple-choice question based on the video and the subtitles. "
        "Respond with only the letter (A, B, C, or D) of the correct option.\n"
        "What is sold?\nA. bread\nB. fish\nThe best answer is:",
        Asked("What is sold?", ("bread", "fish")),
    ),
    (
        f"{SUBTITLES}Select the best answer to the following multiple-choice question based on the video and the "
        "subtitles. Respond with only the letter (A, B, C, or D) of the correct option.\n"
        "What is sold?\nA. bread\nB. fish\nThe best answer is:",
        Asked("What is sold?", ("bread", "fish")),
    ),
    (f"{SUBTITLES}What is sold?\nOptions:\nA. bread\nB. fish\n{LETTER}", Asked("What is sold?", ("bread", "fish"))),
    (
        "Who speaks?\n(A) the man\n(B) the woman\n(C) nobody\nOnly give the best option.\n",
        Asked("Who speaks?", ("the man", "the woman", "nobody")),
    ),
    ("Question:Who?\nOption:\n(A) he\n(B) she\nOnly give the best option.\n", Asked("Who?", ("he", "she"))),
    (
        f"Question: Where is it?\nOptions:\nA) at home\nB) at sea\n{LETTER}",
        Asked("Where is it?", ("at home", "at sea")),
    ),
    (
        f"Please answer the question about the video:\nWhat for?\nA. tea\nB. fun\n{LETTER}",
        Asked("What for?", ("tea", "fun")),
    ),
    ("Which?\na) one\nb) two", Asked("Which?", ("one", "two"), ("a", "b"))),
    (
        "Which number?\n1. one\n2. two\n3. three\nAnswer with the option's number from the given choices directly.",
        Asked("Which number?", ("one", "two", "three"), ("1", "2", "3")),
    ),
    (
        "Which caption fits?\nCaption A: He runs.\nCaption B: She runs.\nPlease directly give the best option:",
        Asked("Which caption fits?", ("He runs.", "She runs.")),
    ),
    (
        "Which description fits?\nOption 1: He runs.\nOption 2: She runs.\nPlease directly give the best option:",
        Asked("Which description fits?", ("He runs.", "She runs."), ("1", "2")),
    ),
    (
        "\nQuestion:What is it?\nA: ice\nB: snow\nC: \nVisual Information: processed video\nDo not generate any "
        "intermediate reasoning process. Answer directly with the option letter from the\ngiven choices.\n",
        Asked("What is it?", ("ice", "snow")),
    ),
    (
        "\nQuestion:What is it?\nVisual Information: processed video\nAnswer the given question step by step. Begin by "
        "explaining your reasoning process clearly. Conclude\nby stating the final answer.\n",
        Asked("What is it?"),
    ),
    ("Does he run?\nPlease answer yes or no:", Asked("Does he run?", ("yes", "no"), ("yes", "no"))),
    ("How many dogs are there?\nAnswer the question using a single word or phrase.", Asked("How many dogs are there?")),
    ("How many dogs? Answer the question using a single word or phrase.", Asked("How many dogs?")),
    (
        "These are frames of a video.\nHow many chairs?\nDo not response anything other than a single number!",
        Asked("How many chairs?"),
    ),
    (
        "You are able to understand the visual content that the user provides.Follow the instructions carefully and "
        "explain your answers in detail.What does he hold?",
        Asked("What does he hold?"),
    ),
    (
        "What is on it?\nA. one thing only\nIt is not a list.",
        Asked("What is on it? A. one thing only It is not a list."),
    ),
    ("It says:\n1. mix\n2. bake\nWhat is done first?", Asked("It says: 1. mix 2. bake What is done first?")),
    ("A. Smith is asked a question. What does he say?", Asked("A. Smith is asked a question. What does he say?")),
    ("Does the U.S. Army come? Mr. Smith knows.", Asked("Does the U.S. Army come? Mr. Smith knows.")),
    ("Please answer briefly.", Asked("Please answer briefly.")),
]


@pytest.mark.parametrize(("context", "asked"), PROMPTS)
def test_question_and_options_are_taken_out_of_the_text(context, asked):
    assert asked_by(context) == asked


@pytest.mark.parametrize("name", ["options", "choices", "candidates"])
def test_options_of_the_row_are_those_that_the_text_names(name):
    row = {name: ["A. a man", "B. a woman"]}
    assert asked_by("Who? A. a man B. a woman Answer with A or B.", row) == Asked("Who?", ("a man", "a woman"))
    assert asked_by("Who?\nA. he\nB. she", row).choices == ("he", "she")
    assert asked_by("Who?", row) == Asked("Who?")  # the same row is asked without its options, and graded by words


def test_all_files_are_the_videos():
    assert videos_of(["clip.mp4", Path("other.mp4"), object()]) == ("clip.mp4", "other.mp4")
    assert videos_of([]) == () and videos_of(None) == ()


@dataclass
class StubInstance:
    """What lmms-eval hands over in the simple protocol."""

    args: tuple


def request(context, path, doc_id=0):
    return StubInstance((context, {"max_new_tokens": 16}, lambda doc: [doc[path]], doc_id, "signs", "test"))


def test_requests_are_answered_with_letters(sample, sample_store, models):
    rows = {"signs": {"test": [{"file": str(sample)}]}}
    seen = []

    def put(paths, asked):
        seen.append((paths, asked))
        return ask(paths, asked.question, asked.choices, models=models, store=sample_store)

    context = "Which animal is shown?\nA. a horse\nB. a cat\nOnly give the best option."
    reply, result = answered(request(context, "file"), rows, put)
    assert seen == [((str(sample),), Asked("Which animal is shown?", ("a horse", "a cat")))]
    assert reply == "B" and result.text == "a cat"


@pytest.mark.parametrize(("visuals", "message"), [
    (None, "row 0 comes without a video"), ([object()], "row 0 comes without a video"),
    (["clip.mp4", object()], r"row 0 comes with more than video files \(object\)"),
])  # fmt: skip
def test_row_that_is_not_about_files_is_an_error(visuals, message):
    asked = StubInstance(("Who?", {}, lambda doc: doc["visuals"], 0, "signs", "test"))
    with pytest.raises(ValueError, match=message):
        answered(asked, {"signs": {"test": [{"visuals": visuals}]}}, lambda paths, asked: None)


def test_all_videos_of_a_row_are_asked():
    seen = []

    def put(paths, asked):
        seen.append(paths)
        return StubResult(None, "a cat")

    asked = StubInstance(("Who?", {}, lambda doc: doc["visuals"], 0, "signs", "test"))
    answered(asked, {"signs": {"test": [{"visuals": ["one.mp4", "two.mp4"]}]}}, put)
    assert seen == [("one.mp4", "two.mp4")]


@dataclass
class StubResult:
    """What of an answer a reply is made of."""

    choice: int | None
    text: str


@pytest.mark.parametrize(("asked", "choice", "text", "reply"), [
    (Asked("?", ("a", "b")), 1, "b", "B"), (Asked("?", ("a", "b")), None, "neither", NOTHING),
    (Asked("?", ("a", "b"), ("1", "2")), 1, "b", "2"), (Asked("?", ("yes", "no"), ("yes", "no")), 1, "no", "no"),
    (Asked("?"), None, "a cat", "a cat"), (Asked("?"), None, "", NOTHING),
])  # fmt: skip
def test_no_label_is_ever_made_up(asked, choice, text, reply):
    assert reply_of(asked, StubResult(choice, text)) == reply


NEEDS_LMMS = pytest.mark.skipif(find_spec("lmms_eval") is None, reason="lmms-eval is not installed (extra lmms)")


def broken_row(tmp_path):
    (tmp_path / "broken.mp4").write_bytes(b"no video")
    return StubInstance(("Who?", {}, lambda doc: [doc["file"]], 0, "signs", "test"))


@NEEDS_LMMS
def test_a_run_of_which_nothing_can_be_answered_is_an_error(tmp_path):
    from vidprog.apps.lmms_eval_model import Vidprog

    model = Vidprog(store=str(tmp_path / "store"))
    model.task_dict = {"signs": {"test": [{"file": str(tmp_path / "broken.mp4")}]}}
    with pytest.raises(VidprogError, match="broken"):
        model.generate_until([broken_row(tmp_path)])


@NEEDS_LMMS
def test_several_processes_know_where_to_exchange_numbers(tmp_path):
    from vidprog.apps.lmms_eval_model import Vidprog

    model = Vidprog(store=str(tmp_path))
    assert model.device == "cpu" and (model.rank, model.world_size) == (0, 1)


@NEEDS_LMMS
@pytest.mark.parametrize("method", ["loglikelihood", "generate_until_multi_round"])
def test_what_it_is_not_for_is_refused(tmp_path, method):
    from vidprog.apps.lmms_eval_model import Vidprog

    with pytest.raises(NotImplementedError, match="whole questions"):
        getattr(Vidprog(store=str(tmp_path)), method)([])


TASK = """
dataset_path: json
dataset_kwargs: {{data_files: {{test: {rows}}}}}
task: vidprog_signs
test_split: test
output_type: generate_until
doc_to_visual: !function signs_utils.visual
doc_to_text: !function signs_utils.text
doc_to_target: answer
process_results: !function signs_utils.process
metric_list: [{{metric: right, aggregation: mean, higher_is_better: true}}]
generation_kwargs: {{max_new_tokens: 16, temperature: 0, do_sample: false}}
metadata: [{{version: 0.0}}]
"""
UTILS = """
def visual(doc):
    return [doc["file"]]


def text(doc, lmms_eval_specific_kwargs=None):
    options = "\\n".join(f"{letter}. {option}" for letter, option in zip("ABC", doc["options"]))
    return f"{doc['question']}\\n{options}\\nAnswer with the option's letter from the given choices directly."


def process(doc, results):
    return {"right": float(results[0].strip() == doc["answer"])}
"""
ENTRY = "[lmms_eval.models]\nvidprog = vidprog.apps.lmms_eval:manifest\n"
QUESTIONS = (
    ("Which animal is shown?", ["a horse", "a cat", "a cow"], "B"),
    ("In which year was the station opened?", ["1887", "1902", "1950"], "A"),
)


@NEEDS_LMMS
def test_lmms_eval_runs_a_local_task(sample, sample_store, tmp_path):
    rows = [
        {"question": question, "options": options, "answer": answer, "file": str(sample)}
        for question, options, answer in QUESTIONS
    ]
    (tmp_path / "broken.mp4").write_bytes(b"no video")
    rows.append({**rows[0], "file": str(tmp_path / "broken.mp4")})  # costs its own row only
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "signs.yaml").write_text(TASK.format(rows=tmp_path / "rows.jsonl"))
    (tmp_path / "signs_utils.py").write_text(UTILS)
    entry = tmp_path / "path" / "vidprog_entry-0.dist-info"
    entry.mkdir(parents=True)
    (entry / "entry_points.txt").write_text(ENTRY)
    (entry / "METADATA").write_text("Metadata-Version: 2.1\nName: vidprog-entry\nVersion: 0\n")
    command = [sys.executable, "-m", "lmms_eval", "--model", "vidprog", "--model_args", f"store={sample_store}",
               "--tasks", "vidprog_signs", "--include_path", str(tmp_path), "--batch_size", "1", "--log_samples",
               "--output_path", str(tmp_path / "out")]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "path"), "HF_HOME": str(tmp_path / "hub"),
                   "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "WANDB_MODE": "disabled"}  # fmt: skip
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=900)
    results = list((tmp_path / "out").rglob("*_results.json"))
    assert results, ran.stdout[-2000:] + ran.stderr[-4000:]
    assert json.loads(results[0].read_text())["results"]["vidprog_signs"]["right,none"] == pytest.approx(2 / 3)
    told = ran.stdout + ran.stderr
    assert "row 2" in told and "1 of 3 requests could not be answered" in told
