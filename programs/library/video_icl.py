"""Show the vision-language model labelled examples of other videos before the question, new ones while it is not sure.

Use when: Questions of one special kind come again and again (a sport, a machine, an operation) and some have known
    answers: `vidprog examples add --question Q --answer A --video V`.

Needs: vlm

Source: VideoICL (arXiv 2412.02186). The released script sends the same first two examples in every round; here, as the
    paper says, every round has new ones.

Defaults: 2 examples a round, up to 4 rounds, until the confidence (the least probability of a token) is above 0.5; the
    surest round counts. 16 frames at 224 pixels of each example, 32 at 384 of the video, one a second.

Cost: 64 frames in 1 to 4 answers of the VLM.

Scope: one kind of question

Examples:
    - Which of the known techniques does the athlete perform, as in the examples?
    - To which of the classes in my examples does this recording belong?
    - Label this clip like the labelled clips.
"""

EXAMPLES = 2
ROUNDS = 4
ENOUGH = 0.5
MOST_FRAMES = 32


def video_icl(video: Clip, question: str, choices: list[str]) -> Answer:
    part = named_range(video, question)
    frames = select_frames(part, max(1, min(MOST_FRAMES, round(part.duration))))
    known = examples_like(question, 0, EXAMPLES * ROUNDS)
    best = ask_with_examples(frames, question, choices, known[:EXAMPLES])
    for turn in range(1, ROUNDS):
        shown = known[EXAMPLES * turn : EXAMPLES * (turn + 1)]
        if best.confidence > ENOUGH or not shown:
            return best
        found = ask_with_examples(frames, question, choices, shown)
        if found.confidence > best.confidence:
            best = found
    return best
