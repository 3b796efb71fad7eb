"""Write the same number on the same thing in every frame, and ask about the marked frames.

Use when: Several things of one kind have to be told apart, or it is asked where things are with regard to others.

Needs: vlm, detector

Source: GPT4Scene (arXiv 2501.01428): numbers that stay the same over space and time, drawn into 32 frames of 512
    pixels. There they come from a 3D scan, together with a view from above, which does not exist here; the numbers are
    those of tracks in the picture.

Defaults: 32 frames of 512 pixels; all things that the detector knows.

Cost: 32 frames in 1 answer of the VLM, and the detections of the first look.

Examples:
    - Which chair stands nearest to the window?
    - Is the cup the woman drinks from the one that stood on the left?
    - What stands between the sofa and the television?
    - Which of the two dogs is fed first?
    - Where is the suitcase with regard to the bench?
"""

FRAMES = 32
SIDE = 512


def gpt4scene(video: Clip, question: str, choices: list[str]) -> Answer:
    part = named_range(video, question)
    things = track(part)
    frames = mark(resize(select_frames(part, FRAMES), SIDE), things)
    return answer(question + _legend(things), None, choices, pictures=frames)


def _legend(things: list[Observation]) -> str:
    """What the numbers in the frames mean."""
    numbered = {thing.track: thing.content for thing in things if thing.track is not None}
    if not numbered:
        return ""
    names = "; ".join(f"{number} is a {name}" for number, name in numbered.items())
    return f" (A number in a box names one thing and stays with it in every frame: {names}.)"
