"""What is known about torch and its weights before anything is imported."""

import sys

import pytest
from vidprog.models import torch_setup
from vidprog.models.errors import ModelError
from vidprog.models.profiles import Spec


def machine(monkeypatch, tmp_path, flags="", driver=False, torch="2.13.0", hidden=None):
    """Pretend to be on a machine with these processor flags, this driver and this build of torch (None: none)."""

    def version(name):
        if torch is None:
            raise torch_setup.importlib.metadata.PackageNotFoundError(name)
        return torch

    (tmp_path / "cpuinfo").write_text(f"processor : 0\nflags\t\t: fpu sse {flags}\nbugs :\n")
    if driver:
        (tmp_path / "driver").write_text("550")
    monkeypatch.setattr(torch_setup, "CPU_INFORMATION", tmp_path / "cpuinfo")
    monkeypatch.setattr(torch_setup, "NVIDIA_DRIVER", tmp_path / "driver")
    monkeypatch.setattr(torch_setup.importlib.metadata, "version", version)
    if hidden is None:
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    else:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", hidden)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "fp32"),
        ({"flags": "avx512f avx512_bf16"}, "bf16"),
        ({"flags": "amx_bf16 amx_tile"}, "bf16"),
        ({"flags": "avx512_bf16x"}, "fp32"),
        ({"driver": True}, "bf16"),
        ({"driver": True, "torch": "2.13.0+cpu"}, "fp32"),
        ({"driver": True, "torch": None}, "fp32"),
        ({"driver": True, "hidden": ""}, "fp32"),
        ({"driver": True, "hidden": "-1"}, "fp32"),
        ({"driver": True, "hidden": "1"}, "bf16"),
    ],
)
def test_precision(monkeypatch, tmp_path, changes, expected):
    machine(monkeypatch, tmp_path, **changes)
    assert torch_setup.precision() == expected


def test_without_information_about_the_processor(monkeypatch, tmp_path):
    machine(monkeypatch, tmp_path)
    monkeypatch.setattr(torch_setup, "CPU_INFORMATION", tmp_path / "missing")
    assert torch_setup.precision() == "fp32"


@pytest.mark.parametrize(
    ("spec", "identity"),
    [
        ("transformers:smollm2-135m", "transformers:smollm2-135m"),
        ("transformers:Qwen/Qwen3-4B", "transformers:Qwen/Qwen3-4B"),
        ("transformers:Qwen/Qwen3-4B@main", "transformers:Qwen/Qwen3-4B@main"),
    ],
)
def test_named_weights(spec, identity):
    assert torch_setup.weights_identity(Spec.parse(spec)) == identity


def test_a_directory_is_another_one_when_its_files_change(tmp_path):
    spec = Spec("transformers", str(tmp_path))
    (tmp_path / "model.safetensors").write_bytes(b"1")
    first = torch_setup.weights_identity(spec)
    assert first == torch_setup.weights_identity(spec)
    assert str(tmp_path.parent) not in first
    (tmp_path / "model.safetensors").write_bytes(b"12")
    assert torch_setup.weights_identity(spec) != first


def test_without_the_library_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ModelError) as caught, torch_setup.libraries(Spec("transformers", "x")):
        pass
    assert caught.value.code == "model.library"
    assert "torch" in caught.value.message
    assert "pip install" in caught.value.hint
