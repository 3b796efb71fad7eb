"""What TAB offers for values: names of programs, profiles, roles, tools. A shell waits for it, so little is loaded."""

from importlib import resources


def profiles(incomplete: str) -> list[str]:
    """Names of profiles."""
    from ...models.profiles import profile_names

    return _beginning(profile_names(), incomplete)


def programs(incomplete: str) -> list[str]:
    """Names of the library; they are those of its files, which need not be read."""
    from ...programs.catalog import LIBRARY

    folder = resources.files("vidprog.programs").joinpath(LIBRARY)
    names = (item.name.removesuffix(".py") for item in folder.iterdir() if item.name.endswith(".py"))
    return _beginning(sorted(name for name in names if not name.startswith("_")), incomplete)


def tools(incomplete: str) -> list[str]:
    """Names of tools, those of installed packages too."""
    from ...tools import open_registry

    return _beginning(open_registry().names, incomplete)


def roles(incomplete: str) -> list[str]:
    """Names of roles."""
    from ...models.profiles import ROLES

    return _beginning(ROLES, incomplete)


def assignments(incomplete: str) -> list[str]:
    """``role=`` first, then ``role=kind:`` for the kinds that play it, with the names of weights that are known."""
    from ...models.profiles import ROLES, load_profile, profile_names

    role, separator, _ = incomplete.partition("=")
    if not separator:
        return _beginning([f"{role}=" for role in ROLES], incomplete)
    from ...models.models import BACKENDS

    kinds = [f"{role}={kind}:" for known, kind in BACKENDS if known == role]
    used = [str(load_profile(name).roles[role]) for name in profile_names() if role in load_profile(name).roles]
    return _beginning(sorted({*kinds, *(f"{role}={spec}" for spec in used)}), incomplete)


def kinds(incomplete: str) -> list[str]:
    """Kinds of observations."""
    from ...memory import KINDS

    return _beginning(sorted(KINDS), incomplete)


def _beginning(names: "list[str] | tuple[str, ...]", start: str) -> list[str]:
    return [name for name in names if name.startswith(start)]
