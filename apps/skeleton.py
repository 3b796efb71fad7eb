"""Files to begin with: a tool, a program, a backend. Each runs and passes its check as it is written."""

import keyword
import re
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from string import Template

from ..models import ROLES
from ..video.errors import UsageError

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_CUT = "---\n"
"""Between what stands at the head of a backend and its class."""
TOOLS, MODELS = "vidprog.tools", "vidprog.models"


def tool_skeleton(name: str, folder: Path, *, stateful: bool = False, package: bool = False) -> tuple[Path, ...]:
    """Write a tool.

    Args:
        name: In snake_case.
        folder: Where.
        stateful: A class with `setup` and `identity`, for a model.
        package: A package with an entry point.

    Returns:
        The files.

    Raises:
        UsageError: The name is none or taken, or there is such a file.
    """
    from ..tools import Registry

    _check_name(name, Registry.builtin().names, "tool")
    text = _template("tool_stateful" if stateful else "tool")
    if not package:
        return _written({folder / f"{name}.py": text}, {**_names(name), "file": f"{name}.py"})
    files, values = _package(name, folder, TOOLS, name, f"A tool for vidprog: {name}")
    source = values["source"]
    files[Path(source) / f"{name}.py"] = text
    files[Path(source) / "__init__.py"] = _IMPORTING
    exported = name if not stateful else values["class_name"]
    return _written(files, {**values, "file": f"src/{values['package']}/{name}.py", "exported": exported})


def program_skeleton(name: str, folder: Path) -> tuple[Path, ...]:
    """Write a program.

    Raises:
        UsageError: The name is none or taken, or there is such a file.
    """
    from ..programs import Catalog

    _check_name(name, Catalog.builtin().names, "program")
    return _written({folder / f"{name}.py": _template("program")}, {"name": name})


def backend_skeleton(role: str, name: str, folder: Path) -> tuple[Path, ...]:
    """Write a package with a backend.

    Args:
        role: Which role it plays.
        name: Its kind, in snake_case; in specs it is written with dashes.
        folder: Where.

    Raises:
        UsageError: There is no such role, the name is none or taken, or there is such a file.
    """
    from ..models.models import BACKENDS
    from ..models.profiles import nearest

    if role not in ROLES:
        raise UsageError(f"there is no role {role!r}", code="model.role", hint=nearest(role, ROLES))
    kind = name.replace("_", "-")
    _check_name(name, [known for other, known in BACKENDS if other == role], "backend", kind)
    files, values = _package(name, folder, MODELS, f"{role}.{kind}", f"A backend for vidprog: {kind} as {role}")
    head, body = _template(f"backend_{role}").split(_CUT)
    imports, _, functions = head.partition("\n\n\n")
    parts = {"imports": imports, "functions": functions, "body": body}
    text = re.sub(r"\n{4,}", "\n\n\n", Template(_template("backend")).safe_substitute(parts)).rstrip() + "\n"
    files[Path(values["source"]) / "__init__.py"] = text
    return _written(files, {**values, "role": role, "kind": kind})


_IMPORTING = '''"""Tools of this package are found by vidprog through the entry point in `pyproject.toml`."""

from $package.$name import $exported

__all__ = ["$exported"]
'''


def _template(name: str) -> str:
    return resources.files(__package__).joinpath("skeletons", f"{name}.txt").read_text(encoding="utf-8")


def _names(name: str) -> dict[str, str]:
    return {"name": name, "class_name": "".join(part.capitalize() for part in name.split("_"))}


def _package(name: str, folder: Path, group: str, entry: str, about: str) -> tuple[dict[Path, str], dict[str, str]]:
    distribution, package = f"vidprog-{name.replace('_', '-')}", f"vidprog_{name}"
    root = folder / distribution
    values = {
        **_names(name), "distribution": distribution, "package": package, "group": group, "entry": entry,
        "about": about, "source": str(root / "src" / package),
    }  # fmt: skip
    return {root / "pyproject.toml": _template("package")}, values


def _check_name(name: str, taken: object, what: str, written: str = "") -> None:
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        hint = "Write it in small letters, digits and underscores, e.g. count_birds."
        raise UsageError(f"{name!r} is not a name for a {what}", code="new.name", hint=hint)
    if (written or name) in set(taken):  # type: ignore[call-overload]
        raise UsageError(
            f"there is a {what} named {written or name!r} already", code="new.name", hint="Choose another."
        )


def _written(files: Mapping[Path, str], values: Mapping[str, str]) -> tuple[Path, ...]:
    """The files, all of them or none.

    Raises:
        UsageError: One is there already.
    """
    for path in files:
        if path.exists():
            raise UsageError(f"{path} is there already", code="new.exists", hint="Choose another name, or remove it.")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(Template(text).substitute(values), encoding="utf-8")
    return tuple(files)
