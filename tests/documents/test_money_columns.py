"""Sums of every size stand whole inside the page, one beside the other, on every paper with a table of money (P1)."""

import io
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pdfplumber
import pytest

from billing.journal import Source
from contracts.money import Money
from documents import words
from documents.entry_lines import PaidFrom, ShareSheet
from documents.lines import AdvanceSheet, LineKind, LineSheet, RateTotal
from documents.money_columns import money_column
from documents.offer import OfferSheet
from documents.reconciliation import ReconciliationSheet, SettledSheet
from documents.replay import ReplaySheet
from documents.statement import StatementSheet
from documents.words import NBSP, Language
from tests.documents import samples

Render = Callable[..., bytes]
RIGHT_EDGE = 595.3 - 14 / 25.4 * 72
A_HAIR = 0.4
SUMS = ["0.00", "99999.99", "265950.00", "9999999.99", "1234567890.12", "99999999999.99", "-99999999999.99"]


def charged(amount: Money, **changes: Any) -> tuple[LineSheet, ...]:
    """One line that costs so much, VAT included."""
    return (samples.line(price=amount, vat=amount.share(22, 122), amount=amount, **changes),)


def served(amount: Money) -> object:
    """The act over what was paid ahead."""
    advance = AdvanceSheet("2026-0214", samples.CONTRACT.signed_on, True)
    lines = charged(amount, kind=LineKind.SUBSCRIPTION, term=samples.OCTOBER, copies=("800123456",), advance=advance)
    return samples.act(lines=lines, is_of_service=True)


def worked(amount: Money) -> StatementSheet:
    """Long works of two entities with every column of hours that there is."""
    shares = tuple(ShareSheet(one, 60 * 200) for one in (PaidFrom.OVERAGE, PaidFrom.PAID, PaidFrom.FREE))
    apart = ShareSheet(PaidFrom.OUT_OF_SCOPE, 60 * 200)
    entry = samples.entry(5, "SD-1", "Вопрос", 48_000, 48_000, *shares, apart, amount=amount)
    branch = replace(entry, entity="ООО «Хлебозавод № 5»", amount=Money(0))
    rates = (RateTotal(22, amount.share(22, 122), amount),)
    return samples.statement(entries=(entry, branch), by_rate=rates, burn_down=None)


def offered(amount: Money) -> OfferSheet:
    """Ways to renew and packages of one price."""
    plain = samples.promoted_offer()
    rates = (RateTotal(22, amount.share(22, 122), amount),)
    sums = {"price": amount, "gap": amount, "total": amount, "lost_money": amount, "by_rate": rates}
    choices = tuple(replace(one, **sums) for one in plain.choices)
    packages = tuple(replace(one, price=amount, minutes=60) for one in plain.packages)
    return replace(plain, choices=choices, packages=packages)


def settled(amount: Money) -> ReconciliationSheet:
    """Turnovers, balances and papers of one sum."""
    lines = (
        SettledSheet(samples.OCTOBER.starts_on, Source.INVOICE, "2026-0214", amount, Money(0)),
        SettledSheet(samples.OCTOBER.starts_on, Source.PAYMENT_REVERSAL, "2026-0215", Money(0), amount),
    )
    sums = {"opening": amount, "debit": amount, "credit": amount, "closing": amount}
    return samples.reconciliation(lines=lines, **sums)


def replayed(amount: Money) -> ReplaySheet:
    """A month that costs so much either way."""
    plain = samples.replay()
    side = samples.replayed_side(12_000, 6_000, charged=amount, price=amount)
    months = (replace(plain.replay.months[0], held=side, tried=side),)
    return replace(plain, replay=replace(plain.replay, months=months))


PAPERS: dict[str, tuple[str, Callable[[Money], object]]] = {
    "invoice": ("invoice", lambda amount: samples.invoice(lines=charged(amount))),
    "act": ("act", lambda amount: samples.act(lines=charged(amount))),
    "act of service": ("act", served),
    "credit note": ("credit_note", lambda amount: samples.credit_note(lines=charged(amount))),
    "statement": ("statement", worked),
    "offer": ("offer", offered),
    "certificate": ("certificate", lambda amount: samples.certificate(minutes=6_000)),
    "reconciliation act": ("reconciliation", settled),
    "replay": ("replay", replayed),
}


def rows_of(pdf: bytes) -> list[list[dict[str, Any]]]:
    """The letters of each line on each page, from left to right; white space is none."""
    rows = defaultdict(list)
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        for page in document.pages:
            for char in page.chars:
                if char["text"].strip():
                    rows[page.page_number, round(char["bottom"])].append(char)
    return [sorted(row, key=lambda char: char["x0"]) for row in rows.values()]


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("sum_", SUMS)
@pytest.mark.parametrize("paper", PAPERS)
def test_sums_stay_on_the_page_and_off_each_other_p1(render: Render, paper: str, sum_: str, language: Language) -> None:
    amount = Money.parse(sum_)
    kind, sheet = PAPERS[paper]
    rows = rows_of(render(kind, sheet(amount), language))
    assert rows
    for row in rows:
        line = "".join(char["text"] for char in row)
        assert row[-1]["x1"] <= RIGHT_EDGE + A_HAIR, line
        digits = [char for char in row if char["text"].isdigit()]
        for one, other in pairwise(digits):
            assert one["x1"] <= other["x0"] + A_HAIR, line
    figures = words.amount_in_figures(amount, language).removeprefix(words.MINUS)
    if paper != "certificate":
        assert any(figures.replace(NBSP, "") in "".join(char["text"] for char in row) for row in rows)


def test_a_column_is_as_wide_as_its_longest_sum_and_no_narrower_than_asked() -> None:
    assert money_column([], Language.RU) == "money"
    assert money_column([], Language.RU, "amount") == "amount"
    assert money_column([Money(99_999_999), Money(5)], Language.RU) == "money"
    assert money_column([Money(5), Money(-99_999_999)], Language.RU) == "amount"
    assert money_column([Money(999_999_999)], Language.EN, "balance") == "balance"
    assert money_column([Money(1_000_000_000), Money(-1)], Language.EN) == "balance"
    assert money_column([Money(-10_000_000_000_000_000)], Language.RU) == "large-money"
