"""Let the text model think step by step about the descriptions of the whole video, then answer.

Use when: The text model writes (profiles `api`, `gpu`, `cpu`) and the question takes several steps. With a text model
    that only scores it abstains: there is nobody who could think.

Needs: asr, ocr, detector, embedder, llm

Source: LLoVi (arXiv 2312.17235), zero-shot chain of thought: captions, question and options; the steps are written
    down before the choice is made.

Defaults: Windows of 2 s with a VLM (10 s where captions come from the timeline), 200 words, temperature 0. The four
    captions nearest to the reasoning stand beside it as evidence (ours).

Cost: 1 call of the VLM for each 2 s, once for each video (none where captions come from the timeline); 1 text and 1
    answer of the text model.

Examples:
    - Think step by step about all captions, one after another, before you choose.
    - Reason step by step over everything that was described, and only then decide.
    - Work through the captions with intermediate steps: which plan is followed?
    - Explain with intermediate steps how the captions lead to the answer.
    - Step by step, which conclusion follows from all the descriptions together?
"""

SECONDS = 2.0
TEMPLATE_SECONDS = 10.0
WORDS = 200
MOMENTS = 4


def llovi_reason(video: Clip, question: str, choices: list[str]) -> Answer:
    if not can_write():
        return answer(question, None, choices)
    captions = caption(video, SECONDS if has_model("vlm") else TEMPLATE_SECONDS)
    thought = reason(_instruction(question, choices), captions, words=WORDS)
    if not captions or not thought:
        return answer(question, captions, choices)
    moments = retrieve(thought, captions, limit=MOMENTS)
    return answer(question, [note(thought, video.start, video.end), *moments], choices)


def _instruction(question: str, choices: list[str]) -> str:
    options = " The options are: " + "; ".join(choices) + "." if choices else ""
    return (
        "The captions describe one video in the order of time. Think step by step: say which captions matter to the"
        " question and what follows from each of them, then in a last sentence what the answer is."
        f" Question: {question}{options}"
    )
