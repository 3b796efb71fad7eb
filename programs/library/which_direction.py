"""Measure which way the camera or a thing moves, and compare it with the directions that the options name.

Use when: The question asks in which direction something moves, pans, turns, zooms, comes or goes, or whether it moves.

Scope: one kind of question

Needs: detector, llm

Source: Optical flow (Lucas and Kanade, 1981) against the camera's motion by RANSAC (Fischler and Bolles, 1981); no
    learned model but the detector for the things that it knows.

Defaults: Five pairs of frames a second, at most 240; a thing moves relative to what stands behind it.

Cost: 15 ms for each pair of frames and the detections of the first look; 1 answer.

Examples:
    - In which direction does the camera pan?
    - Which way does the lorry drive on screen?
    - Does the camera zoom in or out?
    - Does the balloon rise or sink?
    - From which side does the cyclist come, and to which side does she go?
    - How does the camera move?
    - In what direction does the first horse run?
    - Does the ship move towards the viewer or away?
    - Is the camera moving or standing still?
    - Which way is the ball rolling, left or right?
    - Does the picture turn clockwise or counterclockwise?
    - In which direction does the cart turn?
    - Does the runner speed up or slow down?
    - Does the boat drift to the right?
    - Is the tram moving?
    - Does the dog run to the left?
    - Is the man walking towards the camera?
"""


def which_direction(video: Clip, question: str, choices: list[str]) -> Answer:
    seen = motion(named_range(video, question), question)
    if choices:
        scores = weigh_directions(choices, seen, question)
        return answer(question, seen, choices, scores=scores) if scores else answer(question, seen, choices)
    stated = weigh_directions(["yes", "no"], seen, question)
    if stated:
        return answer(question, seen, value="yes" if stated[0] > stated[1] else "no")
    if not seen:
        return answer(question, seen)
    ranked = sorted([(note.score * (note.end - note.start), note.content) for note in seen])
    return answer(question, seen, value=ranked[-1][1])
