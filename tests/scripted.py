"""Models that say what a script tells them, for what the embedded weights cannot do: see, and write programs."""

from itertools import count
from types import MappingProxyType

import numpy as np
from vidprog.models import Completion, OptionScore
from vidprog.models.roles import Usage

NUMBERS = count()
"""What a model said is kept under its identity: two scripts on one store must not have the same one."""


DOUBTING = "Do these moments show"
"""By this a script knows that it is asked as a critic."""


class ScriptedLanguageModel:
    """Answers prompts with texts or completions, in order; the last one stays.

    Keeps every prompt in ``prompts``. It can write and cannot score, like a chat server.
    """

    can_score = False
    can_write = True
    constraints = frozenset()
    context_tokens = 8192

    def __init__(self, *replies, identity=None):
        self.identity = identity or f"scripted:llm-{next(NUMBERS)}"
        self.prompts = []
        self._replies = list(replies)

    def complete(self, prompt, *, system="", max_tokens=256, stop=(), temperature=0.0, seed=0, constraint=None):
        self.prompts.append(prompt)
        reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        if callable(reply):
            reply = reply(prompt)
        return reply if isinstance(reply, Completion) else Completion(reply, usage=Usage(len(prompt) // 4, 10))

    def score(self, pairs):
        raise AssertionError("a chat server cannot score")

    def count_tokens(self, text):
        return len(text) // 4


class ScriptedScorer:
    """Scores texts by a function of (prompt, text), in nats for each token; writes nothing."""

    can_score = True
    can_write = False
    constraints = frozenset()
    context_tokens = 8192

    def __init__(self, per_token):
        self.identity = f"scripted:scorer-{next(NUMBERS)}"
        self._per_token = per_token
        self.pairs = []

    def complete(self, prompt, *, system="", max_tokens=256, stop=(), temperature=0.0, seed=0, constraint=None):
        return Completion("")

    def score(self, pairs):
        self.pairs += pairs
        return tuple(OptionScore(4.0 * self._per_token(prompt, text), 4) for prompt, text in pairs)

    def count_tokens(self, text):
        return len(text) // 4


class ScriptedVision:
    """A vision-language model that answers with texts or functions of (frames, text), in order; the last one stays.

    ``asked`` keeps the frames and the text of each content. With ``score``, a function of (frames, text, continuation)
    that gives nats for each token, it can score as well.
    """

    images_per_call = 512
    interleaved = True
    names_letters = True
    reduced = ""

    def __init__(self, *replies, score=None, identity=None):
        self.identity = identity or f"scripted:vlm-{next(NUMBERS)}"
        self.can_score = score is not None
        self.asked = []
        self._replies = list(replies)
        self._score = score

    def complete(self, contents, *, max_tokens=256):
        return tuple(self._reply(*self._seen(content)) for content in contents)

    def _reply(self, frames, text):
        reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        if callable(reply):
            reply = reply(frames, text)
        return reply if isinstance(reply, Completion) else Completion(reply, usage=Usage(100, 5))

    def score(self, content, continuations):
        frames, text = self._seen(content)
        return tuple(OptionScore(4.0 * self._score(frames, text, option), 4) for option in continuations)

    def _seen(self, content):
        frames = [part for part in content if not isinstance(part, str)]
        text = "\n".join(part for part in content if isinstance(part, str))
        self.asked.append((frames, text))
        return frames, text


class ScriptedReader:
    """A vision-language model that sees nothing but text: it really reads its frames, with an OCR model.

    It finds an option the likelier the more of its words it read, and answers open questions with what it read. So more
    frames, or others, really find more. ``asked`` keeps the number of frames of each content.
    """

    images_per_call = 64
    interleaved = True
    names_letters = True
    reduced = ""
    can_score = True

    def __init__(self, reader, identity=None):
        self.identity = identity or f"scripted:reader-{next(NUMBERS)}"
        self.asked = []
        self._reader = reader
        self._known = {}

    def complete(self, contents, *, max_tokens=256):
        texts = [self._read(content) for content in contents]
        return tuple(Completion(text or "nothing", usage=Usage(100, 5)) for text in texts)

    def score(self, content, continuations):
        """A letter as likely as the option behind it in the question, anything else as what it says itself."""
        from vidprog.tools.text import cover

        read = self._read(content)
        options = {line[0]: line[3:] for line in str(content[-1]).splitlines() if line[1:3] == ". "}
        return tuple(OptionScore(6.0 * cover(options.get(text, text), read) - 6.0, 1) for text in continuations)

    def _read(self, content):
        frames = [part for part in content if not isinstance(part, str)]
        self.asked.append(len(frames))
        return " ".join(dict.fromkeys(text for frame in frames for text in self._texts(frame.image)))

    def _texts(self, image):
        key = hash(image.tobytes())
        if key not in self._known:
            self._known[key] = [line.text for line in self._reader.read(image)]
        return self._known[key]


class ScriptedWriter:
    """Writes programs and texts by a script, and scores with the embedded text model: planner and answerer in one."""

    can_score = True
    can_write = True
    constraints = frozenset()
    context_tokens = 32768

    def __init__(self, scorer, *replies, identity=None):
        self.identity = identity or f"scripted:writer-{next(NUMBERS)}"
        self._script = ScriptedLanguageModel(*replies)
        self._scorer = scorer

    @property
    def prompts(self):
        return self._script.prompts

    def complete(self, prompt, **options):
        return self._script.complete(prompt)

    def score(self, pairs):
        return self._scorer.score(pairs)

    def count_tokens(self, text):
        return self._scorer.count_tokens(text)


class ScriptedImageEmbedder:
    """Compares pictures with texts by colour: a picture is its mean colour, a text the colour that it names."""

    colours = MappingProxyType({"red": (200, 40, 40), "green": (40, 200, 40), "blue": (40, 40, 200)})

    def __init__(self):
        self.identity = f"scripted:image-embedder-{next(NUMBERS)}"
        self.pictures = 0

    def embed_images(self, images):
        self.pictures += len(images)
        return self._rows([image.reshape(-1, 3).mean(axis=0) for image in images])

    def embed_texts(self, texts):
        grey = (120, 120, 120)
        return self._rows([next((self.colours[name] for name in self.colours if name in text), grey) for text in texts])

    def _rows(self, colours):
        rows = np.array(colours, np.float32) + 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def with_role(models, **backends):
    """The embedded models with some roles played by others; what is loaded already is shared."""
    from vidprog.models import Models

    return Models(models.profile, loaded={**{role: models.get(role) for role in models.profile.roles}, **backends})
