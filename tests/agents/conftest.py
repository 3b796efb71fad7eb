"""Rounds in few words, and clips that were looked at once."""

import pytest


@pytest.fixture
def round_of():
    """A finished round as the loop keeps it: (program, answer, confidence) and whatever is to be otherwise."""

    def make(program="read_screen", answer="42", confidence=0.5, *, moments=((1.0, "EXIT 42"),), **changes):
        evidence = [
            {"start": start, "end": start + 1, "kind": "text", "content": content, "score": 0.9, "source": "ocr:test"}
            for start, content in moments
        ]
        given = None
        if answer is not None:
            given = {
                "answer": answer, "choice": 0, "confidence": confidence, "basis": "evidence support: words",
                "grounding": 1.0, "abstained": False, "evidence": evidence, "warnings": [],
            } | changes.pop("answered", {})  # fmt: skip
        return {
            "program": program, "source": f"# {program}\nanswer(question, read_text(video), choices)",
            "planner": "nearest-example", "route": "direct", "fit": 1.0, "models": {}, "answer": given, "error": None,
            "stopped": "", "steps": [], "seconds": 0.1, "diagnosis": "", "reason": "", "sure": False,
        } | changes  # fmt: skip

    return make


@pytest.fixture(scope="session")
def signs_store(signs, models, tmp_path_factory):
    """A store in which the clip of signs was read once."""
    from vidprog.agents import Session

    store = tmp_path_factory.mktemp("signs-store")
    with Session(signs, models=models, store=store) as session:
        session.index()
    return store


@pytest.fixture
def signs_session(signs, signs_store, open_session):
    return open_session(signs, store=signs_store)
