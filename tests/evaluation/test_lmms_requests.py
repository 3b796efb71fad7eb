"""Requests of lmms-eval: what they ask, and what is handed back; the real package where it is installed."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec

import pytest
from vidprog.agents import ask
from vidprog.evaluation.lmms_requests import NOTHING, Asked, answered, asked_by, reply_of, video_of

PROMPTS = [
    (
        "Select the best answer to the following multiple-choice question based on the video and the subtitles. "
        "Respond with only the letter (A, B, C, or D) of the correct option.\n"
        "What is sold?\nA. bread\nB. fish\nThe best answer is:",
        Asked("What is sold?", ("bread", "fish")),
    ),
    (
        "Who speaks?\n(A) the man\n(B) the woman\n(C) nobody\nOnly give the best option.\n",
        Asked("Who speaks?", ("the man", "the woman", "nobody")),
    ),
    (
        "Question: Where is it?\nOptions:\nA) at home\nB) at sea\n"
        "Answer with the option's letter from the given choices directly.",
        Asked("Where is it?", ("at home", "at sea")),
    ),
    ("How many dogs are there?\nAnswer the question using a single word or phrase.", Asked("How many dogs are there?")),
    (
        "What is on it?\nA. one thing only\nIt is not a list.",
        Asked("What is on it? A. one thing only It is not a list."),
    ),
    ("A. Smith is asked a question. What does he say?", Asked("A. Smith is asked a question. What does he say?")),
    ("Please answer briefly.", Asked("Please answer briefly.")),
]


@pytest.mark.parametrize(("context", "asked"), PROMPTS)
def test_question_and_options_are_taken_out_of_the_text(context, asked):
    assert asked_by(context) == asked


@pytest.mark.parametrize("name", ["options", "choices", "candidates"])
def test_options_of_the_row_are_taken_when_the_text_has_none(name):
    assert asked_by("Who?", {name: ["A. a man", "B. a woman"]}).choices == ("a man", "a woman")
    assert asked_by("Who?\nA. he\nB. she", {name: ["a woman", "a man"]}).choices == ("he", "she")


def test_first_file_is_the_video():
    assert video_of([object(), "clip.mp4", "other.mp4"]) == "clip.mp4"
    assert video_of([]) is None and video_of(None) is None


@dataclass
class StubInstance:
    """What lmms-eval hands over in the simple protocol."""

    args: tuple


def request(context, path, doc_id=0):
    return StubInstance((context, {"max_new_tokens": 16}, lambda doc: [doc[path]], doc_id, "signs", "test"))


def test_requests_are_answered_with_letters(sample, sample_store, models):
    rows = {"signs": {"test": [{"file": str(sample)}]}}
    seen = []

    def put(path, asked):
        seen.append((path, asked))
        return ask(path, asked.question, asked.choices, models=models, store=sample_store)

    context = "Which animal is shown?\nA. a horse\nB. a cat\nOnly give the best option."
    reply, result = answered(request(context, "file"), rows, put)
    assert seen == [(str(sample), Asked("Which animal is shown?", ("a horse", "a cat")))]
    assert reply == "B" and result.text == "a cat"


def test_row_without_a_file_is_an_error():
    with pytest.raises(ValueError, match="row 0 comes without a video"):
        answered(request("Who?", "file"), {"signs": {"test": [{"file": None}]}}, lambda path, asked: None)


@pytest.mark.parametrize(("choices", "choice", "text", "reply"), [
    (("a", "b"), 1, "b", "B"), (("a", "b"), None, "neither", NOTHING), ((), None, "a cat", "a cat"),
    ((), None, "", NOTHING),
])  # fmt: skip
def test_no_letter_is_ever_made_up(choices, choice, text, reply):
    @dataclass
    class StubResult:
        choice: int | None
        text: str

    assert reply_of(choices, StubResult(choice, text)) == reply


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


@pytest.mark.skipif(find_spec("lmms_eval") is None, reason="lmms-eval is not installed (extra lmms)")
def test_lmms_eval_runs_a_local_task(sample, sample_store, tmp_path):
    rows = [
        {"question": question, "options": options, "answer": answer, "file": str(sample)}
        for question, options, answer in QUESTIONS
    ]
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
    assert json.loads(results[0].read_text())["results"]["vidprog_signs"]["right,none"] == 1.0
