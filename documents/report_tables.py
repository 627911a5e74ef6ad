"""The reports of hours, denied demand and profitability as tables in Russian and English."""

from collections.abc import Mapping, Sequence

from billing.denied_demand import DeniedRequest
from billing.profit import ProfitReport
from contracts.parties import Seller
from documents.reason_table import MEANINGS
from documents.tables import Cell, Table
from documents.words import Language
from entitlements.pool_months import PoolMonth

YES = {Language.RU: "да", Language.EN: "yes"}
BURN_DOWN = {
    Language.RU: (
        "Клиент",
        "Месяц",
        "Закрыт",
        "Было, мин",
        "Дано, мин",
        "Использовано, мин",
        "Сгорело, мин",
        "Перенесено, мин",
        "Осталось, мин",
        "Сверх часов, мин",
        "Платные, мин",
    ),
    Language.EN: (
        "Client",
        "Month",
        "Closed",
        "Opening, min",
        "Given, min",
        "Used, min",
        "Burnt, min",
        "Rolled over, min",
        "Left, min",
        "Beyond the hours, min",
        "Paid, min",
    ),
}
DENIED = {
    Language.RU: ("День", "Клиент", "Обращение", "Код", "Причина", "Минут", "Стоимость", "Валюта"),
    Language.EN: ("Day", "Client", "Ticket", "Code", "Reason", "Minutes", "Worth", "Currency"),
}
PROFIT = {
    Language.RU: (
        "Клиент",
        "Договор",
        "Валюта",
        "Абонентская плата",
        "Пакеты",
        "Сверх часов",
        "Выручка без НДС",
        "Работа инженеров",
        "Прибыль",
        "Отработано, мин",
        "Без ставки, мин",
    ),
    Language.EN: (
        "Client",
        "Contract",
        "Currency",
        "Prepaid",
        "Packages",
        "Beyond the hours",
        "Revenue without tax",
        "Engineers",
        "Margin",
        "Worked, min",
        "Without a rate, min",
    ),
}
NAMES = {
    Language.RU: ("Часы", "Отказанный спрос", "Прибыльность"),
    Language.EN: ("Hours", "Denied demand", "Profitability"),
}


def burn_down_table(months: Sequence[PoolMonth], clients: Mapping[int, str], language: Language) -> Table:
    """The months of the clients' hours, one in a row."""
    rows: list[tuple[Cell, ...]] = [
        (
            clients[one.client_id],
            f"{one.month:%Y-%m}",
            YES[language] if one.is_closed else "",
            one.moved.opening_minutes,
            one.moved.given_minutes,
            one.moved.used_minutes,
            one.moved.burnt_minutes,
            one.moved.rolled_minutes,
            one.moved.closing_minutes,
            one.overage_minutes,
            one.paid_minutes,
        )
        for one in months
    ]
    return Table(NAMES[language][0], BURN_DOWN[language], rows)


def denied_table(requests: Sequence[DeniedRequest], seller: Seller, language: Language) -> Table:
    """The denied requests, one in a row, on the seller's days."""
    rows: list[tuple[Cell, ...]] = [
        (
            seller.day_of(one.asked_at),
            one.client,
            one.ticket,
            one.reason.value,
            MEANINGS[one.reason][language],
            one.minutes,
            one.worth,
            None if one.worth is None else one.worth.currency,
        )
        for one in requests
    ]
    return Table(NAMES[language][1], DENIED[language], rows)


def profit_table(report: ProfitReport, language: Language) -> Table:
    """The contracts, one in a row for each currency."""
    rows: list[tuple[Cell, ...]] = [
        (
            row.client,
            row.contract_number,
            row.currency,
            row.prepaid,
            row.packages,
            row.charged,
            row.revenue,
            row.cost,
            row.margin,
            row.worked_minutes,
            row.unrated_minutes,
        )
        for row in report.contracts
    ]
    return Table(NAMES[language][2], PROFIT[language], rows)
