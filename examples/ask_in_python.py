"""Ask a video from Python: the answer, how sure it is, and the moments that prove it.

Usage:
    python examples/ask_in_python.py [VIDEO] [QUESTION]
"""

import sys
import tempfile
from pathlib import Path

import vidprog
from vidprog.apps.sample import write_sample


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        video = sys.argv[1] if len(sys.argv) > 1 else write_sample(Path(folder) / "sample.mp4")
        question = sys.argv[2] if len(sys.argv) > 2 else "Why is the train to Pine Valley late?"
        result = vidprog.ask(video, question, on_event=lambda event: print("   ", type(event).__name__))
        print(f"{result.text}  (confidence {result.confidence:.2f}, {result.answer.basis})")
        for moment in result.answer.evidence:
            print(f"{moment.start:6.1f} - {moment.end:.1f} s  {moment.kind}: {moment.content}")


if __name__ == "__main__":
    main()
