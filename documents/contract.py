"""The contract with its specification: what is covered, until when, for how much, and by which rules (P1).

Every number comes from the plan version that the engine runs, so the paper and the desk cannot disagree.
"""

from dataclasses import dataclass, field
from datetime import date, time

from contracts.money import Money
from contracts.policies import IncludedPer, LapseRenewal, OverLimit, Refund, RoundingScope
from contracts.tax_modes import TaxMode
from contracts.terms import Term
from documents.agreement import Agreement
from documents.correction import Correction
from documents.lines import RateTotal, total_amount, total_vat
from documents.parties import PartySheet, RegistrationSheet
from documents.promotion import PromotionSheet
from documents.scope import ScopeTerms


@dataclass(frozen=True, slots=True)
class HoursTerms:
    """Included minutes, roll-over (H5, H6), rounding and multipliers (H3), and what is beyond them (D6).

    `rollover_periods` 0 means that unused minutes burn. Multipliers are in per cent (150 is x1.5). `hour_rate`
    includes VAT; `overrun_percent` is the ceiling of overage in per cent of the included minutes, None without one.
    `bonus_minutes` are given in a month that earns the bonus hour (H7).
    """

    included_minutes: int
    per: IncludedPer
    quantum_minutes: int
    minimum_minutes: int
    scope: RoundingScope
    over_limit: OverLimit
    rollover_cap_minutes: int = 0
    rollover_periods: int = 0
    in_hours_percent: int = 100
    out_of_hours_percent: int = 150
    day_off_percent: int = 200
    opens_at: time = time(9)
    closes_at: time = time(18)
    hour_rate: Money | None = None
    overrun_percent: int | None = None
    first_month_pro_rata: bool = False
    bonus_minutes: int = 0
    bills_travel: bool = False


@dataclass(frozen=True, slots=True)
class RenewalTerms:
    """How the subscription goes on (S4, S5) and how it ends early (S11); prices are for the same term, VAT included."""

    lapse_policy: LapseRenewal
    grace_days: int
    refund_policy: Refund
    continuous_price: Money | None = None
    price_after_break: Money | None = None


@dataclass(frozen=True, slots=True)
class ServiceSheet:
    """A service that the plan includes, in the words of the plan.

    `minimum_minutes` is its own minimum of billed minutes, None where the plan's holds (H3). `included_count` uses are
    in the price for every `count_months` of the term; what has a `price` of its own is paid for separately.
    """

    name: str
    draws_hours: bool = False
    minimum_minutes: int | None = None
    included_count: int | None = None
    count_months: int | None = None
    price: Money | None = None


@dataclass(frozen=True, slots=True)
class ContractSheet:
    """Everything a contract with specification prints; without registrations it covers every product of the client.

    `payment_days`, `payment_grace_days` and `objection_days` are working days (S8, P6). `by_rate` is the price with the
    VAT inside it, by VAT rate (M2); ValueError when it does not come to the price (E4). `signed_on` is the paper's own
    day: of the contract, or of the `agreement` that renews one or adds to it, under the contract's `number`.
    """

    number: str
    signed_on: date
    city: str
    seller: PartySheet
    client: PartySheet
    plan: str
    registrations: tuple[RegistrationSheet, ...]
    services: tuple[ServiceSheet, ...]
    term: Term
    term_months: int
    price: Money
    by_rate: tuple[RateTotal, ...]
    tax_mode: TaxMode
    hours: HoursTerms
    renewal: RenewalTerms
    payment_days: int = 5
    payment_grace_days: int = 5
    objection_days: int = 5
    promotion: PromotionSheet | None = None
    scope: ScopeTerms = field(default_factory=ScopeTerms)
    correction: Correction | None = None
    agreement: Agreement | None = None

    def __post_init__(self) -> None:
        if total_amount(self.by_rate) != self.price:
            raise ValueError(f"the price of contract {self.number} is not the sum of its parts by VAT rate (E4)")

    @property
    def contract_signed_on(self) -> date:
        """The day of the contract itself."""
        return self.signed_on if self.agreement is None else self.agreement.contract.signed_on

    @property
    def vat(self) -> Money:
        """The VAT inside the price."""
        return total_vat(self.by_rate)
