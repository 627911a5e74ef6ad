"""Which steps of dunning an invoice has come to: each once, of several the last is told, none is undone (S8, S10)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from contracts.errors import Refusal

MOST_STEPS, MOST_DAYS = 10, 250


class DunningNotice(StrEnum):
    """What a notice says: a friendly word, a demand that names what follows, or the last one."""

    REMINDER = "reminder"
    DEMAND = "demand"
    LAST_NOTICE = "last_notice"


class DunningEffect(StrEnum):
    """What a step does to the service under the invoice's contract."""

    NONE = "none"
    BLOCK = "block"
    LIFT = "lift"


@dataclass(frozen=True, slots=True)
class Step:
    """What happens so many working days after an invoice was due."""

    working_days: int
    notice: DunningNotice | None = None
    effect: DunningEffect = DunningEffect.NONE


def require_steps(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps in their order; none where nobody is dunned. Raises `Refusal("FIELD_WRONG")`."""
    days = [step.working_days for step in steps]
    rising = all(1 <= one <= MOST_DAYS for one in days) and all(a < b for a, b in pairwise(days))
    idle = any(step.notice is None and step.effect is DunningEffect.NONE for step in steps)
    if len(steps) > MOST_STEPS or not rising or idle:
        allowed = f"at most {MOST_STEPS} steps, rising from 1 to {MOST_DAYS} working days, each with a notice or effect"
        raise Refusal("FIELD_WRONG", field="steps", value=days, allowed=allowed)
    return tuple(steps)


@dataclass(frozen=True, slots=True)
class DueStep:
    """A step that is due, its place in the ladder from 1 on, and whether its notice is sent."""

    position: int
    step: Step
    is_told: bool


def due_steps(ladder: Iterable[Step], taken: int, days_after: Callable[[int], date], on: date) -> list[DueStep]:
    """The steps that are due on a day and not taken yet; `taken` is the place of the last one that was.

    After days without a worker several are due at once: each is taken, and only the last that has a notice tells. A
    ladder that was made shorter leaves what was taken, and takes nothing earlier than it says itself.
    """
    numbered = [(place, step) for place, step in enumerate(ladder, 1) if place > taken]
    due = [(place, step) for place, step in numbered if days_after(step.working_days) <= on]
    told = max((place for place, step in due if step.notice is not None), default=0)
    return [DueStep(place, step, place == told) for place, step in due]
