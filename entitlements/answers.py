"""The desk's question about one client, and the answer to it as immutable values (rules D1, D2)."""

from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import force_setattr

from contracts.money import Money
from contracts.policies import Channel
from contracts.requisites import normal_registration
from contracts.standing import Standing
from contracts.support_lines import INTAKE
from entitlements.case_states import CaseState
from entitlements.covers import CoverKind
from entitlements.hours_facts import GrantKind
from entitlements.reasons import Reason, Verdict


class Question(Struct, frozen=True):
    """What the desk asks about one client; `at` is the moment of the request, which decides (D1)."""

    at: datetime
    registration_number: str | None = None
    """In the writing in which registrations are stored, however it was written."""
    service: str | None = None
    minutes: int | None = None
    line: int = INTAKE
    priority: str | None = None
    channel: Channel | None = None
    feature: str | None = None
    """A service asked about by itself, whether it is part of the deal and is left: no work, and no hours of it."""
    contact: tuple[str, ...] = ()
    """The addresses of the person who asks, as they are stored; empty when nobody is named."""

    def __post_init__(self) -> None:
        if self.registration_number is not None:
            force_setattr(self, "registration_number", normal_registration(self.registration_number))

    @property
    def asked(self) -> str | None:
        """The service that is asked about, as work or by itself."""
        return self.feature or self.service


class RuleResult(Struct, frozen=True):
    """One rule that was looked at; `clause` is the paragraph of the printed contract that holds it."""

    code: str
    holds: bool
    clause: str
    need: int | None = None
    have: int | None = None


class CoverView(Struct, frozen=True):
    """The cover that the answer rests on."""

    kind: CoverKind
    id: int
    seller_id: int
    contract_number: str
    plan_code: str
    plan_version: int
    standing: Standing
    starts_on: date
    last_day: date
    days_left: int
    grace_until: date | None
    paid_until: date | None = None
    plan_name: str = ""
    plan_name_en: str = ""
    has_successor: bool = False
    """Whether another one took its place, or will."""

    @property
    def never_served(self) -> bool:
        """Whether it ended before it began."""
        return self.last_day < self.starts_on


class Named(Struct, frozen=True):
    """A service by its code, with its names where the catalogue has it."""

    code: str
    name: str = ""
    name_en: str = ""


class GrantView(Struct, frozen=True):
    """What is left of one grant that can pay today."""

    kind: GrantKind
    remaining_minutes: int
    last_day: date


class HoursView(Struct, frozen=True):
    """The hours of the pool today: given = used + held + available; overage is that of the usage period."""

    given_minutes: int
    used_minutes: int
    held_minutes: int
    available_minutes: int
    overage_minutes: int
    overrun_limit_minutes: int | None
    period_starts_on: date
    period_last_day: date
    grants: tuple[GrantView, ...]


class CountView(Struct, frozen=True):
    """A counted service: how many uses the period has, and how many are used."""

    service: str
    included: int
    used: int
    period_starts_on: date
    period_last_day: date

    @property
    def available(self) -> int:
        """How many are left."""
        return max(self.included - self.used, 0)


class Cost(Struct, frozen=True):
    """What the request would take: billed minutes, how many grants pay, and the price of the rest or of the service."""

    billed_minutes: int
    covered_minutes: int
    overage_minutes: int
    amount: Money | None


class Due(Struct, frozen=True):
    """By when a served request is answered and solved, on which calendar, and by the promise of which priority (D10).

    `guessed` says that the days off of a year it runs through are not decreed yet, or its shortened days not known.
    """

    priority: str
    respond_by: datetime
    resolve_by: datetime | None
    calendar: str
    guessed: bool


class Warned(Struct, frozen=True):
    """Something the desk should say although the request is served."""

    code: str
    on: date | None = None


class Option(Struct, frozen=True):
    """What would change the answer; what is owed is put to paying when the answer is told, for who may see it."""

    action: str
    starts_on: date | None = None
    minutes: int | None = None
    price: Money | None = None
    invoice_number: str | None = None


class OverrideView(Struct, frozen=True):
    """Who approved that the request is served, why, and until when (D7)."""

    approved_by: str
    reason: str
    until_at: datetime
    last_day: date


class CaseView(Struct, frozen=True):
    """The over-limit case of the month: its state, and how many requests it has collected (D6)."""

    id: int
    state: CaseState
    month: date
    held_requests: int


class Decision(Struct, frozen=True):
    """The answer: an immutable value that is stored, printed and translated, never rebuilt."""

    reason: Reason
    at: datetime
    client_id: int | None
    state_version: int
    routed_to: str = "own_desk"
    line: int = 1
    cover: CoverView | None = None
    hours: HoursView | None = None
    cost: Cost | None = None
    rules: tuple[RuleResult, ...] = ()
    warnings: tuple[Warned, ...] = ()
    options: tuple[Option, ...] = ()
    candidates: tuple[int, ...] = ()
    valid_until: datetime | None = None
    due: Due | None = None
    override: OverrideView | None = None
    counts: tuple[CountView, ...] = ()
    """The counted services of the plan, the one asked about first."""
    case: CaseView | None = None
    """The over-limit case of the month, of a request beyond the hours."""
    asked: Named | None = None
    """The service that was asked about, as work or by itself."""

    @property
    def verdict(self) -> Verdict:
        """What the desk does."""
        return self.reason.verdict

    @property
    def is_served(self) -> bool:
        """Whether the request is served without asking anybody."""
        return self.reason.is_served

    @property
    def is_served_here(self) -> bool:
        """Whether the own desk serves it, out of the client's hours and uses; the vendor's line takes none of them."""
        return self.is_served and self.routed_to == "own_desk"
