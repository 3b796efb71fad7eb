"""The code blocks of a Markdown page, as `markdown-it` sees them, and running them in order as a reader would.

Libraries that test documentation (pytest-examples, mktestdocs) know fenced Python only; here most blocks are commands,
many of them indented, and the next block goes on where the last one was.
"""

import code
import json
import re
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

SHELL, PYTHON = "shell", "python"
LANGUAGES = {"python": PYTHON, "py": PYTHON, "console": SHELL, "bash": SHELL, "sh": SHELL, "shell": SHELL}
COMMANDS = ("vidprog ", "pip ", "python ", "export ", "echo ", "vllm ")
"""How an indented block begins that is one of commands."""
IMPORTS = ("import ", "from ")
"""How one begins that is Python and not a visual program, which cannot import."""
NOT_RUN = re.compile(r"<!--\s*not run:\s*(?P<reason>.+?)\s*-->")


@dataclass(frozen=True)
class Block:
    """One block that could be run."""

    line: int
    language: str
    text: str
    reason: str = ""
    """Why it is not run; empty where it is."""


def blocks_of(path: Path) -> list[Block]:
    """The blocks of commands and of Python, in order; a comment `<!-- not run: why -->` stands directly above one."""
    found, reason = [], ""
    for token in MarkdownIt().enable("table").parse(path.read_text(encoding="utf-8")):
        if token.type == "html_block":
            match = NOT_RUN.search(token.content)
            reason = match["reason"] if match else ""
        elif token.type in ("fence", "code_block"):
            language = LANGUAGES.get(token.info.split()[0], "") if token.info else ""
            if token.type == "code_block" and token.content.startswith(COMMANDS):
                language = SHELL
            elif token.type == "code_block" and token.content.startswith(IMPORTS):
                language = PYTHON
            if language:
                text = re.sub(r"^\$ ", "", token.content, flags=re.MULTILINE) if language == SHELL else token.content
                found.append(Block((token.map or [0])[0] + 1, language, text, reason))
            reason = ""
        elif token.level == 0 and token.nesting >= 0:
            reason = ""
    return found


class Reader(code.InteractiveInterpreter):
    """Somebody who tries a page: one shell block or Python block after the other, in one directory."""

    failed = False

    def showtraceback(self) -> None:
        """An error ends the page."""
        super().showtraceback()
        self.failed = True

    def showsyntaxerror(self, filename: str | None = None, **options: object) -> None:
        """So does one in the text."""
        super().showsyntaxerror(filename)
        self.failed = True

    def run(self, block: dict[str, str]) -> bool:
        """Whether a block ended well."""
        if block["language"] == SHELL:
            return subprocess.run(["bash", "-e", "-c", block["text"]], check=False).returncode == 0
        self.runsource(block["text"], f"line {block['line']}", "exec")
        return not self.failed


def main() -> int:
    """Run the blocks given as JSON on stdin; the exit code says whether all of them did."""
    reader = Reader()
    for block in json.load(sys.stdin):
        print(textwrap.indent(block["text"], "    "), file=sys.stderr, flush=True)
        if not reader.run(block):
            print(f"FAILED in line {block['line']}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
