"""What a month of one client adds to what is owed: the lines of its act and invoice (rules M1, M2, E4)."""

from collections.abc import Mapping, Set
from dataclasses import dataclass

from billing.invoice_lines import ChargedWork, LineAmounts, work_line
from billing.tax import Taxation
from contracts.errors import Refusal
from contracts.money import Money
from entitlements.hours import local_day
from entitlements.hours_facts import Entry, Parts
from entitlements.months import Month

OBJECTION_DAYS = 5
"""Working days to object to a statement when no plan of the month says otherwise (P6)."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a plan version says of charged work; no `hour_price` means that none was agreed."""

    hour_price: Money | None
    objection_days: int


@dataclass(frozen=True, slots=True)
class Draft:
    """The bill lines of a month by entry, in the order of the work, their currency, and the time to object."""

    month: Month
    lines: Mapping[int, LineAmounts]
    currency: str
    objection_days: int

    @property
    def taken_back(self) -> Mapping[int, LineAmounts]:
        """What a month that comes to less than nothing takes back of closed months; nothing of any other (M4)."""
        if sum(line.amount.minor for line in self.lines.values()) >= 0:
            return {}
        reverses = {entry_id: self.month.entries[entry_id].reverses for entry_id in self.lines}
        return {
            entry_id: line
            for entry_id, line in self.lines.items()
            if line.amount.minor < 0 and reverses[entry_id] not in self.lines
        }

    @property
    def billed(self) -> Mapping[int, LineAmounts]:
        """What the act and the invoice of the month carry: all that is not taken back by credit notes."""
        taken_back = self.taken_back
        return {entry_id: line for entry_id, line in self.lines.items() if entry_id not in taken_back}


@dataclass(frozen=True, slots=True)
class Forgiveness:
    """Whether the month's overage is forgiven, and which entries of closed months were (D6)."""

    month: bool = False
    entries: Set[int] = frozenset()

    def covers(self, entry: Entry) -> bool:
        """Whether overage of the entry costs nothing: what takes work back costs what that work did."""
        return self.month if entry.reversed_parts is None else entry.reverses in self.entries


NOTHING_FORGIVEN = Forgiveness()


def draft(
    month: Month,
    terms: Mapping[int, Terms],
    taxation: Taxation,
    time_zone: str,
    forgiven: Forgiveness = NOTHING_FORGIVEN,
) -> Draft:
    """The charges of the month: overage and paid minutes at the price of the entry's plan, taxed by its day.

    Forgiven overage has a line as well, at the price 0.

    Raises `Refusal` with RATE_UNKNOWN, MIXED_CURRENCIES, or those of the tax.
    """
    lines = {}
    for line in month.after.lines:
        minutes = line.parts.overage_minutes + line.parts.paid_minutes
        if minutes:
            entry = month.entries[line.entry_id]
            price = _hour_price(entry, line.parts, terms, forgiven)
            if price is None:
                raise Refusal("RATE_UNKNOWN", field="plan", value=entry.plan_version_id, work_entry_id=entry.id)
            work_on = local_day(entry.started_at, time_zone)
            lines[entry.id] = work_line(ChargedWork(work_on, minutes, price), taxation)
    currencies = sorted({line.amount.currency for line in lines.values()})
    if len(currencies) > 1:
        raise Refusal("MIXED_CURRENCIES", field="currency", value=currencies)
    used = {month.entries[line.entry_id].plan_version_id or 0 for line in month.after.lines}
    days = [terms[version_id].objection_days for version_id in used if version_id in terms]
    return Draft(month, lines, currencies[0] if currencies else "RUB", max(days, default=OBJECTION_DAYS))


def charge_of(entry: Entry, parts: Parts, terms: Mapping[int, Terms], forgiven: Forgiveness) -> Money | None:
    """What an entry that is paid so costs, incl. tax, as `draft` charges it; none when no price was agreed."""
    minutes = parts.overage_minutes + parts.paid_minutes
    price = _hour_price(entry, parts, terms, forgiven)
    if price is None:
        return None if minutes else Money(0)
    return price.for_minutes(minutes)


def _hour_price(entry: Entry, parts: Parts, terms: Mapping[int, Terms], forgiven: Forgiveness) -> Money | None:
    """The price of an hour of the entry's plan; 0 for forgiven overage, none when none was agreed."""
    agreed = terms.get(entry.plan_version_id or 0)
    if agreed is None or agreed.hour_price is None:
        return None
    if parts.paid_minutes == 0 and forgiven.covers(entry):
        return Money(0, agreed.hour_price.currency)
    return agreed.hour_price
