"""Find the scenes, describe one frame of each, and answer from frames and descriptions.

Use when: The video consists of scenes or chapters, and the question is about what they are or in which one it is.

Needs: vlm

Source: SceneTiling of VideoLLaMB (arXiv 2409.01071): a cut where the likeness of neighbouring frames has a valley
    deeper than the mean plus half a standard deviation.

Defaults: At most 15 scenes, one frame each.

Cost: 1 short call of the VLM for each scene (at most 15), 1 answer.

Examples:
    - Which places are visited one after the other?
    - In which scene does the violin appear?
    - What are the chapters of the film?
    - What is shown in the second scene?
    - Into which parts can the ceremony be divided?
"""

MOST_SCENES = 15


def scene_tiling(video: Clip, question: str, choices: list[str]) -> Answer:
    part = named_range(video, question)
    frames: list[Frame] = []
    described: list[Observation] = []
    for scene in scenes(part, MOST_SCENES):
        piece = trim(part, scene.start, scene.end)
        frames += select_frames(piece, 1)
        described += caption(piece, piece.duration, frames=1)
    return answer(question, described, choices, pictures=frames)
