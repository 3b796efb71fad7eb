"""Jobs on one or several processes, each with one copy of the models; questions about one video never at once.

Answers come as they are ready. A process that dies takes no other question with it: those that were under way are
asked again one by one, and the one that kills again is an error.
"""

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .answering import Answerer, Conduct, Job, Outcome
from .items import Prediction
from .lines import prediction_to_json

if TYPE_CHECKING:
    from ..models import Models

DIED = "the process died: out of memory, or a library crashed"


def outcomes(
    jobs: Sequence[Job],
    conduct: Conduct,
    workers: int = 1,
    models: "Models | None" = None,
    go_on: Callable[[], bool] = lambda: True,
) -> Iterator[Outcome]:
    """Answer jobs.

    Args:
        jobs: In the order in which they are begun; those about one video are answered in it.
        conduct: How.
        workers: Processes; with one, this process does the work.
        models: Loaded models for one worker.
        go_on: Asked before each job; when it says no, what is under way is finished and nothing more is begun.
    """
    if workers == 1:
        answerer = Answerer(conduct, models)
        for job in jobs:
            if not go_on():
                return
            yield answerer.answer(job)
        return
    yield from _Crew(list(jobs), conduct, workers, go_on).work()


class _Crew:
    """Processes at work."""

    def __init__(self, jobs: list[Job], conduct: Conduct, workers: int, go_on: Callable[[], bool]) -> None:
        self._waiting = jobs
        self._conduct = conduct
        self._workers = workers
        self._go_on = go_on
        self._running: dict[Future[Outcome], Job] = {}

    def work(self) -> Iterator[Outcome]:
        while self._waiting:
            suspects: list[Job] = []
            with _pooled(self._conduct, self._workers) as pool:
                try:
                    yield from self._rounds(pool)
                    return
                except BrokenProcessPool:
                    suspects = list(self._running.values())
                    self._running.clear()
            for job in suspects:
                yield _alone(job, self._conduct)

    def _rounds(self, pool: ProcessPoolExecutor) -> Iterator[Outcome]:
        while True:
            self._begin(pool)
            if not self._running:
                return
            for future in wait(self._running, return_when=FIRST_COMPLETED).done:
                outcome = future.result()
                del self._running[future]
                yield outcome

    def _begin(self, pool: ProcessPoolExecutor) -> None:
        """Fill free processes with the first jobs whose video nobody works on."""
        while len(self._running) < self._workers and self._go_on():
            busy = {job.video for job in self._running.values()}
            job = next((job for job in self._waiting if job.video not in busy), None)
            if job is None:
                return
            self._waiting.remove(job)
            self._running[pool.submit(_answer, job)] = job


def _alone(job: Job, conduct: Conduct) -> Outcome:
    with _pooled(conduct, 1) as pool:
        try:
            return pool.submit(_answer, job).result()
        except BrokenProcessPool:
            prediction = Prediction(job.record["id"], abstained=True, error=DIED)
            return Outcome(job.key, {"system": job.system.name, **prediction_to_json(prediction)}, {"item": job.record})


@contextmanager
def _pooled(conduct: Conduct, workers: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that are ended without waiting for what is under way: after Ctrl-C nobody wants it."""
    others = set(multiprocessing.active_children())
    threads = max(1, (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1) // workers)
    fresh = multiprocessing.get_context("spawn")  # libraries with threads of their own do not survive a fork
    pool = ProcessPoolExecutor(workers, fresh, initializer=_prepare, initargs=(conduct, threads))
    try:
        yield pool
    except BaseException:
        for child in set(multiprocessing.active_children()) - others:
            child.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)  # waits: else Python warns of semaphores that nobody closed


_answerer: Answerer


def _prepare(conduct: Conduct, threads: int) -> None:
    """In a new process: its share of the cores, and an end with its parent."""
    global _answerer
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears Ctrl-C, too, and ends its processes
    os.environ.setdefault("VIDPROG_THREADS", str(threads))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _answerer = Answerer(conduct)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)  # a killed run is begun again: nobody may write beside it


def _answer(job: Job) -> Outcome:
    return _answerer.answer(job)
