"""``vidprog ask --policy FILE.toml --critic``."""

import pytest

WHY = "Why is the train late?"


@pytest.fixture
def policy_file(tmp_path):
    def write(text):
        path = tmp_path / "mine.toml"
        path.write_text(text)
        return path

    return write


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[moves]\nerror = ["fixbug"]', ("there is no move 'fixbug'", "'fix_bug'")),
        ("treshold = 0.7", ("there is no setting 'treshold'", "'threshold'")),
        ("threshold = ", ("is no TOML",)),
        ("threshold = 2", ("a threshold of 2 cannot be",)),
    ],
)
def test_a_wrong_policy_is_said_in_a_line_before_any_work(cli, policy_file, text, said):
    path = policy_file(text)
    ran = cli("ask", "no_such_clip.mp4", WHY, "--policy", path)
    assert ran.code == 2
    assert str(path) in ran.err
    assert all(part in ran.err for part in said)
    assert "Traceback" not in ran.err


def test_a_policy_that_is_not_there(cli, tmp_path):
    ran = cli("ask", "no_such_clip.mp4", WHY, "--policy", tmp_path / "none.toml")
    assert ran.code == 2
    assert "none.toml" in ran.err


def test_a_policy_is_followed_and_options_stand_above_it(cli, policy_file, signs, signs_store_of_apps, validate):
    path = policy_file('threshold = 1.0\nmax_rounds = 3\n[moves]\nlow_confidence = ["finer_window", "other_program"]')
    words = ("ask", signs, "What does the sign say?", "-c", "EXIT 42", "-c", "EXIT 17", "--store", signs_store_of_apps)
    ran = cli(*words, "--json", "-q", "--policy", path, "--max-rounds", "2")
    assert [round_["move"] for round_ in ran.document["rounds"]] == ["direct", "finer_window"]
    validate(ran.document, "answer")
    assert len(cli(*words, "--json", "-q", "--policy", path, "--threshold", "0.5", "--critic").document["rounds"]) == 1


@pytest.fixture(scope="module")
def signs_store_of_apps(signs, models, tmp_path_factory):
    from vidprog.agents import Session

    store = tmp_path_factory.mktemp("store")
    with Session(signs, models=models, store=store) as session:
        session.index()
    return store
