"""A program as a value, read from text without running or importing any of it.

There are two forms. A *function*: a docstring and one public function `name(video, question, choices) -> Answer`, with
private helpers if it likes; library programs and users' files look like that. *Statements*: a few plain lines that call
tools and end in `answer(...)`; that is what a planner writes.

A program is about one video (`video`), or about all videos of the question (`videos`).
"""

from __future__ import annotations

import ast
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from ..models import ROLES
from ..tools.docstring import Docstring, parse_docstring
from ..tools.types import GIVEN
from ..video.errors import VidprogError

Kind = Literal["function", "statements"]
Takes = Literal["one", "several"]
_SUBJECT: dict[Takes, str] = {"one": "video", "several": "videos"}
"""What a program takes -> the given name by which it takes it."""
SPECIAL = "one kind of question"
"""What `Scope:` says of a program that suits no other."""
PARAMETERS: dict[Takes, tuple[str, ...]] = {takes: (name, "question", "choices") for takes, name in _SUBJECT.items()}
"""What a program takes -> the parameters of one in the form of a function."""


class ProgramError(VidprogError):
    """A program that cannot be read (`program.syntax`, `program.form`) or that stopped with an error."""

    def __init__(self, message: str, *, code: str, hint: str = "", line: int = 0) -> None:
        super().__init__(f"line {line}: {message}" if line else message, code=code, hint=hint)
        self.line = line


@dataclass(frozen=True, slots=True)
class Program:
    """A visual program and what its docstring says about it.

    Example:
        >>> program = vidprog.Program.parse("answer(question, read_text(video), choices)")
        >>> vidprog.check_program(program)
        ()
        >>> settings = vidprog.Settings(program=program)
        >>> vidprog.ask("sample.mp4", "Which room is it?", ["Room 3", "Room 12"], settings=settings).text
        'Room 12'
    """

    name: str
    source: str
    """The text, as it was written."""
    summary: str = ""
    when: str = ""
    """`Use when:`"""
    needs: tuple[str, ...] = ()
    """`Needs:`, model roles."""
    origin: str = ""
    """`Source:`, the method it comes from."""
    examples: tuple[str, ...] = ()
    """`Examples:`, questions it is good for."""
    defaults: str = ""
    """`Defaults:`"""
    cost: str = ""
    """`Cost:`, what a question usually takes."""
    special: bool = False
    """`Scope: one kind of question`: on any other it only makes noise."""
    kind: Kind = "statements"
    takes: Takes = "one"
    """Whether it is about one video or about several."""
    path: str = ""
    """The file it was read from; empty for one that has none."""

    @classmethod
    def parse(cls, source: str, *, name: str = "program", path: str = "") -> Program:
        """Read a program of either form.

        Args:
            source: The text.
            name: What to call one in statements; a function has its own name.
            path: Where it was read, for `Program.path`.

        Raises:
            ProgramError: `program.syntax`, `program.form` or `program.needs`, with the line.
        """
        tree = parse_source(source)
        function = _main_function(tree)
        documentation = _documentation(tree, function)
        return cls(
            name=function.name if function else name,
            source=source,
            summary=documentation.summary,
            when=documentation.section("Use when"),
            needs=_roles(documentation),
            origin=documentation.section("Source"),
            examples=documentation.items("Examples"),
            defaults=documentation.section("Defaults"),
            cost=documentation.section("Cost"),
            special=documentation.section("Scope").rstrip(".").casefold() == SPECIAL,
            kind="function" if function else "statements",
            takes=_takes(tree, function),
            path=path,
        )

    @classmethod
    def draft(cls, source: str, *, name: str = "planned") -> Program:
        """A program as a planner wrote it, faults and all: the checker lists them.

        Args:
            source: Any text.
            name: What to call it.
        """
        try:
            return cls.parse(source, name=name)
        except ProgramError:
            return cls(name, source)

    @classmethod
    def read(cls, path: str | Path) -> Program:
        """Read a program file.

        Raises:
            ProgramError: `program.file` when it cannot be read as text, and those of `parse`, naming the file.
        """
        path = Path(path)
        try:
            return cls.parse(path.read_text(encoding="utf-8"), name=path.stem, path=str(path))
        except (OSError, UnicodeDecodeError) as error:
            problem = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise ProgramError(f"{path}: {problem}", code="program.file", hint="Name a Python file.") from error
        except ProgramError as error:
            raise ProgramError(f"{path}: {error.message}", code=error.code, hint=error.hint) from error

    @property
    def code(self) -> str:
        """What is run: the source and, for a function, a call of it. Line numbers are those of the source."""
        if self.kind == "statements":
            return self.source
        return f"{self.source.rstrip()}\n\n{self.name}({', '.join(PARAMETERS[self.takes])})\n"

    def to_json(self) -> dict[str, Any]:
        """Every field as plain data."""
        return {**asdict(self), "needs": list(self.needs), "examples": list(self.examples)}


def parse_source(source: str) -> ast.Module:
    """The syntax tree of a program.

    Raises:
        ProgramError: `program.syntax`, with the line.
    """
    try:
        return ast.parse(source)
    except SyntaxError as error:
        raise ProgramError(error.msg, code="program.syntax", line=error.lineno or 0) from error
    except (ValueError, RecursionError, MemoryError) as error:  # NUL bytes; nesting beyond what the parser can hold
        raise ProgramError(
            "it cannot be parsed: it is nested too deeply or is no text", code="program.syntax"
        ) from error


def _main_function(tree: ast.Module) -> ast.FunctionDef | None:
    """The one public function of a program in that form; None for statements."""
    statements = [node for node in tree.body if not _is_text(node)]
    functions = [node for node in statements if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    public = [node for node in functions if not node.name.startswith("_")]
    if not public or any(isinstance(node, ast.Expr) for node in statements):
        return None
    if len(public) > 1:
        raise ProgramError(
            f"a program file has one public function, this one has {', '.join(node.name for node in public)}",
            code="program.form",
            hint="Begin the names of helpers with an underscore.",
            line=public[1].lineno,
        )
    main = public[0]
    if isinstance(main, ast.AsyncFunctionDef) or _parameters(main.args) not in PARAMETERS.values():
        one, several = (", ".join(names) for names in PARAMETERS.values())
        typed = ", ".join(f"{name}: {GIVEN[name]}" for name in PARAMETERS["one"])
        raise ProgramError(
            f"{main.name} must be a plain function of {one} (or of {several})",
            code="program.form",
            hint=f"def {main.name}({typed}) -> Answer:",
            line=main.lineno,
        )
    return main


def _takes(tree: ast.Module, function: ast.FunctionDef | None) -> Takes:
    """What a program is about: by the parameters of a function, by the names that statements use."""
    if function is not None:
        return next(takes for takes, names in PARAMETERS.items() if names == _parameters(function.args))
    uses = [node.ctx for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == _SUBJECT["several"]]
    given = bool(uses) and not any(isinstance(use, ast.Store) for use in uses)  # else it is a variable of its own
    return "several" if given else "one"


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _parameters(arguments: ast.arguments) -> tuple[str, ...]:
    """The names of plain parameters; nothing where there are others (`*`, `**`, `/`) as well."""
    others = (arguments.vararg, arguments.kwarg, *arguments.posonlyargs, *arguments.kwonlyargs)
    return () if any(others) else tuple(argument.arg for argument in arguments.args)


def _documentation(tree: ast.Module, function: ast.FunctionDef | None) -> Docstring:
    """The module's docstring, completed by the function's."""
    module = parse_docstring(ast.get_docstring(tree))
    own = parse_docstring(ast.get_docstring(function) if function else None)
    return Docstring(
        module.summary or own.summary, module.description or own.description, {**own.sections, **module.sections}
    )


def _roles(documentation: Docstring) -> tuple[str, ...]:
    text = documentation.section("Needs").rstrip(".")
    roles = tuple(role for part in text.split(",") if (role := part.strip()) and role != "none")
    for role in roles:
        if role not in ROLES:
            raise ProgramError(
                f"Needs: {role!r} is no role", code="program.needs", hint=f"Roles are {', '.join(ROLES)}, with commas."
            )
    return roles
