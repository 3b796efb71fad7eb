"""Let the vision-language model say frame by frame whether it holds the answer, and answer from the best four.

Use when: A few moments of a longer video hold the answer, and it cannot be known beforehand which.

Needs: vlm, embedder

Source: SeViLA (arXiv 2305.06988): 32 uniform frames, the likelihood of "yes" of each alone, the four best in the order
    of time. Its reverse chain, which there makes training data, is one more step here: each of the four answers alone,
    those that agree with the joint answer count more, those that do not count less, and four are chosen once more.

Defaults: 32 frames, 4 kept; agreeing frames count 1.5 times, others half (these two numbers are ours).

Cost: 32 short calls of the VLM in one batch, 4 answers from one frame, 1 or 2 answers from four frames.

Examples:
    - What does the goalkeeper throw away during the break?
    - Which object does the magician pull out of the sleeve?
    - What falls off the shelf?
    - What does the child hide under the blanket?
    - Who steals the bag?
"""

CANDIDATES = 32
KEPT = 4
AGREEING = 1.5
DISAGREEING = 0.5
SAME_MEANING = 0.8


def sevila(video: Clip, question: str, choices: list[str]) -> Answer:
    frames = select_frames(named_range(video, question), CANDIDATES)
    options = " Options: " + "; ".join(choices) if choices else ""
    scores = yes_scores(frames, question + options + " Does this frame hold the details that are needed to answer?")
    kept = best_frames(frames, scores, KEPT)
    alone = [answer(question, None, choices, pictures=[frame]) for frame in kept]
    joint = answer(question, None, choices, pictures=kept)

    agrees = _agreement(joint, alone, choices)
    weights = {frame.time: AGREEING if same else DISAGREEING for frame, same in zip(kept, agrees)}
    weighed = [score * weights.get(frame.time, 1.0) for frame, score in zip(frames, scores)]
    again = best_frames(frames, weighed, KEPT)
    if [frame.time for frame in again] == [frame.time for frame in kept]:
        return joint
    second = answer(question, None, choices, pictures=again)
    return second if second.confidence > joint.confidence else joint


def _agreement(joint: Answer, alone: list[Answer], choices: list[str]) -> list[bool]:
    if joint.abstained:
        return [False for single in alone]
    if choices:
        return [single.choice == joint.choice for single in alone]
    likeness = similarity(joint.text, [single.text for single in alone])
    return [not single.abstained and like >= SAME_MEANING for single, like in zip(alone, likeness)]
