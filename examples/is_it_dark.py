"""Tell whether the picture is dark.

Use when: The question asks how bright it is.

Needs: llm

Source: An example of a program of one's own; it calls the tool of my_tools.py.

Examples:
    - Is it dark in the room?
    - Is the picture bright at the end?
"""


def is_it_dark(video: Clip, question: str, choices: list[str]) -> Answer:
    notes = brightness(named_range(video, question))
    dark = [note for note in notes if note.content == "dark"]
    return answer(question, notes, choices, value="yes" if len(dark) * 2 > len(notes) else "no")
