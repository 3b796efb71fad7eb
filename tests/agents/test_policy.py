"""The policy as data: the default, a user's own, and what is wrong with one."""

import tomllib
from importlib import resources
from pathlib import Path

import pytest
from vidprog.agents import Settings
from vidprog.agents.checkpoints import thread_of
from vidprog.agents.moves import MOVES
from vidprog.agents.policy import DIAGNOSES, default_policy, load_policy
from vidprog.agents.refine import REASONS
from vidprog.video.errors import UsageError


@pytest.fixture
def policy_file(tmp_path):
    def write(text):
        path = tmp_path / "mine.toml"
        path.write_text(text)
        return path

    return write


def test_every_diagnosis_has_moves_and_a_reason():
    assert set(default_policy().moves) == set(REASONS) == set(DIAGNOSES)
    assert all(default_policy().moves.values())


def test_every_move_is_in_the_default_policy():
    assert {name for names in default_policy().moves.values() for name in names} == set(MOVES)


def test_settings_stand_above_the_policy_and_the_policy_above_the_default(policy_file):
    mine = policy_file("threshold = 0.8\nmax_rounds = 5")
    assert (Settings().rules.threshold, Settings().rules.max_rounds) == (0.6, 3)
    assert (Settings(policy=mine).rules.threshold, Settings(policy=str(mine)).rules.max_rounds) == (0.8, 5)
    assert Settings(policy=mine, threshold=0.3).rules.threshold == 0.3
    assert Settings(policy=mine, threshold=0.3).rules.max_rounds == 5
    assert Settings(policy=load_policy(mine), critic=True).rules.critic


def test_what_a_file_leaves_out_is_the_defaults(policy_file):
    rules = load_policy(
        policy_file('[moves]\nerror = ["other_program"]\n[alternatives]\nllm = ["openai:m@http://h/v1"]')
    )
    assert rules.moves == {**default_policy().moves, "error": ("other_program",)}
    assert rules.alternatives == {"llm": ("openai:m@http://h/v1",)}
    assert rules.threshold == default_policy().threshold


def test_a_copy_of_the_default_is_the_default(policy_file):
    text = resources.files("vidprog.agents").joinpath("policy.toml").read_text(encoding="utf-8")
    assert set(tomllib.loads(text)) == {"threshold", "max_rounds", "critic", "moves", "alternatives"}
    assert load_policy(policy_file(text)) == default_policy()


@pytest.mark.parametrize(
    ("text", "code", "message", "hint"),
    [
        ("threshold = 7", "settings.threshold", "threshold of 7", "0 to 1"),
        ("threshold = true", "policy.value", "threshold cannot be True", "a number"),
        ("max_rounds = 0", "settings.rounds", "0 rounds", "1 or more"),
        ("max_rounds = 1.5", "policy.value", "max_rounds cannot be 1.5", "whole number"),
        ('critic = "yes"', "policy.value", "critic cannot be 'yes'", "true or false"),
        ("treshold = 0.5", "policy.key", "no setting 'treshold'", "'threshold'"),
        ("threshold = ", "policy.toml", "is no TOML", "threshold = 0.7"),
        ("moves = 3", "policy.value", "moves cannot be 3", "[moves]"),
        ('[moves]\nlow_confidnce = ["other_tool"]', "policy.key", "no diagnosis 'low_confidnce'", "'low_confidence'"),
        ('[moves]\nerror = "fix_bug"', "policy.value", "moves.error cannot be 'fix_bug'", "a list"),
        ("[moves]\nerror = [1]", "policy.value", "moves.error cannot be [1]", "a list"),
        ('[moves]\nerror = ["fix_bug", "fix_bug"]', "policy.value", "moves.error", "nothing twice"),
        ('[moves]\nerror = ["fixbug"]', "policy.move", "moves.error: there is no move 'fixbug'", "'fix_bug'"),
        ('[alternatives]\nvml = ["openai:x"]', "policy.key", "no role 'vml'", "'vlm'"),
        ('[alternatives]\nllm = ["gpt"]', "model.spec", "'gpt' is not a model spec", "kind:name"),
        ('[alternatives]\nllm = ["opnai:x"]', "policy.value", "no backend 'opnai'", "'openai'"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(policy_file, text, code, message, hint):
    path = policy_file(text)
    with pytest.raises(UsageError) as caught:
        Settings(policy=path)
    assert caught.value.code == code
    assert caught.value.message.startswith(str(path))
    assert message in caught.value.message
    assert hint in caught.value.hint
    assert "\n" not in caught.value.message + caught.value.hint


@pytest.mark.parametrize("name", ["missing.toml", ".", "bytes.toml"])
def test_files_that_cannot_be_read(tmp_path, name):
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError) as caught:
        Settings(policy=tmp_path / name)
    assert caught.value.code == "policy.file"


@pytest.mark.parametrize(
    "text",
    [
        "threshold = 0.7",
        "max_rounds = 2",
        "critic = true",
        '[moves]\nerror = ["other_program"]',
        '[alternatives]\nllm = ["openai:m"]',
    ],
)
def test_another_policy_is_another_question_for_the_checkpoints(policy_file, text):
    def thread(settings):
        return thread_of("f", "What?", (), settings, {})

    mine = policy_file(text)
    assert thread(Settings(policy=mine)) != thread(Settings())
    assert thread(Settings(policy=mine)) == thread(Settings(policy=load_policy(mine)))


def test_a_policy_in_another_file_of_the_same_text_is_the_same_question(tmp_path):
    threads = set()
    for name in ("a.toml", "b.toml"):
        path = Path(tmp_path / name)
        path.write_text("threshold = 0.7")
        threads.add(thread_of("f", "What?", (), Settings(policy=path), {}))
    assert len(threads) == 1
