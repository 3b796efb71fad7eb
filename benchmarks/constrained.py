"""How many of a small model's programs pass the checker: written freely, and held to a grammar or to a JSON schema.

Usage:
    python benchmarks/constrained.py [--count N] [--rows "NAME;NAME"] [--show]

The model is SmolLM2-135M, which cannot plan; whether a program can be run at all is what counts here, not whether it
is the right one. Each row writes one program for each question, greedily, after the planner's prompt with all tools
(about 2,700 tokens). `llama.cpp` is its own OpenAI-compatible server with the same weights in four bits. Seconds are
CPU-seconds of the whole process, which other work on the machine disturbs least. Rows whose library is not installed
are named and left out.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from statistics import median
from typing import Any

from vidprog.agents.plan_prompt import values_text
from vidprog.agents.planner import unfenced
from vidprog.models import Completion, Constraint, LanguageModel, Models, load_profile
from vidprog.models.roles import Usage
from vidprog.models.weights import ensure_weights
from vidprog.programs import Program, check, program_from_steps, program_grammar, steps_schema
from vidprog.programs.grammar import build_grammar
from vidprog.prompts import prompt
from vidprog.tools import Registry

QUESTIONS = """
What is written on the door of the workshop?
How many sheep cross the road?
What does the captain say about the weather?
When does the kettle start to boil?
What colour is the roof of the barn?
Is there a piano in the room?
What happens after the man closes the suitcase?
Which number is on the bus between 0:20 and 0:35?
Who opens the window?
What is the price of the blue lamp?
What does the girl hold in her left hand at the end?
How often does the drummer hit the cymbal?
Where is the ladder when the lights go out?
Which word is spelled on the blackboard in the first ten seconds?
Why does the audience laugh?
What is the last thing that the guide mentions?
Does the cat jump before or after the vase falls?
How does the weather change over the day?
Which two tools does the carpenter use?
What time does the clock on the tower show?
"""
REGISTRY = Registry.builtin()
FREE, GRAMMAR, STEPS = "plan_lines", "plan_grammar", "plan_steps"
TOKENS = {FREE: 256, GRAMMAR: 512, STEPS: 1024}
"""At most, as the planner has it; half of that where nothing is kept to, because nothing ends it either."""

Write = Callable[[str, int, Constraint | None], Completion]


@dataclass(frozen=True)
class Row:
    """One way of writing programs."""

    name: str
    form: str
    needs: str
    """A library, besides those of the tests."""
    writer: Callable[[], Any]
    """A context manager that gives a Write."""


def asked(question: str, form: str) -> str:
    """The planner's own prompt, with the tools' signatures and without examples."""
    tools = "\n".join(tool.signature() for tool in REGISTRY)
    shape = prompt(form, question=question, choices="none")
    return prompt(
        "plan", question=question, values=values_text(), tools=tools, facts="none", examples="none", form=shape
    )


def constraint_of(form: str) -> Constraint | None:
    """What the planner holds a model to in this form."""
    made = {GRAMMAR: ("lark", program_grammar), STEPS: ("json_schema", steps_schema)}
    return Constraint(made[form][0], made[form][1](REGISTRY)) if form in made else None


def passes(text: str, form: str) -> bool:
    """Whether what was written can be run."""
    source = program_from_steps(text, REGISTRY) if form == STEPS else unfenced(text)
    return check(Program.draft(source), REGISTRY) == ()


LOADED: dict[str, LanguageModel] = {}


def local_model() -> Any:
    """SmolLM2-135M through transformers, loaded once."""
    if "llm" not in LOADED:
        LOADED["llm"] = Models(load_profile("embedded", ["llm=transformers:smollm2-135m"])).llm
    return LOADED["llm"]


@contextmanager
def transformers_writer() -> Iterator[Write]:
    llm = local_model()
    yield lambda text, most, constraint: llm.complete(text, max_tokens=most, constraint=constraint)


@contextmanager
def llama_writer() -> Iterator[Write]:
    """llama.cpp's server; it is asked as any other."""
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(next(ensure_weights("smollm2-135m").glob("*.gguf")))
    parameters.n_ctx, parameters.n_parallel, parameters.port, parameters.verbosity = 8192, 1, 0, -1
    parameters.cpuparams.n_threads = 2
    server = xllamacpp.Server(parameters)
    llm = Models(load_profile("embedded", [f"llm=openai:smollm2@{server.listening_address}/v1"])).llm
    yield lambda text, most, constraint: llm.complete(text, max_tokens=most, constraint=constraint)
    del server


def generated(text: str, most: int, processor: Any) -> Completion:
    """What ``generate`` of transformers writes under somebody else's logits processor."""
    import torch

    llm = local_model()
    tokens = llm._chat(text, "", 8192 - most)
    with torch.inference_mode():
        found = llm._model.generate(
            torch.tensor([tokens]), max_new_tokens=most, do_sample=False, logits_processor=[processor]
        )[0, len(tokens) :]
    written = llm._tokenizer.decode(found, skip_special_tokens=True)
    return Completion(written.strip(), usage=Usage(len(tokens), len(found)))


@contextmanager
def xgrammar_writer() -> Iterator[Write]:
    import xgrammar
    from xgrammar.contrib.hf import LogitsProcessor

    llm = local_model()
    information = xgrammar.TokenizerInfo.from_huggingface(llm._tokenizer, vocab_size=llm._model.config.vocab_size)
    compiler = xgrammar.GrammarCompiler(information)

    def write(text: str, most: int, constraint: Constraint | None) -> Completion:
        lark = constraint is not None and constraint.kind == "lark"
        schema = steps_schema(REGISTRY)
        compiled = compiler.compile_grammar(ebnf()) if lark else compiler.compile_json_schema(schema)
        return generated(text, most, LogitsProcessor(compiled))

    yield write


def ebnf() -> str:
    """The same grammar in the notation of llama.cpp, which xgrammar reads."""
    grammar = build_grammar(REGISTRY)
    rules = [f"root ::= {grammar.rules['start'][0][0].name}"]
    for name, productions in grammar.rules.items():
        options = (
            " ".join(json.dumps(part.text) if hasattr(part, "text") else part.name for part in production) or '""'
            for production in productions
        )
        rules += [f"{name} ::= {' | '.join(options)}"] if name != "start" else []
    return "\n".join([*rules, *(f"{name} ::= {as_ebnf(pattern)}" for name, pattern in grammar.patterns.items())])


def as_ebnf(pattern: str) -> str:
    """A regular expression with its plain characters in quotes."""
    found, place = [], 0
    while place < len(pattern):
        length = pattern.index("]", place) + 1 - place if pattern[place] == "[" else 1
        length = pattern.index("}", place) + 1 - place if pattern[place] == "{" else length
        length = 2 if pattern[place] == "\\" else length
        part = pattern[place : place + length]
        plain = part[-1] if part[0] == "\\" else part if part not in tuple("()|?") and length == 1 else ""
        found.append(f" {json.dumps(plain)} " if plain else part)
        place += length
    return "".join(found)


@contextmanager
def outlines_writer() -> Iterator[Write]:
    import outlines
    from outlines.types import JsonSchema

    llm = local_model()
    model = outlines.from_transformers(llm._model, llm._tokenizer)
    generator = outlines.Generator(model, JsonSchema(steps_schema(REGISTRY)), backend="outlines_core")

    def write(text: str, most: int, constraint: Constraint | None) -> Completion:
        generator.logits_processor.reset()
        return generated(text, most, generator.logits_processor)

    yield write


ROWS = (
    Row("transformers, free", FREE, "torch", transformers_writer),
    Row("transformers + llguidance, grammar", GRAMMAR, "llguidance", transformers_writer),
    Row("transformers + llguidance, JSON", STEPS, "llguidance", transformers_writer),
    Row("llama.cpp server, free", FREE, "xllamacpp", llama_writer),
    Row("llama.cpp server, JSON", STEPS, "xllamacpp", llama_writer),
    Row("transformers + xgrammar, grammar", GRAMMAR, "xgrammar", xgrammar_writer),
    Row("transformers + xgrammar, JSON", STEPS, "xgrammar", xgrammar_writer),
    Row("transformers + outlines, JSON", STEPS, "outlines", outlines_writer),
)


def measure(row: Row, questions: list[str], show: bool) -> str:
    """One line of the table."""
    constraint = constraint_of(row.form)
    right, times, tokens = 0, [], 0
    with row.writer() as write:
        started = time.process_time()
        write(asked(questions[0], row.form), 8, constraint)  # loaded, compiled, warm
        start = time.process_time() - started
        for question in questions:
            started = time.process_time()
            reply = write(asked(question, row.form), TOKENS[row.form], constraint)
            times.append(time.process_time() - started)
            tokens += reply.usage.completion_tokens
            right += (fine := passes(reply.text, row.form))
            if show:
                print(f"\n# {question} {'passes' if fine else 'refused'}\n{reply.text}", flush=True)
    return (
        f"{row.name:<36} {right:>3} of {len(questions):<3} {median(times):>8.1f} {tokens / len(questions):>8.0f}"
        f" {tokens / sum(times):>9.1f} {start:>8.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20, help="how many of the questions")
    parser.add_argument("--rows", default="", help="parts of the names of rows, separated by semicolons")
    parser.add_argument("--show", action="store_true", help="print every program")
    options = parser.parse_args()
    questions = QUESTIONS.strip().splitlines()[: options.count]
    print(f"{'':<36} {'passes':>10} {'s each':>8} {'tokens':>8} {'tokens/s':>9} {'s first':>8}", flush=True)
    for row in ROWS:
        if not any(part in row.name for part in options.rows.split(";")):
            continue
        print(
            measure(row, questions, options.show) if find_spec(row.needs) else f"{row.name}: no {row.needs}", flush=True
        )


if __name__ == "__main__":
    main()
