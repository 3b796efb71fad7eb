"""vidprog as a model of lmms-eval: every request is a question about a file, answered by the loop or one program."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lmms_eval.api.instance import GenerationResult, Instance, TokenCounts
from lmms_eval.api.model import lmms
from loguru import logger
from tqdm import tqdm

from ..evaluation.lmms_requests import Asked, answered
from ..tools.cancellation import Cancelled
from ..video.errors import VidprogError

if TYPE_CHECKING:
    from ..agents import Result

NOT_OURS = "vidprog answers whole questions (generate_until); this task wants something else of a model"


class Vidprog(lmms):  # type: ignore[misc]  # lmms-eval has no types
    """The agent behind lmms-eval's simple protocol.

    Args:
        profile: Name of the model profile.
        program: A named program instead of the loop.
        max_rounds: Programs to try at most.
        threshold: Confidence that is enough.
        store: Directory of the memory files.
        llm: Another text model, ``kind:name[@URL]``.
        vlm: Another vision-language model.
        run_tag: Anything; it is part of the key under which lmms-eval's ``--use_cache`` keeps answers.
        batch_size: Given by lmms-eval; questions are answered one by one.
        device: Given by lmms-eval; the profile decides.
        max_batch_size: Given by lmms-eval.
    """

    is_simple = True

    def __init__(
        self,
        profile: str | None = None,
        program: str | None = None,
        max_rounds: int | None = None,
        threshold: float | None = None,
        store: str | None = None,
        llm: str | None = None,
        vlm: str | None = None,
        run_tag: str = "",
        batch_size: int | str = 1,
        device: str | None = None,
        max_batch_size: int | None = None,
    ) -> None:
        super().__init__()
        from ..agents import Settings
        from ..models import Models, load_profile

        assignments = [f"{role}={spec}" for role, spec in (("llm", llm), ("vlm", vlm)) if spec]
        self.models = Models(load_profile(profile, assignments))
        self.settings = Settings(threshold, max_rounds, program, learn=False)
        self.store = Path(store) if store else None
        self.run_tag = run_tag

    @property
    def device(self) -> Any:
        """Where lmms-eval, run in several processes, exchanges how many requests each has."""
        accelerator = getattr(self, "accelerator", None)
        return "cpu" if accelerator is None else accelerator.device

    def generate_until(self, requests: list[Instance]) -> list[GenerationResult]:
        """Answer every request, in order.

        A request that cannot be answered, such as one about a broken file, gets an empty reply and a line in the log:
        lmms-eval keeps no answers of a run that ends early, and its cache no empty ones.

        Raises:
            VidprogError: None could be answered, each because its file or a setting cannot be used.
            ValueError: None could be answered, the last because its row has no video.
        """
        replies, failures = [], []
        for request in tqdm(requests, desc="vidprog", unit="question", disable=self.rank != 0):
            try:
                replies.append(self._reply(request))
            except Cancelled:
                raise
            except (VidprogError, ValueError) as error:
                logger.error(f"vidprog: {request.args[4]}, row {request.args[3]}: {error}")
                failures.append(error)
                replies.append(GenerationResult("", TokenCounts(0, 0)))
        if failures:
            logger.error(f"vidprog: {len(failures)} of {len(requests)} requests could not be answered: empty replies")
        if failures and len(failures) == len(requests):
            raise failures[-1]
        return replies

    def _reply(self, request: Instance) -> GenerationResult:
        reply, result = answered(request, self.task_dict, self._ask)
        self.cache_hook.add_partial("generate_until", request.args, reply)
        used = result.usage
        return GenerationResult(reply, TokenCounts(int(used["prompt_tokens"]), int(used["completion_tokens"])))

    def _ask(self, paths: Sequence[str], asked: Asked) -> "Result":
        from ..agents import ask

        return ask(
            paths, asked.question, asked.choices or None, models=self.models, store=self.store, settings=self.settings
        )

    def loglikelihood(self, requests: list[Instance]) -> list[tuple[float, bool]]:
        """Not offered.

        Raises:
            NotImplementedError: Always.
        """
        raise NotImplementedError(NOT_OURS)

    def generate_until_multi_round(self, requests: list[Instance]) -> list[str]:
        """Not offered.

        Raises:
            NotImplementedError: Always.
        """
        raise NotImplementedError(NOT_OURS)
