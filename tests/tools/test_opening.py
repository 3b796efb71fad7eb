"""Tools from what a caller names."""

import pytest
from vidprog.memory import Timeline
from vidprog.tools import Registry, ToolDefinitionError, open_registry, tool

FILE = '''
from vidprog import Timeline, tool


@tool
def shortest(timeline: Timeline) -> Timeline:
    """Keep the shortest moment.

    Args:
        timeline: The moments.
    """
    return timeline[:1]
'''


@tool
def longest(timeline: Timeline) -> Timeline:
    """Keep the longest moment.

    Args:
        timeline: The moments.
    """
    return timeline[:1]


@pytest.mark.parametrize("given", [longest, [longest], (longest,)])
def test_tools_are_added_to_those_that_are_there(given):
    registry = open_registry(given)
    assert registry.get("longest") is longest
    assert "read_text" in registry


@pytest.mark.parametrize("kind", [str, lambda path: path])
def test_a_file_of_tools(tmp_path, kind):
    (tmp_path / "mine.py").write_text(FILE)
    assert "shortest" in open_registry(kind(tmp_path / "mine.py"))


def test_a_registry_is_taken_as_it_is():
    registry = Registry([longest])
    assert open_registry(registry) is registry


def test_a_name_that_is_taken_is_refused():
    registry = Registry.builtin().with_tools([longest])
    assert len(registry) == len(Registry.builtin()) + 1

    @tool
    def read_text(timeline: Timeline) -> Timeline:
        """Read something else.

        Args:
            timeline: The moments.
        """
        return timeline

    with pytest.raises(ToolDefinitionError):
        open_registry(read_text)
