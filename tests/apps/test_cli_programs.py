"""``vidprog programs``: what each program is for, what it needs, what is missing here, and what would give it."""

import re

import pytest
from vidprog.apps.cli.gaps import gaps, givers, needs_in_words
from vidprog.models import ROLES
from vidprog.models.models import BACKENDS
from vidprog.programs import Catalog

SERVER = "--set vlm=openai:MODEL@URL"


def rows(ran):
    return {line.split()[0]: line for line in ran.out.splitlines() if line}


def test_the_list_says_when_to_use_a_program(cli):
    shown = rows(cli("programs", "list"))
    for program in Catalog.builtin():
        assert program.when in shown[program.name]


@pytest.mark.parametrize("program", Catalog.builtin(), ids=lambda program: program.name)
def test_a_missing_role_is_named_and_what_would_give_it(program, cli):
    """On the default profile, which has no model that sees."""
    ran = cli("programs", "list")
    lacks = ", ".join(role for role in program.needs if role in ("vlm", "image_embedder"))
    said = rows(ran)[program.name].removeprefix(program.name).removesuffix(program.when).strip()
    assert said == lacks
    for role in filter(None, lacks.split(", ")):
        assert f"{role}: {givers(role)[0]} or --profile" in ran.out


def test_a_server_is_offered_first(cli):
    assert givers("vlm")[0] == SERVER
    assert f"vlm: {SERVER}" in cli("programs", "list").out


def test_with_the_role_set_nothing_is_missing(cli):
    ran = cli("programs", "list", "--set", "vlm=openai:some-model@http://localhost:1/v1")
    assert ran.code == 0 and "lacks" not in ran.out


def test_with_a_role_taken_away_it_is_missing(cli):
    ran = cli("programs", "list", "--set", "ocr=")
    assert rows(ran)["read_screen"].split()[1] == "ocr" and "ocr: --set ocr=" in ran.out


def test_the_list_fits_a_terminal_of_80_columns(monkeypatch, cli):
    for name, value in (("FORCE_COLOR", "1"), ("COLUMNS", "80"), ("TERM", "dumb")):
        monkeypatch.setenv(name, value)
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip() for line in cli("programs", "list").out.splitlines()]
    names = [name for name in Catalog.builtin().names if not any(line.startswith(name) for line in lines)]
    assert names == [] and max(map(len, lines)) <= 80


def test_the_list_as_json_has_all_ways(cli):
    document = cli("programs", "list", "--json").document
    entries = {entry["name"]: entry for entry in document["programs"]}
    assert document["profile"] == "embedded"
    assert entries["image_grid"]["missing"] == {"vlm": list(givers("vlm"))}
    assert entries["read_screen"]["missing"] == {}
    for key in ("when", "origin", "needs", "cost", "defaults", "examples", "summary"):
        assert entries["image_grid"][key]


def test_show_is_the_source_and_a_warning_about_what_is_missing(cli):
    ran = cli("programs", "show", "image_grid")
    compile(ran.out, "image_grid", "exec")
    for part in ("Use when:", "Needs: vlm", "arXiv 2403.18406", "Cost:"):
        assert part in ran.out
    assert f"needs vlm (missing: {SERVER})" in ran.err
    assert cli("programs", "show", "read_screen").err == ""
    assert list(cli("programs", "show", "image_grid", "--json").document["missing"]) == ["vlm"]


@pytest.mark.parametrize("role", ROLES)
def test_what_gives_a_role_can_be_given(role, cli):
    """Every offered option names a backend or a profile that there is."""
    for option in givers(role):
        flag, value = option.split()
        if flag == "--set":
            given, spec = value.split("=")
            assert (given, spec.split(":")[0]) in BACKENDS
        else:
            assert role in [entry["role"] for entry in cli("models", "list", flag, value, "--json").document["roles"]]


def test_needs_in_words():
    assert gaps(["vlm", "ocr"], ["ocr"]) == {"vlm": givers("vlm")}
    assert needs_in_words(["vlm", "ocr"], {"vlm": ()}) == "vlm (missing: no model of this version), ocr"
    assert needs_in_words(["ocr"], {}) == "ocr"
