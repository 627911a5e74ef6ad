"""The pipeline as a table in Russian and English, and what its codes mean."""

from collections.abc import Mapping, Sequence

from billing.pipeline import Line, Risk
from contracts.standing import Standing
from documents.tables import Cell, Table
from documents.words import Language, counted, hours_in_words

NAMES = {Language.RU: "Окончания", Language.EN: "Pipeline"}
HEADS = {
    Language.RU: (
        "Подписка",
        "Последний день",
        "Осталось дней",
        "Клиент",
        "Ведёт",
        "Продавец",
        "Договор",
        "Тариф",
        "Программы",
        "Срок, месяцев",
        "Прежняя цена",
        "Цена продления",
        "Валюта",
        "Состояние",
        "Продлена",
        "Риски",
    ),
    Language.EN: (
        "Subscription",
        "Last day",
        "Days left",
        "Client",
        "Manager",
        "Seller",
        "Contract",
        "Plan",
        "Registrations",
        "Months",
        "Last price",
        "Price of renewing",
        "Currency",
        "Standing",
        "Renewed",
        "Risks",
    ),
}
STANDINGS = {
    Language.RU: {
        Standing.UPCOMING: "ещё не началась",
        Standing.ACTIVE: "действует",
        Standing.EXPIRING: "истекает",
        Standing.GRACE: "льготный срок",
        Standing.LAPSED: "закончилась",
        Standing.CANCELLED: "расторгнута",
        Standing.SUSPENDED: "приостановлена",
    },
    Language.EN: {standing: standing.value for standing in Standing},
}
FREE_STANDINGS = {
    Language.RU: STANDINGS[Language.RU]
    | {
        Standing.UPCOMING: "ещё не начался",
        Standing.LAPSED: "закончился",
        Standing.CANCELLED: "прекращён",
        Standing.SUSPENDED: "приостановлен",
    },
    Language.EN: STANDINGS[Language.EN],
}
"""The same of a free period, which in Russian is no feminine."""
YES = {Language.RU: "да", Language.EN: "yes"}


def pipeline_table(lines: Sequence[Line], language: Language) -> Table:
    """The lines as rows, in their order."""
    return Table(NAMES[language], HEADS[language], [_row(line, language) for line in lines])


def _row(line: Line, language: Language) -> tuple[Cell, ...]:
    return (
        line.subscription_id,
        line.last_day,
        line.days_left,
        line.client,
        line.manager,
        line.seller,
        line.contract_number,
        line.plan,
        ", ".join(line.registrations),
        line.term_months,
        line.last_price,
        line.price,
        line.last_price.currency,
        STANDINGS[language][line.standing],
        YES[language] if line.renewed else "",
        risks_in_words(line.risks, language),
    )


def risks_in_words(risks: Mapping[Risk, int], language: Language) -> str:
    """What is at risk and by how much, "часы отказаны: 2 обращения; часы пропали: 1 ч"."""
    return "; ".join(_risk(risk, amount, language) for risk, amount in risks.items())


def _risk(risk: Risk, amount: int, language: Language) -> str:
    russian = language is Language.RU
    match risk:
        case Risk.UNPAID if russian:
            return f"не оплачено: {counted(amount, language, 'день', 'дня', 'дней')}"
        case Risk.UNPAID:
            return f"unpaid: {counted(amount, language, 'day', 'days')}"
        case Risk.HOURS_REFUSED if russian:
            return f"не хватило часов: {counted(amount, language, 'обращение', 'обращения', 'обращений')}"
        case Risk.HOURS_REFUSED:
            return f"hours refused: {counted(amount, language, 'request', 'requests')}"
        case Risk.HOURS_LOST:
            return f"{'часы пропадают' if russian else 'hours lost'}: {hours_in_words(amount, language)}"
        case Risk.OPEN_OBJECTIONS:
            return f"{'возражения без решения' if russian else 'open objections'}: {amount}"
