"""The promotion that a price is from, as papers name it: so many months at the price of fewer."""

from dataclasses import dataclass
from datetime import date

from contracts.money import Money


@dataclass(frozen=True, slots=True)
class PromotionSheet:
    """A promotion by its name; `list_price` is what the term costs without it, None where that is agreed.

    `last_day` is the last one on which it can be chosen, None while that is open.
    """

    code: str
    name: str
    term_months: int
    pay_months: int
    list_price: Money | None = None
    last_day: date | None = None
