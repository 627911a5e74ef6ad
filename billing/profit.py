"""What a contract brought and what it cost over a span of days, as plain values (rules M1, M2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from contracts.money import Money
from contracts.terms import Term


def share_in(amount: Money, supplied: Term, wanted: Term) -> Money:
    """The part of an amount for some days that falls into others; the parts of days that tile add up to it (M1)."""

    def until(day: date) -> Money:
        days = (min(max(day, supplied.starts_on), supplied.ends_on) - supplied.starts_on).days
        return amount.share(days, supplied.days)

    return until(wanted.ends_on) - until(wanted.starts_on)


@dataclass
class ContractProfit:
    """A contract in one currency: revenue without tax, and what its engineers cost for the minutes worked.

    `charged` is work beyond the hours and paid work of closed months. `unrated_minutes` were worked by engineers whose
    cost nobody said: then there is no margin. Work that belongs to no contract has a row without one.
    """

    client_id: int
    client: str
    contract_id: int | None
    contract_number: str
    currency: str
    prepaid: Money = field(init=False)
    packages: Money = field(init=False)
    charged: Money = field(init=False)
    cost: Money = field(init=False)
    worked_minutes: int = 0
    unrated_minutes: int = 0

    def __post_init__(self) -> None:
        self.prepaid = self.packages = self.charged = self.cost = Money(0, self.currency)

    @property
    def revenue(self) -> Money:
        """All that the contract brought, without tax."""
        return self.prepaid + self.packages + self.charged

    @property
    def margin(self) -> Money | None:
        """What is left of the revenue; none while the cost is not known."""
        return None if self.unrated_minutes else self.revenue - self.cost


@dataclass(frozen=True, slots=True)
class UnratedEntry:
    """Work of an engineer whose cost on its day nobody said."""

    work_entry_id: int
    client: str
    contract_number: str
    work_on: date
    engineer: str
    worked_minutes: int


@dataclass(frozen=True, slots=True)
class ProfitReport:
    """The contracts by client and number, the work without a rate, and what no price can be told of, by its reason."""

    term: Term
    contracts: tuple[ContractProfit, ...]
    unrated: tuple[UnratedEntry, ...]
    unpriced: Mapping[int, str]
    """Subscriptions that were invoiced elsewhere and cannot be taxed here: the code of the refusal by their id."""
