"""Where our subscriptions and the vendor's register disagree: one finding for each line of ours (rule S8)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from contracts.register import Answers, Held, HeldPeriod, Partner, Unanswered
from contracts.terms import ONE_DAY, Term


class Finding(StrEnum):
    """What the register says of a line of ours; exactly one of these."""

    FOUND = "found"
    OTHER_KIND = "other_kind"
    OTHER_PARTNER = "other_partner"
    MISSING = "missing"
    OTHER_END_DATE = "other_end_date"
    ANSWER_FAILED = "answer_failed"


@dataclass(frozen=True, slots=True)
class OurLine:
    """A registration that a subscription of ours covers over a term, under a plan that the vendor has codes for."""

    registration_number: str
    client_id: int
    client_name: str
    subscription_id: int
    plan_code: str
    term: Term


@dataclass(frozen=True, slots=True)
class Difference:
    """A line of ours, what was found, and what it rests on: a period of the register, or why there was no answer.

    A failed answer without a reason is one that leaves the question open, since what it would take is unknown.
    """

    line: OurLine
    finding: Finding
    period: HeldPeriod | None = None
    reason: Unanswered | None = None


def differences(ours: Iterable[OurLine], answers: Answers, plans: Mapping[str, str]) -> list[Difference]:
    """A finding for each line, in the order of the lines; `plans` says which plan each of the vendor's codes means.

    For a line the periods of its own plan count first, and among them those that are not another partner's. A period of
    another plan that is a line of ours on the same number stands for that line and for no other.
    """
    of_number: dict[str, list[OurLine]] = defaultdict(list)
    lines = list(ours)
    for line in lines:
        of_number[line.registration_number].append(line)
    return [_difference(line, of_number[line.registration_number], answers, plans) for line in lines]


def _difference(line: OurLine, own: Sequence[OurLine], answers: Answers, plans: Mapping[str, str]) -> Difference:
    answer = answers.get(line.registration_number, Unanswered.NOT_ASKED)
    if not isinstance(answer, Held):
        return Difference(line, Finding.ANSWER_FAILED, reason=answer)
    near = [period for period in answer.periods if _meets(period, line.term) is not False]
    same = [period for period in near if period.code is not None and plans.get(period.code) == line.plan_code]
    ours = [period for period in same if period.partner is not Partner.OTHER]
    if ours:
        return _by_end(line, ours)
    if same:
        return _unless_open(line, Finding.OTHER_PARTNER, same)
    if untold := [period for period in near if period.code is None]:
        return Difference(line, Finding.ANSWER_FAILED, untold[0])
    sold = {one.plan_code for one in own}
    others = [period for period in near if period.code is not None and plans.get(period.code) not in sold]
    return _unless_open(line, Finding.OTHER_KIND, others) if others else Difference(line, Finding.MISSING)


def _by_end(line: OurLine, periods: Collection[HeldPeriod]) -> Difference:
    """Found when a period ends with the line, or begins in it and has an unknown end; else the last one disagrees."""
    for period in periods:
        if period.ends_on == line.term.ends_on:
            return Difference(line, Finding.FOUND, period)
    for period in periods:
        if period.ends_on is None:
            met = _meets(period, line.term)
            return Difference(line, Finding.FOUND if met else Finding.ANSWER_FAILED, period)
    last = max(periods, key=lambda period: period.ends_on or line.term.ends_on)
    return _unless_open(line, Finding.OTHER_END_DATE, [last])


def _unless_open(line: OurLine, finding: Finding, periods: Sequence[HeldPeriod]) -> Difference:
    """The finding, on the first period that is known to lie in the term; without one the question stays open."""
    met = next((period for period in periods if _meets(period, line.term)), None)
    return Difference(line, finding if met else Finding.ANSWER_FAILED, met or periods[0])


def _meets(period: HeldPeriod, term: Term) -> bool | None:
    """Whether a period has a day of the term; none when an unknown start or end leaves that open."""
    starts_on, ends_on = period.starts_on, period.ends_on
    if (starts_on and starts_on >= term.ends_on) or (ends_on and ends_on <= term.starts_on):
        return False
    if (starts_on and ends_on) or starts_on in term or (ends_on and ends_on - ONE_DAY in term):
        return True
    return None
