"""Programs and tools of one's own, checked before anything is asked."""

from ..programs import Problem, Program, check
from ..tools import Tool, open_registry
from ..tools.conformance import check as conforms
from ..tools.opening import Given


def check_program(program: str | Program, tools: Given = None) -> tuple[Problem, ...]:
    r"""Everything that is wrong with a program; it may be run when there is nothing.

    Args:
        program: Its source, or the program.
        tools: Tools of one's own that it calls, a file with some, or a registry.

    Example:
        >>> problems = vidprog.check_program("lines = read_txt(video)\nanswer(question, lines, choices)")
        >>> str(problems[0])[:49]
        'line 1: Name `read_txt` used when not defined (Di'
    """
    return check(program if isinstance(program, Program) else Program.draft(program), open_registry(tools))


def check_tool(tool: Tool) -> tuple[str, ...]:
    """What is wrong with a tool, in sentences; the same test that the built-in tools pass.

    Args:
        tool: One made with ``@vidprog.tool``.

    Example:
        >>> @vidprog.tool
        ... def longest(timeline: vidprog.Timeline) -> vidprog.Timeline:
        ...     \"\"\"Keep the longest moment.
        ...
        ...     Args:
        ...         timeline: The moments.
        ...     \"\"\"
        ...     return vidprog.Timeline(sorted(timeline, key=lambda moment: moment.end - moment.start)[-1:])
        >>> vidprog.check_tool(longest)
        ()
    """
    return tuple(conforms(tool))
