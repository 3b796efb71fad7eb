"""What the tests of models share: a real server."""

from importlib.util import find_spec

import pytest
from servers import llama


@pytest.fixture(scope="session")
def llm_server():
    """The address of llama.cpp's OpenAI-compatible server with the embedded weights."""
    if not find_spec("xllamacpp"):
        pytest.skip("xllamacpp is not installed")
    with llama() as url:
        yield url
