"""The contract with its specification: what is covered, until when, for how much, and by which rules (P1).

Every number comes from the plan version that the engine runs, so the paper and the desk cannot disagree.
"""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from contracts.money import Money
from contracts.terms import Term
from documents.parties import PartySheet, RegistrationSheet, TaxMode


class HoursPer(StrEnum):
    """The usage period in which included minutes are given (H5)."""

    SUBSCRIPTION_MONTH = "subscription_month"
    CALENDAR_MONTH = "calendar_month"
    TERM = "term"


class RoundingScope(StrEnum):
    """What is rounded as one: each entry, all work on a ticket, or a ticket's work of one day (H3)."""

    ENTRY = "entry"
    TICKET = "ticket"
    TICKET_DAY = "ticket_day"


class OverLimit(StrEnum):
    """What happens to a request when the hours are used up (D6)."""

    BLOCK = "block"
    APPROVE = "approve"
    BILL = "bill"


class LapsePolicy(StrEnum):
    """How a subscription is renewed after its end (S5)."""

    NEW_START = "new_start"
    CONTINUOUS = "continuous"
    PAY_GAP = "pay_gap"


class RefundPolicy(StrEnum):
    """What is paid back when the contract ends early (S11)."""

    UNUSED_MONTHS = "unused_months"
    UNUSED_DAYS = "unused_days"
    BY_TERM_PRICE = "by_term_price"


@dataclass(frozen=True, slots=True)
class HoursTerms:
    """Included minutes, roll-over (H5, H6), rounding and multipliers (H3), and what is beyond them (D6).

    `rollover_periods` 0 means that unused minutes burn. Multipliers are in per cent (150 is x1.5). `hour_rate`
    includes VAT; `overrun_percent` is the ceiling of overage in per cent of the included minutes, None without one.
    """

    included_minutes: int
    per: HoursPer
    quantum_minutes: int
    minimum_minutes: int
    scope: RoundingScope
    over_limit: OverLimit
    rollover_cap_minutes: int = 0
    rollover_periods: int = 0
    visit_minimum_minutes: int = 0
    in_hours_percent: int = 100
    out_of_hours_percent: int = 150
    day_off_percent: int = 200
    opens_at: time = time(9)
    closes_at: time = time(18)
    hour_rate: Money | None = None
    overrun_percent: int | None = None
    first_month_pro_rata: bool = False


@dataclass(frozen=True, slots=True)
class RenewalTerms:
    """How the subscription goes on (S4, S5) and how it ends early (S11); prices are for the same term, VAT included."""

    lapse_policy: LapsePolicy
    grace_days: int
    refund_policy: RefundPolicy
    continuous_price: Money | None = None
    price_after_break: Money | None = None


@dataclass(frozen=True, slots=True)
class ContractSheet:
    """Everything a contract with specification prints.

    `services` are the plan's services in the words of the plan. `payment_days` and `objection_days` are working days,
    `payment_grace_days` too (S8, P6). `vat` is the VAT inside `price`, `vat_rate` its per cent, None without VAT (M2).
    """

    number: str
    signed_on: date
    city: str
    seller: PartySheet
    client: PartySheet
    plan: str
    registrations: tuple[RegistrationSheet, ...]
    services: tuple[str, ...]
    term: Term
    term_months: int
    price: Money
    vat_rate: int | None
    vat: Money
    tax_mode: TaxMode
    hours: HoursTerms
    renewal: RenewalTerms
    payment_days: int = 5
    payment_grace_days: int = 5
    objection_days: int = 5
