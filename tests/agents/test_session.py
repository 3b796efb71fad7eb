"""An open video: looked at once, searched, described for planners."""

import itertools

import pytest
from vidprog.agents import Session
from vidprog.agents.session import first_look_pieces
from vidprog.video import MediaError


def test_what_is_known_is_not_looked_at_again(signs, signs_store, models):
    told = []
    with Session(signs, models=models, store=signs_store) as session:
        found = session.index(lambda message, share: told.append((message, share)))
        texts = {line.content for line in found["text"]}
        assert {"EXIT 42", "HARBOUR CLOSED", "TICKETS 7 EURO"} <= texts
        assert found["speech"].why == "no audio stream"
        artefacts = session.memory.artefacts()
    assert told[-1] == ("done", 1.0)
    assert all(share is None or 0 <= share <= 1 for _, share in told)
    assert {artefact.tool for artefact in artefacts} >= {"read_text", "detect"}


def test_search_gives_moments_and_ranked_hits(signs_session):
    hits, _ = signs_session.hits("harbour")
    assert [hit.observation.content for hit in hits] == ["HARBOUR CLOSED"]
    assert [moment.content for moment in signs_session.search("harbour")] == ["HARBOUR CLOSED"]
    hits, why = signs_session.hits("submarine", ["object"])
    assert hits == ()
    assert "submarine" in why


def test_facts_are_one_line_without_anything_that_was_read(signs_session):
    facts = signs_session.facts()
    assert "\n" not in facts
    assert "duration 12.0 s" in facts
    assert "no audio" in facts
    assert "read_text" in facts
    assert "EXIT" not in facts


def test_the_first_look_commits_in_pieces_that_tile_the_clip(sample_session):
    pieces = first_look_pieces(sample_session.video.clip())
    assert pieces[0].start == 0
    assert pieces[-1].end == sample_session.video.duration
    assert all(one.end == two.start for one, two in itertools.pairwise(pieces))


def test_a_file_that_is_no_video_opens_nothing(tmp_path, models):
    (tmp_path / "notes.txt").write_text("no video")
    with pytest.raises(MediaError):
        Session(tmp_path / "notes.txt", models=models, store=tmp_path / "store")
    assert not (tmp_path / "store").exists()


def test_the_store_may_be_named_by_text(signs, signs_store, models):
    with Session(signs, models=models, store=str(signs_store)) as session:
        assert session.ask("What does the sign say?", ["EXIT 42", "EXIT 17"]).choice == 0
