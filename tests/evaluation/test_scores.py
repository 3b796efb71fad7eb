"""Scoring a data set: every metric of every task on a table worked out by hand, and what counts as wrong."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vidprog.evaluation.items import Item, Prediction
from vidprog.evaluation.scores import METRICS, Sampling, retrieval, score
from vidprog.evaluation.scores.captions import available
from vidprog.video.errors import UsageError

FAST = Sampling(samples=50)


def choice(name, truth=0, **more):
    return Item(name, more.pop("video", "v"), "?", choices=("a", "b", "c"), truth=truth, **more)


def said(name, choice=None, **more):
    return Prediction(name, choice=choice, **more)


GROUNDED = choice("1", spans=((2, 6),))
WHEN = Item("1", "v", "?", "when", spans=((2, 6), (10, 12)))
COUNT = Item("1", "v", "?", "count", answers=("4",))
OPEN = Item("1", "v", "?", "open", answers=("a red kite", "kite"))
FOUND = Item("1", "v", "?", "highlight", spans=((0, 2),), extra={"saliency": ((4, 0, 0), (0, 0, 0))})

BY_HAND = [
    # item, prediction, {metric: value}
    (choice("1"), said("1", 0), {"accuracy": 1}),
    (choice("1"), said("1", 2), {"accuracy": 0}),
    (choice("1"), said("1", None), {"accuracy": 0}),
    (GROUNDED, said("1", 0, spans=((3, 5),)), {"accuracy": 1, "mIoU": 0.5, "mIoP": 1, "Acc&GQA": 1, "R@0.5": 1}),
    (GROUNDED, said("1", 1, spans=((3, 5),)), {"accuracy": 0, "mIoP": 1, "Acc&GQA": 0, "IoP@0.5": 1}),
    (GROUNDED, said("1", 0, spans=((5, 9),)), {"accuracy": 1, "mIoP": 0.25, "Acc&GQA": 0, "IoP@0.3": 0}),
    (GROUNDED, said("1", 0), {"accuracy": 1, "mIoU": 0, "mIoP": 0, "Acc&GQA": 0}),
    (WHEN, said("1", spans=((10, 12),)), {"R@0.3": 1, "R@0.5": 1, "R@0.7": 1, "mIoU": 1}),
    (WHEN, said("1", spans=((2, 4.4),)), {"R@0.3": 1, "R@0.5": 1, "R@0.7": 0, "mIoU": 0.6, "mIoP": 1}),
    (WHEN, said("1", spans=((20, 24), (2, 6))), {"R@0.3": 0, "mIoU": 0}),
    (COUNT, said("1", text="four"), {"exact count": 1, "off by one": 1, "MAE": 0}),
    (COUNT, said("1", text="5"), {"exact count": 0, "off by one": 1, "MAE": 1}),
    (COUNT, said("1", text="about 9 kites"), {"exact count": 0, "off by one": 0, "MAE": 5}),
    (COUNT, said("1", text="many"), {"exact count": 0, "off by one": 0}),
    (OPEN, said("1", text="The kite"), {"exact match": 1, "token F1": 1}),
    (OPEN, said("1", text="red kited"), {"exact match": 0, "token F1": 0.5}),
    (
        FOUND,
        said("1", spans=((0, 2),), scores=(0.9, 0.1, 0.0)),
        {"mAP": 1, "HIT@1": 1, "R1@0.7": 1, "highlight mAP": 1 / 3},
    ),
    (FOUND, said("1", spans=((0, 1.5),)), {"mAP@0.5": 1, "mAP@0.75": 1, "mAP": 0.6, "R1@0.5": 1, "HIT@1": 1}),
]


@pytest.mark.parametrize(("item", "prediction", "wanted"), BY_HAND)
def test_an_answer_by_hand(item, prediction, wanted):
    marks = score([item], [prediction], sampling=FAST).marks["1"]
    assert {name: marks[name] for name in wanted} == pytest.approx(wanted)


@pytest.mark.parametrize(("item", "prediction", "wanted"), [row for row in BY_HAND if row[0] is COUNT])
def test_no_number_has_no_error_and_is_wrong(item, prediction, wanted):
    found = score([item], [prediction], sampling=FAST)
    assert ("MAE" in found.marks["1"]) == ("MAE" in wanted)


def test_a_table_by_hand():
    items = [choice(str(n), truth=n % 3, category="xy"[n % 2], video=f"v{n // 2}") for n in range(6)]
    found = score(items, [said(str(n), 0) for n in range(6)])
    overall = found.measure("accuracy")
    assert (overall.value, overall.count) == (pytest.approx(2 / 6), 6)
    assert {name: part.value for name, part in found.by_category("accuracy").items()} == pytest.approx(
        {"x": 1 / 3, "y": 1 / 3}
    )
    assert found.headline == overall
    assert found.categories == ("x", "y")
    assert found.macro("accuracy") == pytest.approx(1 / 3)
    assert overall.wilson.to_json() == pytest.approx([0.0968, 0.7000], abs=1e-4)
    assert overall.interval == overall.wilson
    assert overall.bootstrap.low <= overall.value <= overall.bootstrap.high
    assert {name for name, right in found.right.items() if right} == {"0", "3"}


SILENT = {
    "an error": said("1", 0, error="it broke", text="red kite", spans=((2, 6),)),
    "an abstention": said("1", 0, abstained=True, text="red kite", spans=((2, 6),)),
    "nothing": None,
}


@pytest.mark.parametrize("kind", SILENT)
@pytest.mark.parametrize("item", [GROUNDED, WHEN, COUNT, OPEN, FOUND], ids=lambda item: item.task)
def test_no_answer_is_wrong_by_every_metric(kind, item):
    found = score([item], [SILENT[kind]] if SILENT[kind] else [], sampling=FAST)
    assert set(found.marks["1"].values()) == {0}
    assert "MAE" not in found.marks["1"]
    assert found.right == {"1": False}
    assert (found.errors, found.missing, found.abstained) == (
        ("1",) if kind == "an error" else (), ("1",) if kind == "nothing" else (), int(kind == "an abstention")
    )  # fmt: skip


@pytest.mark.parametrize(
    ("prediction", "right"),
    [(said("1", abstained=True), True), (said("1", 0), False), (said("1", error="it broke"), False), (None, False)],
)
def test_where_the_video_has_no_answer_only_an_abstention_is_right(prediction, right):
    item = Item("1", "v", "?", choices=("a", "b"), extra={"answerable": False})
    found = score([item, choice("2")], [prediction, said("2", 0)] if prediction else [said("2", 0)], sampling=FAST)
    assert found.right == {"1": right, "2": True}
    assert found.measure("accuracy").value == (2 if right else 1) / 2
    assert found.abstention.unanswerable == 1
    assert found.abstention.recall == right


def test_an_unknown_truth_is_not_scored():
    found = score([choice("1"), choice("2", truth=None)], [said("1", 0), said("2", 0)], sampling=FAST)
    assert found.unknown == ("2",)
    assert found.measure("accuracy").count == 1
    assert "2" not in found.right


def test_all_rotations_must_be_right():
    items = [
        choice(f"{group}{turn}", truth=turn % 3, group=group, category="ord", extra={"group_size": 4})
        for group in "pq" for turn in range(4)
    ] + [choice("r0", group="r", extra={"group_size": 4})]  # fmt: skip
    answers = [said(item.id, item.truth) for item in items if item.id != "q2"] + [said("q2", 0)]
    found = score(items, answers, sampling=FAST)
    assert found.measure("accuracy").value == pytest.approx(8 / 9)
    circular = found.measure("all of a group")
    assert (circular.value, circular.count) == (0.5, 2)
    assert found.by_category("all of a group")["ord"].count == 2
    assert found.notes == ("1 of 3 groups are not whole and do not count as groups",)


def test_one_answer_to_everything_scores_no_rotation():
    items = [choice(str(turn), truth=turn, group="p") for turn in range(3)]
    assert score(items, [said(str(turn), 0) for turn in range(3)]).measure("all of a group").value == 0


def test_several_tasks_are_kept_apart():
    found = score([GROUNDED, Item("2", "v", "?", "when", spans=((0, 1),))], [said("1", 0), said("2")], sampling=FAST)
    assert found.measure("mIoU", task="when").count == found.measure("mIoU", task="choice").count == 1
    assert next(measure.metric for measure in found.overall if measure.task == "when") == "R@0.5"


def test_an_unknown_metric_is_told():
    with pytest.raises(UsageError, match="was not measured"):
        score([choice("1")], [said("1", 0)], sampling=FAST).measure("BLEU")


def test_nothing_to_score():
    found = score([], [])
    assert (found.measures, found.headline, found.abstention) == ((), None, None)


def test_confidence_is_looked_at_where_there_is_one():
    items = [choice(str(n)) for n in range(4)]
    answers = [said(str(n), int(n > 1), confidence=0.9 if n < 2 else 0.1) for n in range(4)]
    assert score(items, answers, sampling=FAST).calibration.auroc == 1
    assert score(items, [said(str(n), 0) for n in range(4)], sampling=FAST).calibration is None


def test_everything_can_be_written_as_json():
    items = [*(choice(str(n), category="x") for n in range(3)), Item("w", "v", "?", "when", spans=((0, 1),))]
    found = score(items, [said("0", 0, confidence=0.4), said("1", 1, abstained=True)], sampling=FAST)
    data = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert data["measures"][0]["metric"] == "accuracy"
    assert data["missing"] == ["2", "w"]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=20), st.randoms())
@settings(max_examples=25, deadline=None)
def test_the_order_of_items_and_answers_does_not_matter(pairs, shuffler):
    items = [choice(str(n), truth=truth) for n, (truth, _) in enumerate(pairs)]
    answers = [said(str(n), answer) for n, (_, answer) in enumerate(pairs)]
    before = score(items, answers, sampling=FAST)
    shuffler.shuffle(items)
    shuffler.shuffle(answers)
    after = score(items, answers, sampling=FAST)
    assert after.measure("accuracy") == before.measure("accuracy")
    assert after.right == before.right


@pytest.mark.parametrize("task", METRICS)
def test_every_metric_says_what_it_means(task):
    names = [metric.name for metric in METRICS[task]]
    assert len(names) == len(set(names))
    assert all(metric.means for metric in METRICS[task])


def test_retrieval_by_hand():
    rankings = [["a", "b", "c"], ["b", "a", "c"], ["b", "c", "d"], ["c", "b", "a"]]
    found = retrieval(rankings, [{"a"}] * 4, depths=(1, 2, 3))
    assert found.recall == {1: 0.25, 2: 0.5, 3: 0.75}
    assert found.median_rank == 2.5
    assert found.mean_reciprocal_rank == pytest.approx((1 + 1 / 2 + 0 + 1 / 3) / 4)


@pytest.mark.skipif(not available(), reason="rouge-score is not installed: pip install 'vidprog[eval]'")
def test_a_description_by_hand():
    """The longest common subsequence is "cook cut fig" after stemming: 3 of 4 words each way without articles kept."""
    item = Item("1", "v", "?", "caption", answers=("the cook cuts figs", "nothing"))
    found = score([item], [said("1", text="a cook cut a fig")], sampling=FAST)
    precision, recall = 3 / 5, 3 / 4
    assert found.measure("ROUGE-L").value == pytest.approx(2 * precision * recall / (precision + recall))


def test_a_missing_library_is_told(monkeypatch):
    monkeypatch.setattr("vidprog.evaluation.scores.captions.available", lambda: False)
    item = Item("1", "v", "?", "caption", answers=("the cook cuts figs",))
    found = score([item], [said("1", text="a cook")], sampling=FAST)
    assert any("vidprog[eval]" in note for note in found.notes)
    assert found.unknown == ("1",)
