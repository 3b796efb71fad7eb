"""What the tests of models share: a real server, and every backend of the roles that perceive."""

from importlib.util import find_spec

import pytest
from backends import Workshop, backends_of
from servers import llama


@pytest.fixture(scope="session")
def llm_server():
    """The address of llama.cpp's OpenAI-compatible server with the embedded weights."""
    if not find_spec("xllamacpp"):
        pytest.skip("xllamacpp is not installed")
    with llama() as url:
        yield url


@pytest.fixture(scope="session")
def workshop(models, tmp_path_factory):
    """Loads any backend that hears, reads or looks, each once."""
    return Workshop(models, tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="session", params=backends_of("asr"))
def asr(request, workshop):
    """Every backend that hears."""
    return workshop.load("asr", *request.param)


@pytest.fixture(scope="session", params=backends_of("ocr"))
def ocr(request, workshop):
    """Every backend that reads."""
    return workshop.load("ocr", *request.param)


@pytest.fixture(scope="session", params=backends_of("detector"))
def detector(request, workshop):
    """Every backend that looks for things; those without real weights know nothing."""
    return workshop.load("detector", *request.param)
