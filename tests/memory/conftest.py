"""An empty store, and an embedder that knows a few synonyms."""

import zlib

import numpy as np
import pytest
from hypothesis import settings
from vidprog.memory import ArtefactKey, Block, BlockResult, Observation, VideoMemory

# Machines that run tests are busy; how long an example takes says nothing about whether it is right.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

FINGERPRINT = "0123abcd"


@pytest.fixture
def memory(tmp_path):
    with VideoMemory.open(FINGERPRINT, tmp_path) as opened:
        yield opened


@pytest.fixture
def remember(memory):
    """Put observations into the store: (start, end, kind, content[, score[, source]])."""

    def put(*rows, tool="look"):
        found = tuple(Observation(*row, *(0.9, "test")[len(row) - 4 :]) for row in rows)
        return memory.compute(ArtefactKey(tool, "1"), [Block(0, 1000)], lambda block: BlockResult(found))

    return put


class Synonyms:
    """Texts about the same topic have cosine 1; those about none of the topics are near to nothing else."""

    topics = (("dog", "puppy", "hund"), ("car", "vehicle", "automobile"), ("money", "price", "cost"))

    def __init__(self, identity="synonyms"):
        self.identity = identity
        self.asked = []

    def embed(self, texts):
        self.asked += texts
        rows = np.zeros((len(texts), len(self.topics) + 500), np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[: len(self.topics)] = [any(word in text.lower() for word in topic) for topic in self.topics]
            if not row.any():
                row[len(self.topics) :] = np.random.default_rng(zlib.crc32(text.encode())).normal(size=500)
            row /= np.linalg.norm(row)
        return rows


@pytest.fixture
def synonyms():
    return Synonyms


@pytest.fixture
def embedder():
    return Synonyms()
