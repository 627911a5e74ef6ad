"""Reading what the register said last, and what of ours it can be compared with (rules S8 and D11)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select, bindparam, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from contracts.catalogue import Plan, PlanVersion, Registration
from contracts.parties import Client
from contracts.register import Held, HeldPeriod
from contracts.register_answers import RegisterAnswer, RegisterPeriod, VendorCode
from contracts.register_differences import OurLine
from contracts.subscriptions import Coverage, Specification, Subscription
from contracts.terms import Term


@dataclass(frozen=True, slots=True)
class KnownPeriod:
    """A period that the register holds, and the plan kind its code means; none when code or meaning is unknown."""

    plan_kind_id: int | None
    period: HeldPeriod


@dataclass(frozen=True, slots=True)
class LatestAnswer:
    """The answer that governs a registration; `observed_at` gives its age (D11)."""

    registration_id: int
    observed_at: datetime
    source: str
    periods: tuple[KnownPeriod, ...]

    @property
    def held(self) -> Held:
        """What the register said."""
        return Held(tuple(known.period for known in self.periods))

    def of_kind(self, plan_kind_id: int) -> tuple[HeldPeriod, ...]:
        """What it holds of a plan kind: nothing, unless a period `of_unknown_kind` is of it."""
        return tuple(known.period for known in self.periods if known.plan_kind_id == plan_kind_id)

    @property
    def of_unknown_kind(self) -> tuple[HeldPeriod, ...]:
        """What it holds without a kind that we know: while there is any, nothing is known to be missing."""
        return tuple(known.period for known in self.periods if known.plan_kind_id is None)


def latest_answers(session: Session, client_id: int, *, known_at: datetime | None = None) -> dict[int, LatestAnswer]:
    """The governing answer by the id of each registration of the client that was ever answered, in one select.

    With `known_at` what had been recorded by then, whenever it was observed, and what its codes meant then (D1).
    """
    if known_at is None:
        return _answers(session, _OF_CLIENT, {"of_client": client_id})
    return _answers(session, _OF_CLIENT_KNOWN, {"of_client": client_id, "known_at": known_at})


def latest_of_source(session: Session, registration_ids: Collection[int], source: str) -> dict[int, LatestAnswer]:
    """The last answer of one source for each of the registrations that it ever answered."""
    return _answers(session, _OF_SOURCE, {"ids": list(registration_ids), "of_source": source})


def _answers(session: Session, governing: Select[Any], given: Mapping[str, Any]) -> dict[int, LatestAnswer]:
    same = groupby(session.connection().execute(governing, given), key=attrgetter("registration_id"))
    return {registration_id: _answer(list(periods)) for registration_id, periods in same}


def _governing(
    of: ColumnElement[bool], *bounds: ColumnElement[bool], meant: Sequence[ColumnElement[bool]] = ()
) -> Select[Any]:
    """The answer observed last of each registration, among those within the bounds, with its periods.

    `meant` bounds what the codes of the periods mean.
    """
    own = col(RegisterAnswer.registration_id) == col(Registration.id)
    last = select(RegisterAnswer.id).where(own, *bounds).correlate(Registration)
    last = last.order_by(col(RegisterAnswer.observed_at).desc(), col(RegisterAnswer.id).desc()).limit(1)
    answer, period = RegisterAnswer.__table__.alias(), RegisterPeriod.__table__  # type: ignore[attr-defined]
    told = [period.c[name] for name in ("code", "starts_on", "ends_on", "partner")]
    governing: Select[Any] = sa.select(answer, period.c["id"].label("period_id"), *told, col(Plan.kind_id))
    governing = governing.select_from(Registration).join(answer, answer.c["id"] == last.scalar_subquery())
    governing = governing.outerjoin(period, period.c["answer_id"] == answer.c["id"])
    meaning = select(func.max(VendorCode.id)).where(col(VendorCode.code) == period.c["code"], *meant)
    governing = governing.outerjoin(VendorCode, col(VendorCode.id) == meaning.correlate(period).scalar_subquery())
    governing = governing.outerjoin(Plan, col(Plan.id) == col(VendorCode.plan_id))
    return governing.where(of).order_by(answer.c["registration_id"], period.c["id"])


_OF_CLIENT = _governing(col(Registration.client_id) == bindparam("of_client"))
_OF_CLIENT_KNOWN = _governing(
    col(Registration.client_id) == bindparam("of_client"),
    col(RegisterAnswer.recorded_at) <= bindparam("known_at"),
    meant=[col(VendorCode.recorded_at) <= bindparam("known_at")],
)
_OF_SOURCE = _governing(
    col(Registration.id).in_(bindparam("ids", expanding=True)), col(RegisterAnswer.source) == bindparam("of_source")
)


def _answer(rows: list[Any]) -> LatestAnswer:
    periods = [
        KnownPeriod(row.kind_id, HeldPeriod(row.code, row.starts_on, row.ends_on, row.partner))
        for row in rows
        if row.period_id is not None
    ]
    first = rows[0]
    return LatestAnswer(first.registration_id, first.observed_at, first.source, tuple(periods))


def plans_of_codes(session: Session) -> dict[str, str]:
    """The code of the plan that each of the vendor's codes means."""
    return dict(session.exec(select(VendorCode.code, Plan.code).join(Plan).where(governs())).all())


def governs() -> ColumnElement[bool]:
    """That a row says what its code means today: there is no later one."""
    later = aliased(VendorCode)
    return ~sa.exists().where(col(later.code) == col(VendorCode.code), col(later.id) > col(VendorCode.id))


def our_lines(session: Session, on: date, client_id: int | None = None) -> list[OurLine]:
    """What the register should hold for us on a day: current and coming terms, of every client or of one.

    It leaves out plans that the vendor has no code for, what an amendment puts an end to (S9), and registrations that
    were surrendered by then (S1).
    """
    known = select(VendorCode.plan_id).where(governs()).distinct()
    kept = (col(Registration.surrendered_on).is_(None)) | (col(Registration.surrendered_on) > on)
    chosen = [col(Specification.ends_on) > on, col(Plan.id).in_(known), kept, ~_amended()]
    if client_id is not None:
        chosen.append(col(Client.id) == client_id)
    facts = (Registration.number, Client.id, Client.name, Subscription.id, Plan.code)
    told: list[Any] = [*facts, Coverage.starts_on, Coverage.ends_on]
    lines: Select[*tuple[Any, ...]] = sa.select(*told).select_from(Coverage).join(Registration).join(Specification)
    lines = lines.join(Subscription).join(PlanVersion, col(PlanVersion.id) == col(Specification.plan_version_id))
    lines = lines.join(Plan)
    lines = lines.join(Client, col(Client.id) == col(Registration.client_id)).where(*chosen)
    in_order = lines.order_by(col(Registration.number), col(Coverage.starts_on), col(Coverage.id))
    return [
        OurLine(number, owner, name, subscription, plan, Term(starts_on, ends_on))
        for number, owner, name, subscription, plan, starts_on, ends_on in session.connection().execute(in_order)
    ]


def _amended() -> ColumnElement[bool]:
    """Whether an amendment puts something else in a specification's place."""
    later = aliased(Specification)
    same = (col(later.subscription_id) == col(Specification.subscription_id), col(later.ends_on) > col(later.starts_on))
    return sa.exists().where(*same, col(later.starts_on) > col(Specification.starts_on))


def numbers_of_ours(session: Session, client_id: int | None = None) -> list[str]:
    """The registration numbers that are not surrendered, of every client or of one."""
    kept = select(Registration.number).where(col(Registration.surrendered_on).is_(None))
    if client_id is not None:
        kept = kept.where(Registration.client_id == client_id)
    return list(session.exec(kept.order_by(Registration.number)))
