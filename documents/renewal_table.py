"""The report of what was renewed and what was lost as a table in Russian and English."""

from collections.abc import Iterator, Sequence

from contracts.renewal_report import Ended, Outcome, RenewalReport
from documents.tables import Cell, Table
from documents.words import Language

WON_BACK = {Language.RU: "возвращена", Language.EN: "won back"}
OUTCOMES = {
    Language.RU: {
        Outcome.RENEWED: "продлена",
        Outcome.LAPSED: "потеряна",
        Outcome.CANCELLED: "расторгнута",
        Outcome.IN_GRACE: "льготный срок",
    },
    Language.EN: {
        Outcome.RENEWED: "renewed",
        Outcome.LAPSED: "lapsed",
        Outcome.CANCELLED: "cancelled",
        Outcome.IN_GRACE: "in grace",
    },
}
HEADS = {
    Language.RU: (
        "Месяц",
        "Продавец",
        "Что стало",
        "Подписка",
        "Клиент",
        "Договор",
        "Тариф",
        "Последний день",
        "Цена",
        "Валюта",
        "Следующая",
        "Продана",
    ),
    Language.EN: (
        "Month",
        "Seller",
        "Outcome",
        "Subscription",
        "Client",
        "Contract",
        "Plan",
        "Last day",
        "Price",
        "Currency",
        "Successor",
        "Sold on",
    ),
}
NAMES = {Language.RU: "Продления", Language.EN: "Renewals"}


def renewal_table(reports: Sequence[tuple[str, RenewalReport]], language: Language) -> Table:
    """The reports of sellers by their codes, line by line; what was won back stands with the price of its renewal."""
    rows = [row for seller, report in reports for row in _rows(seller, report, language)]
    return Table(NAMES[language], HEADS[language], rows)


def _rows(seller: str, report: RenewalReport, language: Language) -> Iterator[tuple[Cell, ...]]:
    groups = [(OUTCOMES[language][outcome], group) for outcome, group in report.outcomes.items()]
    for became, group in (*groups, (WON_BACK[language], report.won_back)):
        for line in group.lines:
            yield f"{report.month:%Y-%m}", seller, became, *_cells(line, group is report.won_back)


def _cells(line: Ended, is_won_back: bool) -> tuple[Cell, ...]:
    following = line.following
    price = following.price if is_won_back and following is not None else line.price
    return (
        line.subscription_id,
        line.client,
        line.contract_number,
        line.plan,
        line.last_day,
        price,
        price.currency,
        None if following is None else following.subscription_id,
        None if following is None else following.sold_on,
    )
