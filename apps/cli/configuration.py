"""The user's own defaults, from a TOML file: defaults < file < environment < options of the command line.

What several commands share (profile, store, models) becomes the environment variables that the rooms below read anyway;
a section named like a command holds the defaults of its options. Which options there are is read from the commands.
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from ...video.errors import UsageError

VARIABLE = "VIDPROG_CONFIG"
MODELS = "models"
SHARED: Mapping[str, tuple[str, str]] = {
    "profile": ("VIDPROG_PROFILE", "Which models to use: embedded, cpu, gpu or api."),
    "store": ("VIDPROG_STORE", "Where what was found in videos is kept; your cache directory by default."),
    "weights": ("VIDPROG_WEIGHTS", "Where weights are kept; your data directory by default."),
    "threads": ("VIDPROG_THREADS", "Threads of a model on the processor; the cores by default, at most 8."),
}
"""Key at the top of the file -> environment variable, what it is."""
SPEC = "kind:name[@URL] instead of the profile's"
NO_SECTIONS = frozenset(["config", "sample", "programs", "tools", "models", "examples", "cache"])
"""Commands whose options are about a single call."""
NOT_KEPT = frozenset(
    [
        *("help", "version", "json", "verbose", "config", "dry-run", "into", "install-completion", "show-completion"),
        *("profile", "set", "store", "choice", "report"),
    ]
)
"""Options that make no sense as a default, or stand at the top of the file."""


@dataclass(frozen=True, slots=True)
class Option:
    """An option that a file may set.

    Attributes:
        section: The command, or `models`; empty at the top of the file.
        key: As it is written in the file.
        about: What it is.
        default: What holds without file and environment; None where the program decides.
        variable: The environment variable, if there is one.
        parameter: The command's own parameter, if it is one of a command.
    """

    section: str
    key: str
    about: str
    default: Any = None
    variable: str = ""
    parameter: Any = None

    @property
    def name(self) -> str:
        """With its section."""
        return f"{self.section}.{self.key}" if self.section else self.key


@dataclass(frozen=True, slots=True)
class Setting:
    """An option with the value that holds now, and where it is from: `default`, `file` or `environment`."""

    option: Option
    value: Any
    source: str


def config_path(given: str | None = None) -> Path:
    """The file: the one that is given, that of the environment variable, or that of the user's configuration."""
    chosen = given if given is not None else os.environ.get(VARIABLE)
    if chosen is not None:
        return Path(chosen).expanduser()
    base = os.environ.get("XDG_CONFIG_HOME")
    if base:
        return Path(base) / "vidprog" / "config.toml"
    import platformdirs

    return platformdirs.user_config_path("vidprog", appauthor=False) / "config.toml"


def options_of(root: Any) -> tuple[Option, ...]:
    """Every option that a file may set.

    Args:
        root: The command that has all others.
    """
    from ...models.profiles import DEFAULT_PROFILE, ROLES

    usual = {"profile": DEFAULT_PROFILE}
    shared = [Option("", key, about, usual.get(key), variable) for key, (variable, about) in SHARED.items()]
    roles = [Option(MODELS, role, f"{SPEC} {role}.", variable=f"VIDPROG_{role.upper()}") for role in ROLES]
    return (*shared, *roles, *_of_commands(root, ""))


def _of_commands(group: Any, prefix: str) -> Iterator[Option]:
    for name, command in getattr(group, "commands", {}).items():
        if not prefix and name in NO_SECTIONS:
            continue
        section = f"{prefix}{name}"
        for parameter in command.params:
            key = _key(parameter)
            if key and key not in NOT_KEPT:
                default = parameter.default if isinstance(parameter.default, str | int | float | bool) else None
                yield Option(section, key, getattr(parameter, "help", "") or "", default, parameter=parameter)
        yield from _of_commands(command, f"{section}.")


def _key(parameter: Any) -> str:
    """The long name of an option without its dashes; empty for an argument."""
    names = [name for name in parameter.opts if name.startswith("--")]
    return names[0].removeprefix("--") if names else ""


def read_config(
    path: Path, options: tuple[Option, ...], context: typer.Context, *, required: bool = False
) -> dict[str, Any]:
    """The values of a file by the names of their options.

    Args:
        path: The file.
        options: What it may set.
        context: For the types of options.
        required: Whether it must be there.

    Raises:
        UsageError: `config.file`, `config.key` (with the nearest name) or `config.value`.
    """
    import tomllib

    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if required:
            raise UsageError(
                f"{path} is not there", code="config.file", hint="vidprog config init writes one."
            ) from None
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}", code="config.file", hint="Name a TOML file.") from error
    except tomllib.TOMLDecodeError as error:
        hint = 'Texts stand in quotes: profile = "gpu"'
        raise UsageError(f"{path} is not TOML: {error}", code="config.file", hint=hint) from error
    values = dict(_flat(tables, ""))
    known = {option.name: option for option in options}
    for name, value in values.items():
        if name not in known:
            raise _unknown(path, name, tuple(known))
        _check(path, known[name], value, context)
    return values


def _flat(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        name = f"{prefix}{key.replace('_', '-') if prefix and prefix != f'{MODELS}.' else key}"
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield name, value


def _unknown(path: Path, name: str, known: tuple[str, ...]) -> UsageError:
    import difflib

    same_key = [other for other in known if other.rpartition(".")[2] == name.rpartition(".")[2]]
    near = difflib.get_close_matches(name, known, n=1) or same_key[:1]
    hint = f"Did you mean {near[0]}?" if near else "`vidprog config show` lists what there is."
    return UsageError(f"{path}: there is no option {name}", code="config.key", hint=hint)


def _check(path: Path, option: Option, value: Any, context: typer.Context) -> None:
    if option.parameter is None:
        if not isinstance(value, str | int) or isinstance(value, bool):
            hint = f'Write {option.key} = "..."'
            raise UsageError(f"{path}: {option.name} is no text", code="config.value", hint=hint)
        return
    if isinstance(value, list) != bool(getattr(option.parameter, "multiple", False)):
        form = "a list" if option.parameter.multiple else "one value"
        raise UsageError(f"{path}: {option.name} takes {form}", code="config.value", hint=option.about)
    try:
        option.parameter.process_value(context, value)
    except typer.BadParameter as error:
        message = error.message.rstrip(".")
        raise UsageError(f"{path}: {option.name}: {message}", code="config.value", hint=option.about) from error


def settings(options: tuple[Option, ...], values: Mapping[str, Any]) -> tuple[Setting, ...]:
    """Each option with what holds now.

    Args:
        options: All there are.
        values: Of the file.
    """
    return tuple(_setting(option, values) for option in options)


def _setting(option: Option, values: Mapping[str, Any]) -> Setting:
    if option.variable and option.variable in os.environ and option.variable not in _ours:
        return Setting(option, os.environ[option.variable], "environment")
    if option.name in values:
        return Setting(option, values[option.name], "file")
    return Setting(option, option.default, "default")


_ours: set[str] = set()
"""Environment variables that were set here, for as long as the command runs."""


def apply(context: typer.Context, given: str | None) -> None:
    """Let a file's values be the defaults of the command that is about to run.

    Args:
        context: Of the root of all commands.
        given: The file that the command line names, if it does.

    Raises:
        UsageError: As `read_config` says.
    """
    path = config_path(given)
    if given is None and VARIABLE not in os.environ and not path.is_file():
        return
    if {"-h", "--help"} & set(sys.argv[1:]):  # help does not wait for a file that is right
        return
    options = options_of(context.command)
    values = read_config(path, options, context, required=True)
    by_name = {option.name: option for option in options}
    defaults: dict[str, Any] = {}
    for name, value in values.items():
        option = by_name[name]
        if option.parameter is None:
            _set_variable(context, option.variable, str(value))
        else:
            table = defaults
            for part in option.section.split("."):
                table = table.setdefault(part, {})
            table[option.parameter.name] = value
    context.default_map = defaults


def _set_variable(context: typer.Context, variable: str, value: str) -> None:
    """Set an environment variable that nobody has set, until the command has ended."""
    if variable in os.environ:
        return
    os.environ[variable] = value
    _ours.add(variable)

    def unset() -> None:
        _ours.discard(variable)
        with suppress(KeyError):
            del os.environ[variable]

    context.call_on_close(unset)


def as_toml(path: Path, all_settings: tuple[Setting, ...], *, plain: bool = False) -> str:
    """A file with every option: those that are set, and the others as comments with their defaults.

    Args:
        path: Of the file, for its head.
        all_settings: What holds.
        plain: All of them as comments, to begin a file with.
    """
    lines = [f"# {path}", "# defaults < this file < environment variables < options of the command line"]
    section = ""
    for setting in all_settings:
        option = setting.option
        if option.section != section:
            section = option.section
            lines += ["", f"[{section}]"]
        elif not section:
            lines.append("")
        lines += _lines(setting, plain)
    return "\n".join(lines) + "\n"


def _lines(setting: Setting, plain: bool) -> list[str]:
    option = setting.option
    origin = f" ({option.variable})" if option.variable else ""
    about = f"# {' '.join(option.about.split())}{origin}"
    default = f"{option.key} = {_written(option.default)}"
    if plain or setting.source == "default":
        return [about, f"# {default}"]
    source = option.variable if setting.source == "environment" else setting.source
    return [about, f"{option.key} = {_written(setting.value)}  # from: {source}"]


def _written(value: Any) -> str:
    """A value in TOML; `...` where the program decides."""
    if value is None:
        return "..."
    return json.dumps(value, ensure_ascii=False)
