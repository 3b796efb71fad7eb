"""Programs that are valid by construction: a grammar, made from the registry, whose sentences all pass the checker.

A model that writes under it cannot misspell a tool, leave out an argument or use a name that is not defined yet: there
is a rule for each set of names that may be defined and each number of lines that may still come. Forty tools make 210
rules (54 KB), built in 30 ms and compiled by llguidance in 35 ms. It is a plain context-free grammar; only its notation
is llguidance's dialect of Lark.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from ..tools import Registry
from ..tools.types import GIVEN
from .subset import ANSWER, FORMS, MOST_LINES, Call, Slot, Subset

_CAN_BE_EMPTY = frozenset(["list[Frame]", "list[Observation]", "str"])
"""Results of these types may be asked for a second time where the first call found nothing."""


@dataclass(frozen=True, slots=True)
class Text:
    """Stands for itself."""

    text: str


@dataclass(frozen=True, slots=True)
class Ref:
    """Stands for one of a rule's productions or, in capitals, for what fits a pattern."""

    name: str


Production = tuple[Text | Ref, ...]
"""Symbols in their order; none for nothing at all."""


@dataclass(frozen=True, slots=True)
class Grammar:
    """Rules and patterns by name; a sentence is what ``start`` stands for."""

    rules: Mapping[str, tuple[Production, ...]]
    patterns: Mapping[str, str]

    def to_lark(self) -> str:
        """The grammar as llguidance reads it."""
        rules = [f"{name}: {_alternatives(productions)}" for name, productions in self.rules.items()]
        patterns = [f"{name}: /{pattern}/" for name, pattern in self.patterns.items()]
        return "\n".join([*rules, *patterns, ""])


def program_grammar(registry: Registry, roles: Collection[str] | None = None) -> str:
    """A grammar of programs that pass the checker, for ``Constraint("lark", ...)``.

    Args:
        registry: The tools.
        roles: The model roles that there are; tools that need others are left out. All tools when left out.

    Returns:
        In llguidance's dialect of Lark. A whole program takes up to about 400 tokens.
    """
    return build_grammar(registry, roles).to_lark()


def build_grammar(registry: Registry, roles: Collection[str] | None = None, lines: int = MOST_LINES) -> Grammar:
    """The grammar as rules.

    Args:
        registry: The tools.
        roles: As for `program_grammar`.
        lines: How many lines may come before the answer.
    """
    builder = _Builder(Subset.of(registry, roles))
    start = builder.rest(frozenset(), lines)
    return Grammar({"start": ((start,),) if start else (), **builder.rules}, builder.patterns)


@dataclass(slots=True)
class _Builder:
    """Makes rules while it goes through the states; equal rules are made once."""

    subset: Subset
    rules: dict[str, tuple[Production, ...]] = field(default_factory=dict)
    patterns: dict[str, str] = field(default_factory=dict)
    _known: dict[tuple[Production, ...], Ref] = field(default_factory=dict)
    _states: dict[tuple[frozenset[str], int], Ref | None] = field(default_factory=dict)

    def rest(self, defined: frozenset[str], lines: int) -> Ref | None:
        """What may follow when these variables are defined and so many lines may still come; None for nothing."""
        key = (defined, lines)
        if key not in self._states:
            found = [*self._end(defined), *(self._lines(defined, lines) if lines else ())]
            self._states[key] = self._rule(f"rest_{lines}_", found)
        return self._states[key]

    def _lines(self, defined: frozenset[str], lines: int) -> Iterable[Production]:
        for name, kinds in self.subset.variables.items():
            rest = self.rest(defined | {name}, lines - 1)
            call = self._call(name, defined)
            if call and rest:
                yield Text(f"{name} = "), call, Text("\n"), rest
                if name in defined and kinds & _CAN_BE_EMPTY:
                    yield Text(f"if not {name}:\n    {name} = "), call, Text("\n"), rest

    def _call(self, name: str, defined: frozenset[str]) -> Ref | None:
        fitting = [
            call
            for call in self.subset.calls
            if call.save_as == name and all(slot.possible_with(defined) for slot in call.required)
        ]
        return self._rule(f"{name}_", [self._production(call, defined) for call in fitting])

    def _production(self, call: Call, defined: frozenset[str]) -> Production:
        symbols: list[Text | Ref] = [Text(f"{call.tool.name}(")]
        for place, slot in enumerate(call.required):
            by_name = f"{slot.parameter.name}=" if slot.parameter.keyword_only else ""
            symbols += [Text((", " if place else "") + by_name)] if place or by_name else []
            symbols.append(self._value(slot, defined))
        for slot in call.optional if call.required else ():
            if slot.possible_with(defined):
                named = (Text(f", {slot.parameter.name}="), self._value(slot, defined))
                symbols.append(self._required_rule("option_", [(), named]))
        return (*symbols, Text(")"))

    def _value(self, slot: Slot, defined: frozenset[str]) -> Ref:
        found: list[Production] = [(Text(name),) for name in slot.names if name in GIVEN or name in defined]
        if slot.form:
            pattern = slot.form.upper()
            self.patterns[pattern] = FORMS[slot.form].pattern
            found.append((Ref(pattern),))
        words = self._required_rule("word_", [(Text(f'"{word}"'),) for word in slot.words]) if slot.words else None
        if words:
            found.append((Text("["), words, Text("]")) if slot.many else (words,))
        return self._required_rule("value_", found)

    def _end(self, defined: frozenset[str]) -> Iterable[Production]:
        tail = Text(", choices" if self.subset.ending.choices else "")
        given = self._variables(self.subset.ending.evidence, defined)
        extras = [
            (Text(f", {name}="), value)
            for name, names in self.subset.ending.extras.items()
            if (value := self._variables(names, defined))
        ]
        if given:
            yield Text(f"{ANSWER}(question, "), given, tail, *(self._maybe(extra) for extra in extras), Text(")")
        if self.subset.ending.without:
            for extra in extras:
                yield Text(f"{ANSWER}(question, None"), tail, *extra, Text(")")

    def _variables(self, names: Iterable[str], defined: frozenset[str]) -> Ref | None:
        return self._rule("name_", [(Text(name),) for name in names if name in defined])

    def _maybe(self, symbols: Production) -> Ref:
        return self._required_rule("option_", [(), symbols])

    def _rule(self, hint: str, productions: Iterable[Production]) -> Ref | None:
        found = tuple(productions)
        return self._required_rule(hint, found) if found else None

    def _required_rule(self, hint: str, productions: Iterable[Production]) -> Ref:
        found = tuple(productions)
        if found not in self._known:
            ref = Ref(f"{hint}{len(self.rules)}")
            self._known[found], self.rules[ref.name] = ref, found
        return self._known[found]


def _alternatives(productions: Iterable[Production]) -> str:
    return " | ".join(" ".join(map(_symbol, production)) or '""' for production in productions)


def _symbol(symbol: Text | Ref) -> str:
    return json.dumps(symbol.text) if isinstance(symbol, Text) else symbol.name
