"""Taking in what the vendor's register answered, and saying which plan its codes mean (rules S8 and D11)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TypeVar

from sqlmodel import Session, col, select

from contracts.appending import append
from contracts.catalogue import Plan, Registration
from contracts.errors import Refusal
from contracts.locking import lock_clients, touch_every_client
from contracts.register import Held
from contracts.register_answers import RegisterAnswer, RegisterPeriod, VendorCode
from contracts.register_queries import governs, latest_of_source
from contracts.requisites import require_text

Part = TypeVar("Part")
NUMBERS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _Said:
    """What the register said of a registration of ours."""

    registration_id: int
    client_id: int
    held: Held


def take_answers(
    session: Session, answers: Mapping[str, Held], *, source: str, observed_at: datetime, at: datetime
) -> int:
    """Store what the register said at `observed_at` of each number, and count what was new.

    An answer is new unless the last one of this very source says the same. Of what is not new nothing is written, and
    no client's version is raised. So a file, a source by its contents, counts once; and the register, a source for each
    day, shows once a day that an answer stays as it is.

    Raises `Refusal` with OBSERVED_LATER for a moment that is yet to come, REGISTRATION_UNKNOWN for a number that is not
    ours, TEXT_WRONG for a code or the source.
    """
    if observed_at > at:
        raise Refusal("OBSERVED_LATER", field="observed_at", value=observed_at, allowed=at)
    source = require_text(source, "source", 200)
    said = _said(session, answers)
    clients = {one.client_id for one in _new_of(session, said, source)}
    lock_clients(session, sorted(clients))
    new = [one for one in _new_of(session, said, source) if one.client_id in clients]  # as it is behind the lock
    for one in new:
        whose = {"client_id": one.client_id, "registration_id": one.registration_id}
        _store(session, one.held, {**whose, "source": source, "observed_at": observed_at, "recorded_at": at})
    return len(new)


def known_numbers(session: Session, numbers: Collection[str]) -> set[str]:
    """Those of the numbers that are registrations of our clients."""
    return {one.number for one in _registrations(session, numbers)}


def mean_plan(session: Session, code: str, plan_code: str, *, at: datetime) -> VendorCode:
    """Say which plan a code of the register means, of every answer there is; before `at` that was not known (D1).

    Raises `Refusal` with PLAN_UNKNOWN or TEXT_WRONG.
    """
    plan = session.exec(select(Plan).where(Plan.code == plan_code)).first()
    if plan is None:
        allowed = list(session.exec(select(Plan.code).order_by(Plan.code)))
        raise Refusal("PLAN_UNKNOWN", field="plan", value=plan_code, allowed=allowed)
    code = require_text(code, "code", 60)
    known = session.exec(select(VendorCode).where(VendorCode.code == code, governs())).first()
    if known is not None and known.plan_id == plan.id:
        return known
    touch_every_client(session)
    return append(session, VendorCode, {"code": code, "plan_id": plan.id, "recorded_at": at})


def _said(session: Session, answers: Mapping[str, Held]) -> list[_Said]:
    owned = {one.number: one for one in _registrations(session, answers)}
    for number in answers:
        if number not in owned:
            raise Refusal("REGISTRATION_UNKNOWN", field="number", value=number)
    return [_Said(owned[number].id, owned[number].client_id, _checked(held)) for number, held in answers.items()]


def _checked(held: Held) -> Held:
    codes = (None if one.code is None else require_text(one.code, "code", 60) for one in held.periods)
    return Held(tuple(replace(one, code=code) for one, code in zip(held.periods, codes, strict=True)))


def _registrations(session: Session, numbers: Collection[str]) -> Iterator[Registration]:
    for some in _portions(sorted(numbers)):
        yield from session.exec(select(Registration).where(col(Registration.number).in_(some)))


def _new_of(session: Session, said: Sequence[_Said], source: str) -> Iterator[_Said]:
    """What the last answer of the source does not say, in the order in which it was given."""
    for some in _portions(said):
        known = latest_of_source(session, [one.registration_id for one in some], source)
        for one in some:
            last = known.get(one.registration_id)
            if last is None or set(last.held.periods) != set(one.held.periods):
                yield one


def _portions(whole: Sequence[Part]) -> Iterator[Sequence[Part]]:
    return (whole[at : at + NUMBERS_AT_ONCE] for at in range(0, len(whole), NUMBERS_AT_ONCE))


def _store(session: Session, held: Held, facts: Mapping[str, object]) -> None:
    answer = append(session, RegisterAnswer, facts)
    for period in held.periods:
        append(session, RegisterPeriod, {"answer_id": answer.id, **asdict(period)})
