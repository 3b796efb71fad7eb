"""The store of examples: what is kept, in which order examples come, and that nothing is lost between processes."""

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from vidprog.memory import ArtefactKey, Block, BlockResult, Example, ExampleStore, Observation, VideoMemory
from vidprog.memory import examples as module
from vidprog.memory.example_vectors import TIMELINE, VideoVector, timeline_vector
from vidprog.video.errors import UsageError

READ = "answer(question, read_text(video), choices)"
HEAR = "answer(question, transcribe(video), choices)"
DOGS, CARS, MONEY = "How many dogs run about?", "Which car is parked?", "What is the price?"
COLUMNS = {"dog": 0, "car": 1, "money": 2}


@pytest.fixture
def store(tmp_path):
    with ExampleStore.open(tmp_path) as opened:
        yield opened


def about(topic, identity="frames:test"):
    values = np.zeros(3, np.float32)
    values[COLUMNS[topic]] = 1.0
    return VideoVector(identity, values)


def questions(similar):
    return [item.example.question for item in similar]


# ---- one example


def test_everything_survives_the_store(store):
    example = Example(
        "What does it say? 中", READ, "Übung 7", ("Übung 7", "8"), "/a/b.mp4", "ab12", "duration 3 s", "right", 0.25,
        origin="loop",
    )  # fmt: skip
    assert store.add(example)
    assert store.all() == (example,)
    assert store.get(example.id[:4]) == example
    assert Example.from_json(json.loads(json.dumps(example.to_json()))) == example


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"question": " "}, "example.question"),
        ({"outcome": "perhaps"}, "example.outcome"),
        ({"origin": "elsewhere"}, "example.origin"),
        ({"confidence": 1.5}, "example.confidence"),
        ({"confidence": float("nan")}, "example.confidence"),
        ({"choices": ("a", "b"), "answer": "c"}, "example.choices"),
    ],
)
def test_what_cannot_be_is_refused(changes, code):
    with pytest.raises(UsageError) as caught:
        Example(**{"question": DOGS, **changes})
    assert caught.value.code == code


@pytest.mark.parametrize(
    "data", [{"question": 3}, {"question": "x", "colour": "red"}, {"question": "x", "choices": "ab"}]
)
def test_lines_of_another_form_are_refused(data):
    with pytest.raises(UsageError) as caught:
        Example.from_json(data)
    assert caught.value.code == "example.form"


def test_the_same_question_about_another_video_is_another_example():
    one = Example(DOGS, READ, fingerprint="aa")
    assert one.id == Example(f" {DOGS}  ", READ, fingerprint="aa", answer="3", confidence=0.5).id
    others = (Example(DOGS, READ, fingerprint="bb"), Example(DOGS, HEAR, fingerprint="aa"), Example(CARS, READ))
    assert len({one.id, *(other.id for other in others)}) == 4


# ---- the store


def test_nothing_is_begun_by_looking(tmp_path):
    assert ExampleStore.there(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_the_same_again_is_kept_once(store):
    first = Example(DOGS, READ, "2", origin="loop")
    assert store.add(first)
    assert not store.add(replace(first, answer="3"), replace=False)
    assert store.all() == (first,)
    corrected = replace(first, answer="3", outcome="right", origin="user")
    assert store.add(corrected)
    assert store.all() == (corrected,)


def test_questions_are_known_by_their_words(store):
    store.add(Example(DOGS, READ))
    assert store.knows("how many dogs run about", READ)
    assert not store.knows(DOGS, HEAR)
    assert not store.knows(CARS, READ)


@pytest.mark.parametrize("ids", [["zz"], [""], ["*", "zz"]])
def test_unknown_ids_remove_nothing(store, ids):
    example = Example(DOGS, READ)
    store.add(example)
    with pytest.raises(UsageError) as caught:
        store.remove([example.id if id_ == "*" else id_ for id_ in ids])
    assert caught.value.code == "example.unknown"
    assert len(store) == 1


def test_what_is_removed_leaves_nothing(store, embedder):
    example = Example(DOGS, READ)
    store.add(example, about("dog"))
    store.like(DOGS, embedder)
    store.replace_program(example.id, HEAR, why="better")
    assert store.remove([example.id])[0].id == example.id
    tables = ("example", "vector", "history")
    assert [store._database.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables] == [
        0, 0, 0,
    ]  # fmt: skip


def test_a_replaced_program_stays_in_the_history(store):
    example = Example(DOGS, READ, "2", confidence=0.25)
    store.add(example)
    better = store.replace_program(example.id, HEAR, why="surer", confidence=0.75)
    assert (better.id, better.program, better.origin, better.answer) == (example.id, HEAR, "refined", "2")
    assert store.all() == (better,)
    (old,) = store.history(example.id)
    assert (old.program, old.origin, old.confidence, old.why) == (READ, "user", 0.25, "surer")


def test_a_user_says_what_is_right(store):
    example = Example(DOGS, READ, "2", origin="loop")
    store.add(example)
    assert store.judge(example.id, "wrong").outcome == "wrong"
    assert store.judge(example.id, "right", "3") == replace(example, outcome="right", answer="3")


def test_the_loop_does_not_fill_the_disk(store, monkeypatch):
    """Wrong ones go first, then the least sure; what users put in stays."""
    monkeypatch.setattr(module, "MOST_LEARNED", 3)
    mine = [Example(f"mine {number}", READ, confidence=0.0) for number in range(4)]
    wrong = Example("wrong", READ, outcome="wrong", confidence=1.0, origin="loop")
    learned = [Example(f"learned {sure}", READ, confidence=sure, origin="loop") for sure in (0.9, 0.2, 0.7, 0.8)]
    for example in (*mine, wrong, *learned):
        store.add(example)
    assert {example.question for example in store.all()} == {
        *(example.question for example in mine), "learned 0.9", "learned 0.7", "learned 0.8",
    }  # fmt: skip
    assert not store.add(Example("not sure at all", READ, confidence=0.1, origin="loop"))


# ---- which are like a question


@pytest.fixture
def filled(store):
    for question, topic in ((DOGS, "car"), (CARS, "dog"), (MONEY, "money")):
        store.add(Example(question, READ, video=f"{topic}.mp4"), about(topic))
    return store


@pytest.mark.parametrize(
    ("alpha", "order"), [(1.0, [DOGS, CARS, MONEY]), (0.0, [CARS, DOGS, MONEY]), (0.6, [DOGS, CARS, MONEY])]
)
def test_questions_and_videos_count_by_their_shares(filled, embedder, alpha, order):
    found = filled.like("Where is the puppy?", embedder, about("dog"), alpha=alpha, count=9)
    assert questions(found)[0] == order[0]
    assert set(questions(found)) == set(order)
    expected = {DOGS: alpha, CARS: 1 - alpha, MONEY: 0.0}
    assert {item.example.question: pytest.approx(item.score, abs=1e-3) for item in found} == expected


def test_the_most_similar_are_left_out(filled, embedder):
    everything = questions(filled.like("the price of a car", embedder, count=9))
    for skip in range(5):
        assert questions(filled.like("the price of a car", embedder, skip=skip, count=2)) == everything[skip : skip + 2]


@given(st.integers(0, 6), st.integers(1, 4))
def test_rounds_never_share_examples(tmp_path_factory, rounds, size):
    with ExampleStore.open(tmp_path_factory.mktemp("store")) as store:
        for number in range(9):
            store.add(Example(f"question {number % 4}", READ, video=str(number)))
        shown = [
            item.example.id
            for turn in range(rounds)
            for item in store.like("question 1", None, skip=turn * size, count=size)
        ]
    assert len(shown) == len(set(shown)) == min(9, rounds * size)


def test_only_what_is_wanted_is_counted(filled, embedder):
    found = filled.like("a puppy", embedder, count=1, wanted=lambda example: example.question != DOGS)
    assert len(found) == 1
    assert DOGS not in questions(found)


def test_a_video_without_a_vector_is_of_average_likeness(filled, embedder):
    filled.add(Example("Where is the hund?", READ, video="unknown.mp4"))
    scores = {item.example.question: item.score for item in filled.like("a dog", embedder, about("dog"), count=9)}
    assert scores["Where is the hund?"] == pytest.approx(0.5 + 0.5 / 3, abs=1e-3)


def test_questions_are_embedded_once(filled, synonyms):
    first, second = synonyms(), synonyms()
    filled.like("a dog", first)
    filled.like("a dog", second)
    assert set(first.asked) == {DOGS, CARS, MONEY, "a dog"}
    assert second.asked == ["a dog"]


def test_vectors_of_two_models_are_never_compared(filled, synonyms, embedder):
    filled.like("a dog", embedder)
    other = synonyms("another model")
    filled.like("a dog", other, about("dog", "frames:another"))
    assert set(other.asked) == {DOGS, CARS, MONEY, "a dog"}
    scores = filled.like("a dog", other, about("dog", "frames:another"), alpha=0.0, count=3)
    assert [item.score for item in scores] == [0.0, 0.0, 0.0]


def test_without_an_embedder_words_are_compared(filled):
    assert questions(filled.like("Which car is it?", None, count=1)) == [CARS]


def test_nothing_is_like_anything_in_an_empty_store(store, embedder):
    assert store.like("a dog", embedder) == ()
    assert embedder.asked == []


REAL = (
    ("How many zebras can you count?", "How many trucks pass by?"),
    ("What does the speaker say about the war?", "What reason does the narrator give for the conflict?"),
    ("What is written on the sign?", "Which words are on the shop window?"),
    ("What colour is her coat?", "Which color does the jacket have?"),
)


def test_meaning_ranks_with_the_real_embedder(store, models):
    for question, _ in REAL:
        store.add(Example(question, READ))
    for question, asked in REAL:
        assert questions(store.like(asked, models.embedder, count=1)) == [question]


# ---- what a video is about


def look(tmp_path, fingerprint, embedder, *contents):
    found = tuple(Observation(0, 1, "caption", content, 0.9, "test") for content in contents)
    with VideoMemory.open(fingerprint, tmp_path) as memory:
        memory.compute(ArtefactKey("look", "1"), [Block(0, 10)], lambda block: BlockResult(found))
        memory.embed_missing(embedder)
        return timeline_vector(memory, embedder)


def test_a_video_is_what_was_seen_in_it(tmp_path, embedder):
    vector = look(tmp_path, "aa", embedder, "a dog", "a puppy", "a car")
    assert vector.identity == TIMELINE + embedder.identity
    assert np.linalg.norm(vector.values) == pytest.approx(1.0, abs=1e-3)
    assert vector.values[0] == pytest.approx(2 * vector.values[1], abs=1e-2)
    with VideoMemory.open("bb", tmp_path) as memory:
        assert timeline_vector(memory, embedder) is None


def test_videos_that_were_looked_at_later_are_compared(store, tmp_path, embedder):
    store.add(Example("Who?", READ, fingerprint="aa"))
    store.add(Example("Where?", READ, fingerprint="bb"))
    look(tmp_path, "aa", embedder, "a dog")
    look(tmp_path, "bb", embedder, "a car")
    asked = look(tmp_path, "cc", embedder, "a vehicle")
    assert questions(store.like("Whence?", embedder, asked, alpha=0.0, count=1)) == ["Where?"]


# ---- several processes

ADDING = """
import sys
from vidprog.memory import Example, ExampleStore
with ExampleStore.open(sys.argv[1]) as store:
    for number in range(30):
        store.add(Example(f"question {number}", "x", video=sys.argv[2] if number % 2 else "", origin="loop"))
"""


def test_processes_at_once(tmp_path):
    command = [sys.executable, "-c", ADDING, str(tmp_path)]
    running = [
        subprocess.Popen([*command, name], stderr=subprocess.PIPE, text=True) for name in ("one", "two", "three")
    ]
    assert [(process.communicate(timeout=60)[1], process.returncode) for process in running] == [("", 0)] * 3
    with ExampleStore.open(tmp_path) as store:
        assert len(store) == 15 + 3 * 15  # what all three added is there once


def test_a_damaged_file_is_set_aside_with_a_warning(tmp_path):
    (tmp_path / module.FILE).write_bytes(b"no database" * 100)
    with ExampleStore.open(tmp_path) as store:
        assert len(store) == 0
        assert "moved" in store.warnings[0]
    assert len(list(tmp_path.glob("*.aside"))) == 1
