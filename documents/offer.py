"""The offer to renew: every way side by side, with dates, prices, what a lapse costs, and until when it stands (S5).

The same value is told as JSON, shown as a part of a page and printed.
"""

from dataclasses import dataclass
from datetime import date

from contracts.money import Money
from contracts.policies import LapseRenewal
from contracts.tax_modes import TaxMode
from contracts.terms import Term
from documents.lines import RateTotal, total_vat
from documents.parties import ContractReference, PartySheet, RegistrationSheet
from documents.promotion import PromotionSheet


@dataclass(frozen=True, slots=True)
class ChoiceSheet:
    """One way to renew for a term; `by_rate` is its total with the VAT inside, as the invoice will have it (M2).

    `saved` is what the same way costs more without the promotion; None without one or without a list price.
    """

    kind: LapseRenewal
    term_months: int
    term: Term
    serves_from: date
    price: Money
    gap: Money
    total: Money
    by_rate: tuple[RateTotal, ...]
    lost_days: int
    lost_money: Money
    is_open: bool
    promotion: PromotionSheet | None = None
    saved: Money | None = None

    @property
    def vat(self) -> Money:
        """The VAT inside the total."""
        return total_vat(self.by_rate)

    @property
    def as_shown(self) -> str:
        """The way and its price: who takes it agrees to both, and asks again should either have changed."""
        promotion = self.promotion.code if self.promotion is not None else ""
        return " ".join(filter(None, (self.kind, str(self.term_months), promotion, str(self.total.minor))))


@dataclass(frozen=True, slots=True)
class PackageSheet:
    """A package of hours on sale: its price, and the days of its hours if it is bought on the day of the offer (H8)."""

    code: str
    minutes: int
    price: Money
    term: Term
    life_months: int

    @property
    def hour_price(self) -> Money:
        """What an hour of the package costs."""
        return self.price.share(60, self.minutes)

    @property
    def as_shown(self) -> str:
        """The package and its price: who takes it agrees to both."""
        return f"{self.code} {self.price.minor}"


@dataclass(frozen=True, slots=True)
class OfferSheet:
    """Everything an offer prints; it has a number once it is issued.

    `valid_until` is the last day on which every figure stands as it is. `term` is the one that is renewed,
    `served_until` its last day of service, grace included.
    """

    number: str
    issued_on: date
    valid_until: date
    seller: PartySheet
    client: PartySheet
    contract: ContractReference
    plan: str
    registrations: tuple[RegistrationSheet, ...]
    term: Term
    served_until: date
    choices: tuple[ChoiceSheet, ...]
    packages: tuple[PackageSheet, ...]
    tax_mode: TaxMode

    @property
    def has_lapsed(self) -> bool:
        """Whether the old term is served no more on the day of the offer."""
        return self.issued_on > self.served_until

    @property
    def open_choices(self) -> tuple[ChoiceSheet, ...]:
        """The ways that sales may take on the day of the offer."""
        return tuple(choice for choice in self.choices if choice.is_open)

    @property
    def is_taxed(self) -> bool:
        """Whether the seller's prices have VAT inside (M2)."""
        return self.tax_mode.is_taxed

    @property
    def sums(self) -> tuple[Money, ...]:
        """Every sum that the table of ways to renew prints, but for the VAT inside them."""
        return tuple(one for way in self.choices for one in (way.price, way.gap, way.total, way.lost_money))

    @property
    def terms(self) -> tuple[tuple[int, tuple[ChoiceSheet, ...]], ...]:
        """The ways to renew by the months of the term, the shortest first."""
        months = dict.fromkeys(choice.term_months for choice in self.choices)
        return tuple((one, tuple(choice for choice in self.choices if choice.term_months == one)) for one in months)
