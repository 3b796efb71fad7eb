"""Programs as JSON: of what fits the schema only names can be wrong; whatever else comes, nothing is raised."""

import json

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vidprog.programs import Program, check, program_from_steps, steps_schema
from vidprog.programs.steps import read_steps
from vidprog.tools import Registry

BUILTIN = Registry.builtin()
SCHEMA = json.loads(steps_schema(BUILTIN))


def step(save_as, tool, **arguments):
    return {"save_as": save_as, "tool": tool, "arguments": arguments}


def fitting(schema):
    """A strategy of values that fit a schema of the kind that is made here."""
    if "anyOf" in schema:
        return st.one_of([fitting(option) for option in schema["anyOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kinds = {
        "null": st.none,
        "boolean": st.booleans,
        "string": lambda: st.text(max_size=30),
        "integer": lambda: st.integers(schema["minimum"], schema["maximum"]),
        "number": lambda: st.floats(schema["minimum"], schema["maximum"]),
        "array": lambda: st.lists(fitting(schema["items"]), min_size=schema["minItems"], max_size=schema["maxItems"]),
        "object": lambda: st.fixed_dictionaries({n: fitting(item) for n, item in schema["properties"].items()}),
    }
    return kinds[schema["type"]]()


@settings(max_examples=60)
@given(fitting(SCHEMA))
def test_only_an_undefined_name_can_be_wrong_with_what_fits_the_schema(data):
    jsonschema.validate(data, SCHEMA)
    rendered = read_steps(json.dumps(data), BUILTIN)
    assert rendered.problems == ()
    assert {problem.code for problem in check(Program.draft(rendered.source), BUILTIN)} <= {"program.name"}


@pytest.mark.parametrize(
    ("steps", "answer", "source"),
    [
        (
            [step("lines", "read_text", clip="video", min_score=None)],
            {"evidence": "lines", "value": None, "pictures": None},
            "lines = read_text(video)\nanswer(question, lines, choices)",
        ),
        (
            [step("clip", "trim", clip="video", start=12.5, end=30),
             step("number", "count", clip="clip", query="dogs")],
            {"evidence": None, "value": "number"},
            "clip = trim(video, 12.5, 30)\nnumber = count(clip, 'dogs')\n"
            "answer(question, None, choices, value=number)",
        ),
        (
            [step("lines", "search", query="question", kinds=["text", "speech"], limit=12)],
            {"evidence": "lines"},
            "lines = search(question, kinds=['text', 'speech'], limit=12)\nanswer(question, lines, choices)",
        ),
        (  # a result that there is not is left out where another one is given
            [step("number", "count", clip="video", query="dogs")],
            {"evidence": "lines", "value": "number", "pictures": "frames"},
            "number = count(video, 'dogs')\nanswer(question, None, choices, value=number)",
        ),
        (  # a text that is the name of nothing defined is a text
            [step("lines", "localize", query="text"), step("text", "summarize", timeline="lines", question="text")],
            {"evidence": "text"},
            "lines = localize('text')\ntext = summarize(lines, 'text')\nanswer(question, text, choices)",
        ),
        (  # a word of a closed list is never a name
            [step("text", "choose", question="question", options=["a", "it's"], evidence="lines"),
             step("frames", "select_frames", clip="video", method="shots")],
            {"evidence": "text", "pictures": "frames"},
            "text = choose(question, ['a', \"it's\"], lines)\nframes = select_frames(video, method='shots')\n"
            "answer(question, text, choices, pictures=frames)",
        ),
    ],
)  # fmt: skip
def test_what_is_rendered(steps, answer, source):
    data = {"steps": steps, "answer": answer}
    assert program_from_steps(data, BUILTIN) == source
    assert program_from_steps(f"Here it is:\n```json\n{json.dumps(data)}\n```", BUILTIN) == source


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ("", "no JSON"),
        ("I cannot do that.", "no JSON"),
        ('{"steps": [', "no JSON"),
        ('{"a":' * 3000 + "1" + "}" * 3000, "no JSON"),
        ([], "no JSON object"),
        (None, "no JSON object"),
        ({}, "steps is no list"),
        ({"steps": "read_text"}, "steps is no list"),
        ({"steps": ["read_text"]}, "no object"),
        ({"steps": [{"tool": "read_text"}]}, "save_as"),
        ({"steps": [step("lines", "read text")]}, "a name"),
        ({"steps": [step("x); evil(", "read_text")]}, "a name"),
        ({"steps": [{**step("lines", "read_text"), "arguments": ["video"]}]}, "arguments of read_text"),
        ({"steps": [{**step("lines", "read_text"), "arguments": {"clip=1, x": 1}}]}, "arguments of read_text"),
        ({"steps": [step("lines", "read_text", clip={"a": 1})]}, "read_text: "),
        ({"steps": [step("clip", "trim", clip="video", start=float("nan"), end=1)]}, "not finite"),
        ({"steps": [step("lines", "localize", query="x", candidates=[["a"]])]}, "localize: "),
        ({"steps": []}, "answer is no object"),
        ({"steps": [], "answer": {"evidence": "f()"}}, "no name"),
        ({"steps": [], "answer": {"evidence": "lines", "value": 3}}, "no name"),
        ({"steps": [], "answer": {"evidence": ["lines"]}}, "no name"),
    ],
)
def test_what_cannot_be_read_is_said_and_not_raised(data, wrong):
    rendered = read_steps(data, BUILTIN)
    assert any(wrong in problem.message for problem in rendered.problems)
    assert f"# {rendered.problems[0].message}" in rendered.source
    assert check(Program.draft(rendered.source), BUILTIN)


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (step("lines", "read_texts", clip="video"), "program.name"),
        (step("lines", "read_text", clip="clip"), "program.name"),
        (step("lines", "read_text", clip=7), "program.argument"),
        (step("lines", "read_text", clip="video", sharpness=2), "program.argument"),
        (step("lines", "read_text", clip="video", min_score="high"), "program.argument"),
        (step("lines", "trim", clip="video", start=1), "program.argument"),
        (step("clip", "trim", clip="video", start=1, end=2), "program.name"),  # and the answer is given from lines
    ],
)
def test_what_is_no_program_is_left_to_the_checker(bad, code):
    rendered = read_steps({"steps": [bad], "answer": {"evidence": "lines"}}, BUILTIN)
    assert rendered.problems == ()
    assert code in {problem.code for problem in check(Program.draft(rendered.source), BUILTIN)}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=60)
@given(st.one_of(JSON, st.fixed_dictionaries({"steps": st.lists(JSON, max_size=3), "answer": JSON})))
def test_anything_gives_a_text(data):
    rendered = read_steps(data, BUILTIN)
    assert rendered.source
    assert all(problem.line <= rendered.source.count("\n") + 1 for problem in rendered.problems)


def test_the_schema_keeps_to_what_strict_servers_allow():
    """OpenAI's strict mode: every property is required and no others are allowed; at most ten levels."""

    def walk(schema, depth):
        assert depth <= 10
        if schema.get("type") == "object":
            assert schema["required"] == list(schema["properties"])
            assert schema["additionalProperties"] is False
        for inner in [*schema.get("properties", {}).values(), *schema.get("anyOf", ())]:
            walk(inner, depth + 1)
        if "items" in schema:
            walk(schema["items"], depth + 1)

    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    walk(SCHEMA, 1)
    assert SCHEMA["type"] == "object"


def test_tools_whose_models_are_missing_are_left_out():
    text = steps_schema(BUILTIN, roles=["llm", "ocr"])
    assert '"read_text"' in text
    assert '"transcribe"' not in text
