"""Loops that cannot end are found by looking; those that end are left alone, and so are those nobody can tell."""

import ast

import pytest
from vidprog.programs import Catalog
from vidprog.programs.loops import MAX_TURNS, endless
from vidprog.tools.sandbox import Limits

TOOLS = ("read_text", "trim", "search", "answer")

ENDLESS_TEXT = """
while True:
    found = read_text(video)
---
while 1 < 2:
    pass
---
while True:
    for line in lines:
        break
---
turns = 0
while turns < 5:
    found = read_text(video)
---
turns = 0
while turns < 5:
    turns -= 1
---
turns = 9
while turns >= 0:
    turns += 2
---
while len(lines) < 3:
    found.append(1)
---
while not search(question):
    lines = read_text(video)
---
def look():
    while True:
        lines = read_text(video)
---
for number in range(10 ** 9):
    half = number / 2
---
most = 3 * 10 ** 8
for number in range(1, most, 2):
    half = number / 2
---
for one in range(10000):
    for other in range(10000):
        pass
---
numbers = list(range(10 ** 9))
---
numbers = [one for one in range(10 ** 5) for other in range(10 ** 5)]
---
for second in range(1000):
    lines += read_text(trim(video, second, second + 1))
---
for one in range(30):
    for other in range(30):
        lines = read_text(video)
---
for line in lines:
    lines.append(line)
---
for line in lines:
    lines += [line]
---
for number in iter(len, 3):
    pass
---
def again(clip):
    return again(clip)
---
def again(depth):
    if depth > 3:
        return again(depth - 1)
    else:
        return again(depth + 1)
---
def again(depth):
    if depth == 0:
        return 1
    return again(depth)
---
def one():
    return other()
def other():
    return one()
"""

ENDING_TEXT = """
while True:
    lines = read_text(video)
    if lines:
        break
---
def look():
    while True:
        if read_text(video):
            return 1
---
while True:
    try:
        lines = read_text(video)
    finally:
        break
---
while False:
    pass
---
turns = 0
while turns < 5:
    turns += 1
---
while lines:
    lines.pop()
---
others = lines
while lines:
    others.pop()
---
while lines:
    lines = lines[1:]
---
def shorten(items):
    items.pop()
while lines:
    shorten(lines)
---
start = video.start
while start < video.end:
    end = start + 10
    lines += read_text(trim(video, start, end))
    start = end
---
low, high = 0.0, 9.0
while high - low > 1:
    middle = (low + high) / 2
    if search(question):
        low = middle
    else:
        high = middle
---
while (line := read_text(video)) and lines:
    lines = lines[1:]
---
for number in range(10 ** 9):
    if read_text(video):
        break
---
for number in range(1000000):
    half = number / 2
---
for second in range(140):
    lines += read_text(trim(video, second, second + 1))
---
for second in range(1000):
    if second % 100 == 0:
        lines += read_text(video)
---
for line in lines:
    others.append(line)
---
def halve(clip, depth):
    if depth == 0:
        return clip
    return halve(trim(clip, clip.start, clip.end / 2), depth - 1)
---
def drop(items):
    if items:
        items.pop()
        drop(items)
---
for number in range(0):
    pass
---
for number in range(5, 1):
    pass
"""


def parts(text):
    return [part.strip("\n") for part in text.split("---\n")]


@pytest.mark.parametrize("source", parts(ENDLESS_TEXT))
def test_what_cannot_end_is_found(source):
    found = list(endless(ast.parse(source), TOOLS))
    assert found and all(place.line and place.message and place.hint for place in found)


@pytest.mark.parametrize("source", parts(ENDING_TEXT))
def test_what_may_end_is_left_alone(source):
    assert list(endless(ast.parse(source), TOOLS)) == []


def test_the_place_is_the_line_of_the_loop():
    (found,) = endless(ast.parse("x = 1\nif x:\n    while True:\n        pass"), TOOLS)
    assert found.line == 3


@pytest.mark.parametrize(
    ("source", "limit"),
    [
        (f"for number in range({MAX_TURNS} + {{}}):\n    pass", 0),
        (f"for number in range({Limits().calls} + {{}}):\n    read_text(video)", 0),
    ],
)
def test_the_limits_are_those_of_a_run(source, limit):
    assert not list(endless(ast.parse(source.format(limit)), TOOLS))
    assert list(endless(ast.parse(source.format(limit + 1)), TOOLS))


@pytest.mark.parametrize("program", Catalog.builtin(), ids=lambda program: program.name)
def test_no_program_of_the_library_is_suspected(program):
    assert list(endless(ast.parse(program.source), TOOLS)) == []


def test_numbers_of_any_size_are_looked_at_in_no_time():
    source = (
        "x = 9 ** 9 ** 9 ** 9\nfor number in range(2 ** 2 ** 99):\n    pass\nfor other in range(1 // 0):\n    pass\n"
    )
    assert list(endless(ast.parse(source), TOOLS)) == []
