"""What a model needs before it can be loaded, found out without loading anything."""

import pytest
from vidprog.models import requirements
from vidprog.models.profiles import Spec
from vidprog.models.requirements import loading_message, pinned_weights, readiness, whisper_file


@pytest.fixture
def installed(monkeypatch):
    """Pretend that just these libraries are installed."""

    def only(*names):
        monkeypatch.setattr(requirements, "find_spec", lambda name: name if name in names else None)

    return only


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """An empty cache of the model hub; gives a function that puts a model there."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))

    def put(name, *files, revision="main", commit="0123456789abcdef0123456789abcdef01234567"):
        folder = tmp_path / f"models--{name.replace('/', '--')}"
        (folder / "refs").mkdir(parents=True)
        (folder / "refs" / revision).write_text(commit)
        snapshot = folder / "snapshots" / commit
        snapshot.mkdir(parents=True)
        for file in files:
            (snapshot / file).write_text("{}")

    return put


@pytest.mark.parametrize(
    ("role", "spec", "missing", "mend"),
    [
        ("vlm", "transformers:a/b", ("torch", "transformers", "accelerate", "torchvision"), "vidprog[gpu]"),
        ("llm", "transformers:a/b", ("torch", "transformers", "accelerate"), "vidprog[gpu]"),
        ("asr", "whisper:turbo", ("torch", "whisper"), "vidprog[gpu]"),
        ("ocr", "easyocr:en", ("torch", "torchvision", "easyocr"), "vidprog[gpu]"),
        ("detector", "ultralytics:mine.pt", ("torch", "torchvision", "ultralytics"), "opencv-python-headless"),
        ("ocr", "rapidocr:ppocr", (), ""),
        ("llm", "openai:gpt-4o", (), ""),
    ],
)
def test_missing_libraries_are_named_with_the_command(installed, hub, role, spec, missing, mend):
    installed()
    needs = readiness(role, Spec.parse(spec))
    assert needs.libraries == missing
    assert mend in needs.mend and bool(needs.mend) == bool(missing)
    installed(*missing)
    assert readiness(role, Spec.parse(spec)).libraries == ()


@pytest.mark.parametrize(
    ("files", "revision", "here"),
    [
        (("config.json", "model.safetensors"), "", True),
        (("config.json", "model-00001-of-00002.safetensors"), "", True),
        (("config.json",), "", False),
        (("model.safetensors",), "", False),
        (("config.json", "model.safetensors"), "main", True),
        (("config.json", "model.safetensors"), "other", False),
    ],
)
def test_a_model_of_the_hub_is_here_or_not(hub, files, revision, here):
    hub("some/model", *files)
    spec = Spec("transformers", "some/model", revision)
    assert readiness("llm", spec).here is here
    assert loading_message(spec).startswith("loading" if here else "downloading")
    assert not readiness("llm", Spec("transformers", "some/other")).here
    assert not readiness("llm", Spec("transformers", "not a name: at all/x/y")).here


@pytest.mark.parametrize(
    ("name", "file"), [("tiny.en", "tiny.en.pt"), ("turbo", "large-v3-turbo.pt"), ("large", "large-v3.pt")]
)
def test_where_openai_keeps_its_weights(tmp_path, monkeypatch, name, file):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    spec = Spec("whisper", name)
    assert not readiness("asr", spec).here
    assert loading_message(spec) == f"downloading {name} from OpenAI"
    (tmp_path / "whisper").mkdir()
    (tmp_path / "whisper" / file).write_text("weights")
    assert readiness("asr", spec).here
    assert whisper_file(name).read_text() == "weights"


@pytest.mark.vision
def test_the_names_of_whisper_are_those_of_the_library():
    whisper = pytest.importorskip("whisper")
    for name in whisper.available_models():
        assert whisper._MODELS[name].rsplit("/", 1)[1] == whisper_file(name).name


@pytest.mark.parametrize(
    ("spec", "weights"),
    [
        ("faster-whisper:tiny.en", "whisper-tiny.en"),
        ("whisper:tiny.en", None),
        ("easyocr:en", "easyocr-en"),
        ("transformers:smollm2-135m", "smollm2-135m"),
        ("transformers:Qwen/Qwen3-4B", None),
        ("openai:smollm2-135m", None),
        ("opencv:ssd-mobilenet-v2", "ssd-mobilenet-v2"),
    ],
)
def test_which_weights_of_the_manifest_a_spec_means(spec, weights):
    found = pinned_weights(Spec.parse(spec))
    assert (found.name if found else None) == weights


def test_a_file_is_its_own_weights(tmp_path):
    assert readiness("detector", Spec("ultralytics", "yolo11n.yaml")).here
    (tmp_path / "mine.pt").touch()
    for role, kind in (("asr", "whisper"), ("detector", "ultralytics")):
        assert readiness(role, Spec(kind, str(tmp_path / "mine.pt"))).here
        assert not readiness(role, Spec(kind, str(tmp_path / "other.pt"))).here
