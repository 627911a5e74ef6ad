"""The writing in which a register answers: JSON, every instant a midnight in Moscow, null for what is not known.

{"answers": [{"number": "800123456", "held": [{"code": "prof-12", "by_another_partner": false,
"current": {"starts_at": "2026-03-31T21:00:00Z", "ends_at": "2027-03-31T21:00:00Z"}, "next": null}]}]}

A `held` without entries says that the register holds nothing. A null `current` is a period of which nothing is known, a
null `next` says nothing of a next one.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError, WithJsonSchema, model_validator

from api.inputs import Input, decode, line, read_moment, wrong
from contracts.errors import Refusal
from contracts.register import Answers, Held, HeldPeriod, Partner, Unanswered, register_day

MOST_HELD = 100
"""How many entries the register may have for one number."""


def _read_day(value: Any) -> date | None:
    if value is None:
        return None
    try:
        return register_day(read_moment(value))
    except Refusal as refused:
        raise wrong(refused.code, f"a midnight in Moscow, {refused.facts['allowed']}") from refused


RegisterDay = Annotated[
    date | None,
    BeforeValidator(_read_day),
    WithJsonSchema({"type": ["string", "null"], "format": "date-time", "examples": ["2026-03-31T21:00:00Z"]}),
]


class PeriodEntry(Input):
    """From when until when the register holds a number; null for what it does not know."""

    starts_at: RegisterDay
    ends_at: RegisterDay

    @model_validator(mode="after")
    def _has_a_day(self) -> "PeriodEntry":
        if self.starts_at is not None and self.ends_at is not None and self.ends_at <= self.starts_at:
            raise wrong("TERM_EMPTY", "an end after the start")
        return self


class HeldEntry(Input):
    """What the register holds under one of its codes; null for what it does not know."""

    code: str | None = Field(min_length=1, max_length=60, examples=["prof-12"])
    by_another_partner: bool | None
    current: PeriodEntry | None
    next: PeriodEntry | None = None

    def periods(self) -> Iterator[HeldPeriod]:
        """The current and the next period."""
        partner = {None: Partner.UNKNOWN, True: Partner.OTHER, False: Partner.OWN}[self.by_another_partner]
        for period in (self.current or PeriodEntry(starts_at=None, ends_at=None), self.next):
            if period is not None:
                yield HeldPeriod(self.code, period.starts_at, period.ends_at, partner)


class AnswerEntry(Input):
    """All that the register holds for a registration number."""

    number: str = line(40, examples=["800123456"])
    held: list[HeldEntry] = Field(max_length=MOST_HELD)

    @property
    def answer(self) -> Held:
        """What it says."""
        return Held(tuple(period for entry in self.held for period in entry.periods()))


class _Envelope(Input):
    answers: list[Any]


def read_answers(content: bytes, asked: Sequence[str]) -> Answers | Unanswered:
    """What a body says of the numbers asked; why it says nothing at all when it is no answer to this question.

    One entry that is wrong spoils the answer for its own number, unless nobody can say whose it is.
    """
    try:
        entries = _Envelope.model_validate(decode(content)).answers
    except Refusal:
        return Unanswered.UNREADABLE
    except ValidationError:
        return Unanswered.WRONG_SHAPE
    numbers = [entry["number"] for entry in entries if isinstance(entry, dict) and entry.get("number") in asked]
    if len(numbers) < len(entries):
        return Unanswered.WRONG_SHAPE
    return of_numbers(zip(numbers, map(_read, entries), strict=True), asked)


def of_numbers(said: Iterable[tuple[str, Held | Unanswered]], asked: Sequence[str]) -> Answers:
    """What was said of each number asked; of two answers for one number neither counts."""
    answers: dict[str, Held | Unanswered] = {}
    for number, answer in said:
        answers[number] = Unanswered.REPEATED if number in answers else answer
    return {number: answers.get(number, Unanswered.LEFT_OUT) for number in asked}


def _read(entry: Any) -> Held | Unanswered:
    try:
        return AnswerEntry.model_validate(entry).answer
    except ValidationError:
        return Unanswered.WRONG_SHAPE
