"""The published sample files, where they are: every one parses with the count of its index.

``VIDPROG_BENCHMARKS`` names their folder; without it, ``../shared/benchmarks`` beside the repository is looked for.
"""

import json
import os
from pathlib import Path

import pytest
from vidprog.evaluation.items import Prediction
from vidprog.evaluation.readers import read
from vidprog.evaluation.scores import Sampling, score
from vidprog.evaluation.scores.captions import available
from vidprog.video.errors import UsageError

FOLDER = Path(os.environ.get("VIDPROG_BENCHMARKS") or Path(__file__).parents[3] / "shared" / "benchmarks")
INDEX = json.loads((FOLDER / "index.json").read_text()) if (FOLDER / "index.json").exists() else []
FAST = Sampling(samples=20)
HELD = {"qvhighlights/run_on_video_queries.jsonl": 1}
"""Rows of files that hold fewer than the index says."""
NO_QUESTIONS = (
    "gsub_",
    "frame2time_",
    "upbd_",
    "map_",
    "subset_answers",
    "uid_to",
    "test_a",
    "filter_answers",
    "vocab",
)

pytestmark = pytest.mark.skipif(not INDEX, reason=f"no published samples in {FOLDER}; set VIDPROG_BENCHMARKS")


def entries(with_questions):
    names = [(entry["file"], entry["sample_rows"]) for entry in INDEX]
    return [pair for pair in names if Path(pair[0]).name.startswith(NO_QUESTIONS) != with_questions]


@pytest.mark.parametrize(("file", "rows"), entries(True))
def test_every_row_is_read(file, rows):
    found = read(FOLDER / file)
    assert found.problems == ()
    assert len(found.items) == HELD.get(file, rows)


@pytest.mark.parametrize(("file", "rows"), entries(False))
def test_a_file_without_questions_is_refused_with_what_to_give(file, rows):
    with pytest.raises(UsageError) as caught:
        read(FOLDER / file)
    assert caught.value.code in ("eval.companion", "eval.format")
    assert caught.value.hint
    if rows is not None:
        assert len(json.loads((FOLDER / file).read_text())) == rows


@pytest.mark.parametrize("split", ["val", "test"])
def test_spans_are_joined(split):
    items = read(FOLDER / f"nextgqa/{split}.sample.csv").items
    located = json.loads((FOLDER / f"nextgqa/gsub_{split}.sample.json").read_text())
    for item in items:
        video, name = item.id.rsplit("_", 1)
        wanted = located[video]["location"].get(name, [])
        assert item.spans == tuple((max(0, start), end) for start, end in wanted)


MAIN = {"choice": "accuracy", "open": "exact match", "highlight": "mAP", "caption": "ROUGE-L"}
"""The metric that a perfect predictor has at its best, by the kind of task."""
UNKNOWN = ("egoschema/questions.sample.json",)
"""Files whose answers are not in the samples."""


def perfect(item):
    saliency = tuple(max(rating) for rating in item.extra.get("saliency", ()))
    return Prediction(item.id, choice=item.truth, text=item.reference, spans=item.spans, scores=saliency)


def ceiling(items):
    """The best mean average precision: of more than ten right windows, only ten are looked at."""
    return sum(min(1, 10 / len(item.spans)) for item in items) / len(items)


@pytest.mark.parametrize("file", [file for file, _ in entries(True) if file not in UNKNOWN])
def test_a_perfect_predictor_scores_100_and_a_constant_one_its_known_rate(file):
    items = read(FOLDER / file).items
    [task] = {item.task for item in items}
    metric = MAIN[task]
    if task == "caption" and not available():
        pytest.skip("rouge-score is not installed: pip install 'vidprog[eval]'")
    best = score(items, map(perfect, items), sampling=FAST)
    assert best.unknown == ()
    assert best.measure(metric).value == pytest.approx(ceiling(items) if metric == "mAP" else 1)
    assert all(best.right.values())
    constant = score(
        items, [Prediction(item.id, choice=0, text="yes", spans=((0, 1),)) for item in items], sampling=FAST
    )
    share = {"choice": [item.truth == 0 for item in items], "open": [item.answers == ("yes",) for item in items]}
    wanted = sum(share.get(task, [0])) / len(share.get(task, [0]))
    assert constant.measure(metric).value == pytest.approx(wanted, abs=0 if task in share else 0.03)


def test_the_answers_of_egoschema_are_the_ones_of_another_repository():
    """The options stand in one order, so the two keys agree question by question."""
    ours = read(FOLDER / "egoschema/subset_questions_official_format.sample.json").items
    theirs = {item.video: item for item in read(FOLDER / "igvlm_format/EgoSchema.sample.csv").items}
    assert all(theirs[item.video].reference == item.reference for item in ours if item.video in theirs)
    assert len(theirs) == 200


def test_the_published_results_of_vnbench_are_scored_as_published():
    """The example's own evaluation gives 1 for both kinds of retrieval and 0 for the edited needle."""
    path = FOLDER / "vnbench/example_result.jsonl"
    given = [line.split('"pred": "')[1][0] for line in path.read_text().splitlines()]
    items = read(path).items
    answers = [Prediction(item.id, choice="ABCD".index(letter)) for item, letter in zip(items, given, strict=True)]
    found = score(items, answers).by_category("all of a group")
    assert {name: measure.value for name, measure in found.items()} == {
        "ret_insert1": 1,
        "ret_insert2": 1,
        "ret_edit1": 0,
    }


@pytest.mark.parametrize("name", ["manifest.json"])
def test_a_manifest_of_real_videos(name):
    path = FOLDER.parent / "videos" / name
    if not path.exists():
        pytest.skip(f"no {path}")
    found = read(path, videos=path.parent)
    data = json.loads(path.read_text())
    assert found.problems == ()
    assert len(found.items) == sum(len(video["questions"]) for video in data["videos"])
    assert all(item.reference == item.answers[0] for item in found.items)
