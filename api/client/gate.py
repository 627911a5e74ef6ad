"""What the desk does while no honest answer can be had: chosen in one place, by the one who runs the desk."""

from dataclasses import dataclass
from typing import Any, Literal, Unpack, get_args

from api.client.asking import Question, Work
from api.client.desk import DeskClient, new_key
from api.client.outcomes import Unavailable
from api.client.passes import Passes, PassVerdict
from api.client.queue import Replayed, WorkQueue
from api.v1.answers import CheckAnswer
from api.v1.desk_answers import WorkAnswer
from entitlements.reasons import Verdict

OnUnavailable = Literal["raise", "serve_and_queue", "refuse", "go_by_pass"]
SERVED = frozenset({Verdict.ALLOW, Verdict.ALLOW_WITH_WARNING})


@dataclass(frozen=True, slots=True)
class Passage:
    """Whether the desk goes on with a request: by the answer, or, without one, by the desk's own choice.

    Exactly one of `answer` and `unavailable` is there, so that the choice is never taken for an answer. `verdict` is
    what a kept pass said in place of an answer; what is then done is logged with it (`Passes.log`).
    """

    serve: bool
    answer: CheckAnswer | None = None
    unavailable: Unavailable | None = None
    verdict: PassVerdict | None = None


@dataclass(frozen=True, slots=True)
class Queued:
    """Work that waits in the queue, under this key."""

    key: str


class Gate:
    """The desk's calls with its choice for the time without answers.

    `raise` leaves each case to the caller. `serve_and_queue` (fail-open) serves, and keeps the work in `queue` until
    `replay`. `refuse` (fail-closed) serves nothing. `go_by_pass` serves what a pass of `passes` says, and
    nothing else. Work that was done is never dropped: where there is no queue,
    `log_work` raises. A `CallWrong` is raised in every case: nothing about it is temporary.
    """

    def __init__(
        self,
        desk: DeskClient,
        *,
        on_unavailable: OnUnavailable,
        queue: WorkQueue | None = None,
        passes: Passes | None = None,
    ) -> None:
        if on_unavailable not in get_args(OnUnavailable):
            raise ValueError(f"on_unavailable must be one of {', '.join(get_args(OnUnavailable))}")
        if (on_unavailable == "serve_and_queue") != (queue is not None):
            raise ValueError("a queue belongs to serve_and_queue, and to nothing else")
        if (on_unavailable == "go_by_pass") != (passes is not None):
            raise ValueError("passes belong to go_by_pass, and to nothing else")
        self.desk, self.queue, self.passes, self._on_unavailable = desk, queue, passes, on_unavailable

    def check(self, **question: Unpack[Question]) -> Passage:
        """Whether the desk goes on with a request."""
        try:
            return _by_answer(self.desk.check(**question))
        except Unavailable as unavailable:
            return self._without_answer(unavailable, question)

    def hold(self, *, hold_hours: int | None = None, once: str | None = None, **question: Unpack[Question]) -> Passage:
        """The same, with the minutes reserved; without an answer none are."""
        try:
            return _by_answer(self.desk.hold(hold_hours=hold_hours, once=once, **question))
        except Unavailable as unavailable:
            return self._without_answer(unavailable, question)

    def log_work(self, *, once: str | None = None, **work: Unpack[Work]) -> WorkAnswer | Queued:
        """Record work, or queue it; what corrects queued work goes behind it."""
        key = once or new_key()
        if self.queue is None:
            return self.desk.log_work(once=key, **work)
        if not self.queue.has(work["source"], work["external_id"]):
            try:
                return self.desk.log_work(once=key, **work)
            except Unavailable:
                pass
        kept: dict[str, Any] = {**work}
        self.queue.add(key, kept)
        return Queued(key)

    def replay(self) -> Replayed:
        """Send what the queue holds. Raises `ValueError` where there is none."""
        if self.queue is None:
            raise ValueError("this gate has no queue")
        return self.queue.replay(self.desk)

    def _without_answer(self, unavailable: Unavailable, question: Question) -> Passage:
        if self._on_unavailable == "raise":
            raise unavailable
        if self.passes is not None:
            verdict = self.passes.verdict(**question)
            serve = verdict is not None and verdict.decision in SERVED
            return Passage(serve, unavailable=unavailable, verdict=verdict)
        return Passage(self._on_unavailable == "serve_and_queue", unavailable=unavailable)


def _by_answer(answer: CheckAnswer) -> Passage:
    return Passage(answer.decision in SERVED, answer)
