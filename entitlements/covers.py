"""What the desk's decision rests on: the client's covers, registrations and hours as plain values."""

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct

from contracts.policies import IncludedPer
from contracts.terms import Term
from entitlements.case_states import CaseState
from entitlements.hours_facts import HoursFacts
from entitlements.plan_terms import PackageOffer, PlanTerms, VersionOnSale


class CoverKind(StrEnum):
    """What a cover is: a paid subscription or a free period after a purchase."""

    SUBSCRIPTION = "subscription"
    FREE_PERIOD = "free_period"


class UseFacts(Struct, frozen=True, array_like=True):
    """One use of a counted service under a cover, on the seller's day, and when it was given back."""

    kind: CoverKind
    cover_id: int
    service: str
    used_at: datetime
    used_on: date
    returned_at: datetime | None = None

    def counts(self, at: datetime) -> bool:
        """Whether it counts at that moment."""
        return self.used_at <= at and (self.returned_at is None or at < self.returned_at)


class Stop(Struct, frozen=True, array_like=True):
    """A block, as the span in which it stops service."""

    from_at: datetime
    until_at: datetime | None

    def holds(self, at: datetime) -> bool:
        """Whether service is stopped at that moment."""
        return self.from_at <= at and (self.until_at is None or at < self.until_at)


class Cover(Struct, frozen=True, array_like=True):
    """A subscription or a free period; `registrations` is none when it covers every product of the client."""

    kind: CoverKind
    id: int
    seller_id: int
    contract_number: str
    plan_version_id: int
    starts_on: date
    ends_on: date
    term_months: int
    registrations: tuple[str, ...] | None
    has_successor: bool = False
    succeeded_on: date | None = None
    """The first day of what renews it: from then on it serves in grace no longer (S4, T5)."""
    stops: tuple[Stop, ...] = ()
    serves_from: date | None = None
    """The first day of service where that is later than the start of the term (S5, S9)."""
    serves_until: date | None = None
    """The day from which an amendment has put another cover in its place (S9)."""
    cancelled_on: date | None = None
    """The last day of service that a cancellation named; the day before the start where it never serves (S11)."""
    paid_until: date | None = None
    """The last day that is paid, or the day by which the invoice is due; none where payments are not followed (S8)."""
    served_unpaid_until: date | None = None
    """The last day of the payment grace after it; none where payment does not end the service earlier (S8)."""
    signed_on: date | None = None
    """The day on which the contract was signed; none while it is not marked as signed (D2)."""

    @property
    def first_day(self) -> date:
        """The first day of service."""
        return self.serves_from or self.starts_on

    @property
    def term(self) -> Term:
        """The days that were sold, half-open; usage periods are counted from its start (T1)."""
        return Term(self.starts_on, self.ends_on)

    @property
    def served(self) -> Term:
        """The days of service, half-open."""
        return Term(self.first_day, self.serves_until or self.ends_on)

    def last_day(self, on: date, registered_until: date | None = None) -> date:
        """The last day of service as it is told on a day: an amendment that is still to come ends nothing (S9).

        It is the earlier of the cover's own and that of the vendor's register, where that is known (S8).
        """
        own = self.served.last_day if on >= self.served.ends_on else self.term.last_day
        return min(day for day in (self.cancelled_on or own, registered_until) if day is not None)

    def grace_days(self, plan: PlanTerms) -> int:
        """The days on which service goes on after the end: a sold term has them, unless it was cancelled or amended.

        They are over when its successor begins.
        """
        ends_early = self.serves_until is not None or self.cancelled_on is not None
        if self.kind is not CoverKind.SUBSCRIPTION or ends_early:
            return 0
        if self.succeeded_on is None:
            return plan.grace_days
        return min(plan.grace_days, max((self.succeeded_on - self.ends_on).days, 0))

    def usage_period(self, on: date, per: IncludedPer) -> Term:
        """The usage period that holds the day (H5); the nearest one when the day lies outside the term."""
        if per is IncludedPer.TERM:
            return self.term
        return self.term.month_at(on) if per is IncludedPer.SUBSCRIPTION_MONTH else self.term.calendar_month_at(on)


class RegisteredPeriod(Struct, frozen=True, array_like=True):
    """That the vendor's register has a registration under a plan kind over `[starts_on, ends_on)`; none is unknown."""

    kind_id: int | None
    starts_on: date | None
    ends_on: date | None
    by_other: bool = False
    """Whether another partner holds it."""

    def holds(self, on: date) -> bool:
        """Whether the day lies in the period, as far as its bounds are known."""
        begun = self.starts_on is None or self.starts_on <= on
        return begun and (self.ends_on is None or on < self.ends_on)


class RegistrationFacts(Struct, frozen=True, array_like=True):
    """A registered copy; `vendor_services` is what the vendor's own line gives for it without a subscription (S2)."""

    number: str
    vendor_services: tuple[str, ...] = ()
    surrendered_on: date | None = None
    registered: tuple[RegisteredPeriod, ...] = ()
    """What the vendor's register answered last (S8)."""
    observed_at: datetime | None = None
    """When it did; none where it never has (D11)."""

    def is_surrendered(self, on: date) -> bool:
        """Whether an upgrade took this copy's place by that day: from then on it is no longer covered (S1)."""
        return self.surrendered_on is not None and self.surrendered_on <= on


class Approval(Struct, frozen=True, array_like=True):
    """An override: who lets the client be served, why, and in which span; of one service, or of any (D7)."""

    approved_by: str
    reason: str
    from_at: datetime
    until_at: datetime
    service: str | None = None

    def holds(self, at: datetime, service: str | None) -> bool:
        """Whether a request for the service is approved at that moment."""
        return self.from_at <= at < self.until_at and self.service in (None, service)


class NamedContact(Struct, frozen=True, array_like=True):
    """A person whom the client named: since when by each address, and until when."""

    since: dict[str, datetime]
    withdrawn_at: datetime | None = None

    @property
    def moments(self) -> tuple[datetime, ...]:
        """Every moment at which it changed who might ask."""
        return *self.since.values(), *([] if self.withdrawn_at is None else [self.withdrawn_at])

    def may_ask(self, addresses: Collection[str], at: datetime) -> bool:
        """Whether all the addresses were the person's at a moment at which the person spoke for the client."""
        named = self.withdrawn_at is None or at < self.withdrawn_at
        return named and all(one in self.since and self.since[one] <= at for one in addresses)


class CaseFacts(Struct, frozen=True, array_like=True):
    """An over-limit case: when each of its requests was asked, the first of which opened it, and each change (D6)."""

    id: int
    seller_id: int
    month: date
    asked_at: tuple[datetime, ...]
    changes: tuple[tuple[datetime, CaseState], ...] = ()

    @property
    def moments(self) -> tuple[datetime, ...]:
        """Every moment at which something was added to it."""
        return *self.asked_at, *(changed_at for changed_at, _ in self.changes)

    def state(self, at: datetime) -> CaseState:
        """The state at a moment."""
        return next((state for changed_at, state in reversed(self.changes) if changed_at <= at), CaseState.NEW)


class ClientFacts(Struct, frozen=True, array_like=True):
    """Everything that an answer about one client rests on, at one `state_version`."""

    client_id: int
    state_version: int
    covers: tuple[Cover, ...] = ()
    plans: dict[int, PlanTerms] = {}
    registrations: tuple[RegistrationFacts, ...] = ()
    pools: dict[int, HoursFacts] = {}
    """The facts of the hours account with each seller."""
    packages: tuple[PackageOffer, ...] = ()
    time_zone: str = "Europe/Moscow"
    """Whose days hold where no seller's do: for what the vendor gives to a client without a cover."""
    approvals: tuple[Approval, ...] = ()
    uses: tuple[UseFacts, ...] = ()
    contacts: tuple[NamedContact, ...] = ()
    """Each person who speaks or spoke for the client, where a plan of the client asks who that is."""
    cases: tuple[CaseFacts, ...] = ()
    """The over-limit cases of the open months."""
    on_sale: tuple[VersionOnSale, ...] = ()
    """Every version of the client's plans, in the order in which they come into force."""
    service_names: dict[str, tuple[str, str]] = {}
    """What each service of the catalogue is called in Russian and in English, by its code."""

    def sold_on(self, plan_code: str, on: date) -> VersionOnSale | None:
        """The version of a plan that is on sale on the day."""
        return next((one for one in reversed(self.versions(plan_code)) if one.valid_from <= on), None)

    def versions(self, plan_code: str) -> list[VersionOnSale]:
        """Every version of a plan, in the order in which they come into force."""
        return [one for one in self.on_sale if one.plan_code == plan_code]

    def cover(self, kind: CoverKind, cover_id: int) -> Cover:
        """The cover that an answer names."""
        return next(one for one in self.covers if (one.kind, one.id) == (kind, cover_id))

    def registration(self, number: str) -> RegistrationFacts | None:
        """The client's registration of that number."""
        return next((registration for registration in self.registrations if registration.number == number), None)

    def case_of(self, seller_id: int, month: date) -> CaseFacts | None:
        """The over-limit case of a seller's month that begins on that day."""
        return next((case for case in self.cases if (case.seller_id, case.month) == (seller_id, month)), None)
