"""What may be asked of a local vision-language model, and what is said about what may not."""

import pytest
from vidprog.models import Models, load_profile
from vidprog.models.profiles import Spec
from vidprog.models.vision_options import OPTIONS, VisionOptions, read_options, written
from vidprog.models.vlm_transformers import identity
from vidprog.video.errors import UsageError


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("transformers:Q/VL?merge=0.25", ("Q/VL", "", (("merge", "0.25"),))),
        ("transformers:Q/VL@abc?bits=4&input=video", ("Q/VL", "abc", (("bits", "4"), ("input", "video")))),
        ("transformers:/a/dir?device=cuda:1", ("/a/dir", "", (("device", "cuda:1"),))),
        ("openai:gpt@https://host/v1?api-version=3", ("gpt", "https://host/v1?api-version=3", ())),
    ],
)
def test_options_of_a_spec_are_read_and_written_back(text, parts):
    spec = Spec.parse(text)
    assert (spec.name, spec.url, spec.options) == parts
    assert str(spec) == text


@pytest.mark.parametrize("text", ["transformers:x?merge", "transformers:x?merge=", "transformers:x?=1"])
def test_an_option_without_a_value_is_a_wrong_call(text):
    with pytest.raises(UsageError, match="has no value"):
        Spec.parse(text)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ("input=video", "video"), ("dtype=fp16", "fp16"), ("bits=4", 4), ("attention=eager", "eager"),
        ("device=cuda:1", "cuda:1"), ("max_pixels=50176", 50176), ("merge=0.25", 0.25), ("pool=4", 4),
        ("budget=2000", 2000), ("select=0.5", 0.5), ("positions=2", 2.0), ("prune=14-21", (14, 21)),
    ],
)  # fmt: skip
def test_every_option_is_read_and_part_of_the_identity(given, field):
    options = read_options(Spec.parse(f"transformers:x?{given}"))
    name, _, value = given.partition("=")
    assert getattr(options, name) == field
    assert written(options).startswith(f"?{name}={value}")
    assert read_options(Spec.parse(f"transformers:x{written(options)}")) == options
    assert identity(Spec.parse(f"transformers:x?{given}")) != identity(Spec.parse("transformers:x"))


def test_every_option_has_a_field_and_a_default():
    assert set(OPTIONS) == set(VisionOptions.__dataclass_fields__)
    assert written(VisionOptions()) == ""
    assert identity(Spec.parse("transformers:x?merge=1&input=auto&attention=sdpa")) == "transformers:x"


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ("input=film", "auto|image|video"), ("bits=3", "4|8"), ("merge=0", "0.25"), ("merge=1.5", "0.25"),
        ("merge=some", "0.25"), ("pool=1", "at least 2"), ("budget=0", "at least 1"), ("positions=0.5", "1 to 64"),
        ("device=gpu", "cuda:N"), ("max_pixels=3", "784"), ("prune=21-14", "FIRST-LAST"), ("prune=3", "FIRST-LAST"),
        ("attention=fast", "sageattention"), ("dtype=int8", "bf16"), ("merge=nan", "0.25"), ("select=0", "0.5"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_one_line_and_a_hint(given, hint):
    with pytest.raises(UsageError) as caught:
        identity(Spec.parse(f"transformers:x?{given}"))
    assert caught.value.code == "model.option"
    assert hint in caught.value.hint
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("role", "spec", "hint"),
    [
        ("vlm", "transformers:x?marge=0.5", "Did you mean 'merge'?"),
        ("vlm", "transformers:x?zzz=0.5", "Known: input, dtype"),
        ("llm", "ctranslate2:x?merge=0.5", "It has no options."),
    ],
)
def test_an_option_that_a_backend_does_not_have_is_a_wrong_call(role, spec, hint):
    with pytest.raises(UsageError, match="has no option") as caught:
        Models(load_profile("embedded", [f"{role}={spec}"])).identity(role)
    assert hint in caught.value.hint
