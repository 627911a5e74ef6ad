"""What a month served of what was paid ahead: the lines of its acts, as the journal counts its days (M1, M2, M4)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from billing.invoice_lines import LineAmounts
from billing.journal import Source, Supply
from billing.tax import TaxRate
from contracts.money import Money
from contracts.terms import Term


@dataclass(frozen=True, slots=True)
class Prepaid:
    """A line that was invoiced ahead, or one that a credit note takes off its invoice; which, of which invoice, and by
    which law a licence in it is exempt."""

    supply: Supply
    invoice_id: int
    line_id: int
    exempt_ground: str | None


@dataclass(frozen=True, slots=True)
class Agreed:
    """Under what the service was sold: a client's contract, the entity that is invoiced, and the currency."""

    client_id: int
    contract_id: int
    entity_id: int
    currency: str


@dataclass(frozen=True, slots=True)
class ServedLine:
    """What a month served of a line of an invoice, less what credit notes take off it."""

    invoice_line_id: int
    line: LineAmounts


def served(lines: Iterable[Prepaid], month: Term) -> dict[Agreed, list[ServedLine]]:
    """The lines of a month's act of each contract and currency, in the order of the invoices.

    What a credit note takes off goes off the line of its invoice that has its rate. A line may come below zero, where a
    refund is more than the days left and the month; a contract that comes to nothing or less has no act.
    """
    of_invoice: dict[int, list[Prepaid]] = defaultdict(list)
    parts: dict[tuple[int, int | None], list[tuple[Money, Money]]] = defaultdict(list)
    charged: dict[tuple[int, int | None], Prepaid] = {}
    for one in lines:
        is_charged = one.supply.voucher.source is Source.INVOICE
        if is_charged:
            of_invoice[one.invoice_id].append(one)
        line = one if is_charged else _charged(one, of_invoice[one.invoice_id])
        key = (line.line_id, one.supply.tax_percent)
        charged.setdefault(key, line)
        parts[key].append(one.supply.in_month(month))
    found: dict[Agreed, list[ServedLine]] = defaultdict(list)
    for key, line in charged.items():
        amount, tax = (Money.total(sums) for sums in zip(*parts[key], strict=True))
        if amount.minor or tax.minor:
            found[_agreed(line)].append(_served_line(line, month, key[1], amount, tax))
    return {of: own for of, own in found.items() if Money.total(one.line.amount for one in own).minor > 0}


def _charged(taken_off: Prepaid, lines: Sequence[Prepaid]) -> Prepaid:
    """The line of the invoice that a credit note takes off: of its rate and law, else the last one."""

    def kind(one: Prepaid) -> tuple[int | None, str | None]:
        return one.supply.tax_percent, one.exempt_ground

    return next((one for one in reversed(lines) if kind(one) == kind(taken_off)), lines[-1])


def _agreed(line: Prepaid) -> Agreed:
    voucher = line.supply.voucher
    return Agreed(voucher.client_id, voucher.contract_id or 0, voucher.entity_id, line.supply.amount.currency)


def _served_line(line: Prepaid, month: Term, percent: int | None, amount: Money, tax: Money) -> ServedLine:
    days = line.supply.days_in(month)
    return ServedLine(line.line_id, LineAmounts(days, None, amount, amount, TaxRate(percent), tax, line.exempt_ground))
