"""Models that say what a script tells them, for what the embedded weights cannot do: see, and write programs."""

from vidprog.models import Completion, OptionScore
from vidprog.models.roles import Usage


class ScriptedLanguageModel:
    """Answers prompts with texts or completions, in order; the last one stays.

    Keeps every prompt in ``prompts``. It can write and cannot score, like a chat server.
    """

    can_score = False
    can_write = True
    context_tokens = 8192

    def __init__(self, *replies, identity="scripted:llm"):
        self.identity = identity
        self.prompts = []
        self._replies = list(replies)

    def complete(self, prompt, *, system="", max_tokens=256, stop=()):
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
    context_tokens = 8192
    identity = "scripted:scorer"

    def __init__(self, per_token):
        self._per_token = per_token
        self.pairs = []

    def complete(self, prompt, *, system="", max_tokens=256, stop=()):
        return Completion("")

    def score(self, pairs):
        self.pairs += pairs
        return tuple(OptionScore(4.0 * self._per_token(prompt, text), 4) for prompt, text in pairs)

    def count_tokens(self, text):
        return len(text) // 4


class ScriptedVision:
    """A vision-language model that answers with texts, in order; the last one stays."""

    images_per_call = 8
    identity = "scripted:vlm"

    def __init__(self, *replies):
        self.asked = []
        self._replies = list(replies)

    def ask(self, images, prompt, *, max_tokens=256):
        self.asked.append(([image.shape for image in images], prompt))
        reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        return Completion(reply, usage=Usage(100, 5))


def with_role(models, **backends):
    """The embedded models with some roles played by others; what is loaded already is shared."""
    from vidprog.models import Models

    return Models(models.profile, loaded={**{role: models.get(role) for role in models.profile.roles}, **backends})
