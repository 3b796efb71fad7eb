"""Every word that is sent to a model, as template files; data only.

A template is ``string.Template`` text: ``$question``. What comes from a video is filled in as data and never holds
template marks of its own that would be read again.
"""

from functools import cache
from importlib import resources
from string import Template


@cache
def _template(name: str) -> Template:
    return Template(resources.files(__package__).joinpath(f"{name}.txt").read_text(encoding="utf-8").rstrip("\n"))


def prompt(name: str, **values: str) -> str:
    """A template with its values filled in.

    Args:
        name: File name without ``.txt``.
        values: A text for every mark of the template.

    Raises:
        KeyError: When a value is missing.
    """
    return _template(name).substitute(values)
