"""Describe the whole video in coarse windows and answer from the descriptions: the baseline of the text methods.

Use when: A baseline is wanted with which other programs can be compared.

Needs: asr, ocr, detector, llm

Source: The caption baseline that text-based video question answering is measured against, e.g. in Vamos
    (arXiv 2311.13627): captions in, text model out, nothing chosen for the question.

Defaults: Windows of 10 s, the middle frame of each.

Cost: 1 call of the VLM for each 10 s, once for each video (none where captions come from the timeline); 1 answer.

Examples:
    - Caption everything in coarse windows and tell what the captions say.
    - Use the plain caption baseline: nothing but coarse captions of the whole recording.
    - Go by the bare captions alone, with nothing chosen for the question.
    - Give the answer of the caption baseline, for comparison.
    - With one caption for every ten seconds and nothing else, what can be told?
"""

SECONDS = 10.0


def caption_everything(video: Clip, question: str, choices: list[str]) -> Answer:
    return answer(question, caption(named_range(video, question), SECONDS), choices)
