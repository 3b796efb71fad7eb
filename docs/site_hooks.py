"""Pages of the site that are made from the code (tools, programs, options), and links to files outside of docs/."""

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
OPTIONS = "<!-- options -->"
OUTSIDE = re.compile(r"\]\(\.\./([^)#]+)")
"""A link to a file of the repository."""
KINDS = {
    "time": "Cut and split in time", "frames": "Frames and grids", "look": "Look", "read": "Read", "hear": "Listen",
    "remember": "Remember and search", "ask": "Ask and answer",
}  # fmt: skip


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made, and the files that pages link to."""
    for name, text in {"tools.md": tools_page(), "programs.md": programs_page()}.items():
        files.append(File.generated(config, name, content=text))
    pages = [Path(config.docs_dir, file.src_uri) for file in files.documentation_pages()]
    texts = [path.read_text(encoding="utf-8") for path in pages if path.is_file()]
    for target in sorted({target for text in texts for target in OUTSIDE.findall(text)}):
        if (ROOT / target).is_file():
            files.append(File.generated(config, f"repository/{target}", abs_src_path=str(ROOT / target)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Point links to the copies of those files, and fill in the options."""
    if OPTIONS in markdown:
        markdown = markdown.replace(OPTIONS, options_table())
    return OUTSIDE.sub(r"](repository/\1", markdown)


def tools_page() -> str:
    """Every tool of the registry, by what it does."""
    from vidprog.tools import Registry

    tools = sorted(Registry.builtin(), key=lambda tool: [*KINDS].index(tool.kind) if tool.kind in KINDS else len(KINDS))
    head = [
        "# Tool reference",
        f"The {len(tools)} tools that a program can call, as the registry has them: `vidprog tools list`, `vidprog "
        "tools show NAME`. Your own: [Tools of your own](own_tools.md).",
    ]
    for kind, group in groupby(tools, key=lambda tool: tool.kind):
        head += [f"## {KINDS.get(kind, kind)}", *(part for tool in group for part in _tool(tool))]
    return "\n\n".join(head) + "\n"


def _tool(tool: Any) -> Iterator[str]:
    from vidprog.tools.docstring import parse_docstring

    yield f"### {tool.name}"
    yield f"```python\n{tool.signature()}\n```"
    yield tool.summary
    if tool.description:
        yield tool.description
    if tool.parameters:
        rows = (
            f"| `{item.name}` | `{str(item.type).replace('|', chr(92) + '|')}` | {item.text} |"
            for item in tool.parameters
        )
        yield "\n".join(["| argument | type | |", "|---|---|---|", *rows])
    documentation = parse_docstring(tool.target.__doc__)
    facts = {
        "Returns": documentation.section("Returns"),
        "Needs": ", ".join(tool.needs),
        "Cost": tool.cost,
        "Source": tool.source,
    }
    yield "\n".join(f"- **{name}:** {' '.join(text.split())}" for name, text in facts.items() if text)


def programs_page() -> str:
    """Every program of the library with its source."""
    from vidprog.programs import Catalog

    catalog = Catalog.builtin()
    parts = [
        "# Program library",
        f"The {len(catalog)} programs of the library. `vidprog programs show NAME` prints one, `--program NAME` runs "
        "it, and the planner takes them as examples. None of them is trained.",
    ]
    for program in catalog:
        parts += [f"## {program.name}", program.summary]
        facts = {
            "Use when": program.when,
            "Needs": ", ".join(program.needs),
            "Source": program.origin,
            "Defaults": program.defaults,
            "Cost": program.cost,
        }
        parts.append("\n".join(f"- **{name}:** {text}" for name, text in facts.items() if text))
        source = "\n".join(f"    {line}".rstrip() for line in program.source.strip().splitlines())
        parts.append(f'??? example "The program"\n\n    ```python\n{source}\n    ```')
    return "\n\n".join(parts) + "\n"


def options_table() -> str:
    """Every option that the user's file may set."""
    import typer
    from vidprog.apps.cli.app import app
    from vidprog.apps.cli.configuration import options_of

    parts = []
    for section, group in groupby(options_of(typer.main.get_command(app)), key=lambda option: option.section):
        rows = [
            f"| `{each.key}` | {'' if each.default is None else f'`{each.default}`'} "
            f"| {f'`{each.variable}`' if each.variable else ''} | {' '.join(each.about.split())} |"
            for each in group
        ]
        title = f"### [{section}]" if section else "### At the top of the file"
        parts += [title, "\n".join(["| option | default | environment | |", "|---|---|---|---|", *rows])]
    return "\n\n".join(parts)
