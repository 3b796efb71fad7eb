"""``vidprog examples``: what users put in comes out again, moves between stores, and gets better by itself."""

import json

import pytest
from servers import GOOD, serving
from vidprog.memory import Example, ExampleStore

QUESTION = "What is closed?"
READ = "answer(question, read_text(video), choices)"
EARLY = "answer(question, read_text(trim(video, 0, 5)), choices)"


@pytest.fixture
def examples(cli, tmp_path):
    """Run a command of the group on a store of its own."""
    return lambda *arguments: cli("examples", *arguments, "--store", tmp_path / "store")


@pytest.fixture
def stored(tmp_path):
    def read():
        store = ExampleStore.there(tmp_path / "store")
        if store is None:
            return ()
        with store:
            return store.all()

    return read


# ---- adding and listing


def test_a_program_for_a_kind_of_question(examples, stored, validate):
    ran = examples("add", "--question", "Is the quorum there?", "--program", "how_many", "--json")
    assert ran.code == 0
    validate(ran.document, "examples")
    (example,) = stored()
    assert [example.to_json()] == ran.document["examples"]
    assert (example.origin, example.outcome, example.answer) == ("user", "unknown", "")
    assert "def how_many(" in example.program


def test_a_labelled_video(examples, stored, signs):
    ran = examples("add", "--question", QUESTION, "--answer", "the harbour", "--video", signs)
    assert ran.code == 0 and QUESTION in ran.out
    (example,) = stored()
    assert (example.answer, example.outcome, example.video) == ("the harbour", "right", str(signs))
    assert len(example.fingerprint) == 32


def test_a_program_of_ones_own_with_choices(examples, stored, tmp_path):
    (tmp_path / "mine.py").write_text(READ)
    ran = examples(
        "add", "--question", QUESTION, "--program", tmp_path / "mine.py", "-c", "a", "-c", "b", "--answer", "b"
    )
    assert ran.code == 0
    assert (stored()[0].program, stored()[0].choices, stored()[0].answer) == (READ, ("a", "b"), "b")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--question", QUESTION], "example.empty"),
        (["--question", " ", "--answer", "x"], "ask.question"),
        (["--question", QUESTION, "--program", "how_much"], "program.unknown"),
        (["--question", QUESTION, "--program", "mine.py"], "program.refused"),
        (["--question", QUESTION, "--answer", "c", "-c", "a", "-c", "b"], "example.choices"),
        (["--question", QUESTION, "--answer", "a", "-c", "a"], "ask.choices"),
        (["--question", QUESTION, "--answer", "a", "--video", "nowhere.mp4"], "media.missing"),
        (["--answer", "a"], "usage"),
    ],
)
def test_what_is_no_example_is_not_stored(examples, stored, tmp_path, monkeypatch, arguments, code):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text("answer(question, taste(video))")
    ran = examples("add", *arguments, "--json")
    assert ran.code in (1, 2)
    assert ran.document["error"]["code"] == code
    assert stored() == ()


def test_added_again_it_is_corrected(examples, stored, signs):
    for answer in ("the exit", "the harbour"):
        examples("add", "--question", QUESTION, "--answer", answer, "--video", signs)
    assert [example.answer for example in stored()] == ["the harbour"]


def test_a_listing_for_readers_and_for_programs(examples, validate):
    examples("add", "--question", "Is the quorum there?", "--program", "how_many")
    examples("add", "--question", QUESTION, "--answer", "the harbour")
    text, document = examples("list").out, examples("list", "--json").document
    validate(document, "examples")
    assert [example["question"] for example in document["examples"]] == ["Is the quorum there?", QUESTION]
    for example in document["examples"]:
        assert any(line.startswith(example["id"]) and example["question"] in line for line in text.splitlines())
    assert "how_many" in text and "the harbour" in text


def test_looking_at_nothing_begins_nothing(examples, tmp_path, validate):
    assert "examples add" in examples("list").err
    validate(examples("list", "--json").document, "examples")
    assert examples("export").out == ""
    assert examples("show", "ab").code == 2
    assert not (tmp_path / "store").exists()


# ---- showing, marking, removing


def test_one_is_shown_with_its_history(examples, tmp_path):
    with ExampleStore.open(tmp_path / "store") as store:
        example = Example(QUESTION, EARLY)
        store.add(example)
        store.replace_program(example.id, READ, why="it reads everything")
    ran = examples("show", example.id[:6])
    assert READ in ran.out and EARLY in ran.out and "it reads everything" in ran.out
    document = examples("show", example.id, "--json").document
    assert (document["program"], document["history"][0]["program"]) == (READ, EARLY)


def test_what_is_right_is_for_users_to_say(examples, stored):
    examples("add", "--question", QUESTION, "--answer", "the exit")
    id_ = stored()[0].id
    assert examples("mark", id_, "wrong").code == 0
    assert stored()[0].outcome == "wrong"
    examples("mark", id_, "right", "--answer", "the harbour")
    assert (stored()[0].outcome, stored()[0].answer) == ("right", "the harbour")
    assert examples("mark", id_, "perhaps").code == 2


def test_removing(examples, stored):
    for number in range(3):
        examples("add", "--question", f"Question {number}?", "--answer", "x")
    first, second, third = (example.id for example in stored())
    assert examples("remove", first, "zzz").code == 2
    assert len(stored()) == 3
    ran = examples("remove", first, second[:8])
    assert ran.code == 0 and "Question 0?" in ran.out
    assert [example.id for example in stored()] == [third]


# ---- moving


def test_what_is_exported_can_be_imported(cli, examples, stored, tmp_path, signs):
    examples("add", "--question", QUESTION, "--answer", "the harbour", "--video", signs)
    examples("add", "--question", "Is the quorum there?", "--program", "how_many")
    assert "2 examples" in examples("export", tmp_path / "out.jsonl").out
    assert examples("export", "--format", "jsonl").out == (tmp_path / "out.jsonl").read_text()
    ran = cli("examples", "import", tmp_path / "out.jsonl", "--store", tmp_path / "other")
    assert ran.code == 0 and "2 examples" in ran.out
    with ExampleStore.open(tmp_path / "other") as other:
        assert other.all() == stored()


def test_labelled_videos_become_examples(examples, stored, tmp_path, signs):
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "a.mp4").write_bytes(signs.read_bytes())
    lines = [
        {"question": QUESTION, "answer": "the harbour", "video": "clips/a.mp4"},
        {"question": QUESTION, "answer": "the exit", "video": "clips/gone.mp4"},
        {"question": QUESTION, "answer": "tea", "outcome": "wrong"},
    ]
    (tmp_path / "labels.jsonl").write_text("\n\n".join(map(json.dumps, lines)))
    assert examples("import", tmp_path / "labels.jsonl").code == 0
    found = {example.answer: example for example in stored()}
    assert (found["the harbour"].outcome, found["the exit"].outcome, found["tea"].outcome) == (
        "right",
        "right",
        "wrong",
    )
    assert found["the harbour"].video == str(tmp_path / "clips" / "a.mp4")
    assert found["the harbour"].fingerprint and not found["the exit"].fingerprint


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("{", "example.line"),
        ("[]", "example.line"),
        ('{"answer": "x"}', "example.line"),
        ('{"question": "x", "colour": "red"}', "example.form"),
        ('{"question": "x", "outcome": "maybe"}', "example.outcome"),
        ('{"question": "x", "answer": "y", "video": "lines.jsonl"}', "media.not_video"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_read(examples, stored, tmp_path, line, code):
    path = tmp_path / "lines.jsonl"
    path.write_text(f'{{"question": "good", "answer": "y"}}\n{line}\n')
    ran = examples("import", path, "--json")
    assert ran.code == 2
    assert ran.document["error"]["code"] == code
    assert "lines.jsonl, line 2" in ran.document["error"]["message"]
    assert stored() == ()


def test_an_unknown_format(examples):
    ran = examples("export", "--format", "xml", "--json")
    assert ran.code == 2


# ---- refining


def test_without_a_model_that_writes_it_says_so_in_a_line(examples):
    ran = examples("refine")
    assert ran.code == 2 and ran.out == ""
    assert ran.err.splitlines() == [
        "error: the text model of the profile 'embedded' cannot write programs",
        "hint: Name one that can: --set llm=openai:MODEL@https://HOST/v1, or choose another --profile.",
    ]


@pytest.fixture
def writer():
    """A server whose model writes a better program without examples than with them."""

    def reply(body):
        prompt = body["messages"][-1]["content"]
        text = "The harbour." if "HARBOUR CLOSED" in prompt else "The exit."
        if "You write a short program" in prompt:
            text = READ if "no model to go by" in prompt else EARLY
        return {**GOOD, "choices": [{**GOOD["choices"][0], "message": {"role": "assistant", "content": text}}]}

    with serving((200, reply)) as (url, _):
        yield f"llm=openai:m@{url}"


def test_examples_get_better(examples, stored, signs, tmp_path, writer):
    (tmp_path / "early.py").write_text(EARLY)
    (tmp_path / "read.py").write_text(READ)
    examples(
        "add", "--question", QUESTION, "--answer", "the harbour", "--program", tmp_path / "early.py", "--video", signs
    )
    examples("add", "--question", "Which way is out?", "--program", tmp_path / "read.py")
    changes = {
        change["question"]: change for change in examples("refine", "--json", "--set", writer).document["changes"]
    }
    assert {question: change["replaced"] for question, change in changes.items()} == {
        QUESTION: True, "Which way is out?": False,
    }  # fmt: skip
    change = changes[QUESTION]
    assert (change["own"]["right"], change["free"]["right"]) == (False, True)
    assert [example.program for example in stored() if example.question == QUESTION] == [READ]
    again = examples("refine", "--set", writer)
    assert again.code == 0 and "same program" in again.out
    assert "0 of 2 programs replaced" in again.err
    assert examples("refine", "--limit", "1", "--json", "--set", writer).document["changes"][1:] == []


def test_there_is_nothing_to_refine(examples, writer):
    ran = examples("refine", "--set", writer)
    assert ran.code == 0 and "no examples with a program" in ran.err
