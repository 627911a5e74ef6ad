"""The desk's answers as sentences that a desk officer can read aloud, in Russian and English (rules D2, D6)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from documents.words import Language, day_in_figures, day_in_words, hours_in_words, price
from entitlements.answers import Cost, CoverView, Decision, HoursView
from entitlements.covers import CoverKind
from entitlements.reasons import Reason


@dataclass(frozen=True, slots=True)
class Sentence:
    """One reason in both languages, with places for the facts of the answer."""

    ru: str
    en: str

    def said(self, language: Language, facts: Mapping[str, str]) -> str:
        """The sentence with its facts."""
        return (self.ru if language is Language.RU else self.en).format_map(facts)

    def of_free_period(self) -> "Sentence":
        """The same of a cover without a contract (S3)."""
        ru, en = self.ru, self.en
        for contract, free in _FREE_PERIOD_RU:
            ru = ru.replace(contract, free)
        for contract, free in _FREE_PERIOD_EN:
            en = en.replace(contract, free)
        return Sentence(ru, en)


_FREE_PERIOD_RU = (
    ("Пора продлевать договор {contract}", "Это бесплатный период, пора оформить подписку"),
    ("по договору {contract}", "в бесплатном периоде"),
    ("договор {contract}", "бесплатный период"),
    ("Договор {contract}", "Бесплатный период"),
)
_FREE_PERIOD_EN = (
    ("Contract {contract} is due for renewal", "The period is free; it is time to subscribe"),
    ("under contract {contract}", "in the free period"),
    ("contract {contract}", "the free period"),
    ("Contract {contract}", "The free period"),
)

SENTENCES = {
    Reason.CLIENT_UNKNOWN: Sentence(
        "Клиент не найден. Уточните ИНН или регистрационный номер.",
        "No such client. Please check the INN or the registration number.",
    ),
    Reason.CLIENT_AMBIGUOUS: Sentence(
        "Подходят несколько клиентов ({candidates}). Уточните, о ком речь.",
        "Several clients match ({candidates}). Please make clear which one is meant.",
    ),
    Reason.NO_CONTRACT: Sentence(
        "У клиента нет договора на обслуживание.",
        "The client has no support contract.",
    ),
    Reason.CONTRACT_NOT_STARTED: Sentence(
        "Обслуживание по договору {contract} начнётся {starts_on}.",
        "Service under contract {contract} begins on {starts_on}.",
    ),
    Reason.CONTRACT_CANCELLED: Sentence(
        "Договор {contract} расторгнут, последним днём обслуживания было {last_day}.",
        "Contract {contract} was cancelled; its last day of service was {last_day}.",
    ),
    Reason.CONTRACT_SUSPENDED: Sentence(
        "Обслуживание по договору {contract} приостановлено.",
        "Service under contract {contract} is suspended.",
    ),
    Reason.CONTRACT_LAPSED: Sentence(
        "Обслуживание по договору {contract} закончилось {last_day}.",
        "Service under contract {contract} ended on {last_day}.",
    ),
    Reason.HELD_BY_OTHER_PARTNER: Sentence(
        "По данным разработчика эту программу сопровождает другой партнёр.",
        "By the vendor's register another partner supports this product.",
    ),
    Reason.NOT_SIGNED: Sentence(
        "Договор {contract} ещё не подписан, обслуживание начнётся после подписания.",
        "Contract {contract} is not signed yet; service begins once it is.",
    ),
    Reason.PAYMENT_OVERDUE: Sentence(
        "Оплата по договору {contract} просрочена, обслуживание остановлено до оплаты.",
        "Payment under contract {contract} is overdue; service stops until it is paid.",
    ),
    Reason.PRODUCT_NOT_COVERED: Sentence(
        "Этот программный продукт не входит в договор {contract}.",
        "This product is not covered by contract {contract}.",
    ),
    Reason.BASE_PLAN_INACTIVE: Sentence(
        "Тариф {plan} действует только вместе с базовым, а базовый сейчас не действует.",
        "Plan {plan} serves only beside its base plan, which does not serve now.",
    ),
    Reason.CONTACT_NOT_NAMED: Sentence(
        "По тарифу {plan} обращаются только названные клиентом лица. Обратившегося среди них нет.",
        "Under plan {plan} only people whom the client named may ask. The caller is not one of them.",
    ),
    Reason.SERVICE_NOT_INCLUDED: Sentence(
        "Эта услуга не входит в тариф {plan} по договору {contract}.",
        "This service is not part of plan {plan} under contract {contract}.",
    ),
    Reason.CHANNEL_NOT_INCLUDED: Sentence(
        "Обращения по этому каналу не входят в тариф {plan} по договору {contract}.",
        "Requests by this channel are not part of plan {plan} under contract {contract}.",
    ),
    Reason.LINE_NOT_INCLUDED: Sentence(
        "Эта линия поддержки не входит в тариф {plan} по договору {contract}.",
        "This support line is not part of plan {plan} under contract {contract}.",
    ),
    Reason.COUNT_EXHAUSTED: Sentence(
        "Включённое в тариф {plan} до {counted_until} уже использовано.",
        "All that plan {plan} includes until {counted_until} is used.",
    ),
    Reason.HOURS_EXHAUSTED: Sentence(
        "Часы закончились: по договору {contract} осталось {available}.",
        "The hours are used up: {available} left under contract {contract}.",
    ),
    Reason.REQUEST_EXCEEDS_BALANCE: Sentence(
        "На запрос нужно {needed}, а осталось {available}.",
        "The request needs {needed}, but {available} is left.",
    ),
    Reason.OVERRUN_LIMIT_REACHED: Sentence(
        "Достигнут предел работ сверх включённых часов ({overrun_limit}).",
        "The limit for work beyond the included hours ({overrun_limit}) is reached.",
    ),
    Reason.PAYMENT_OVERDUE_HOLD: Sentence(
        "Оплата по договору {contract} просрочена. Обслужить можно только после согласования.",
        "Payment under contract {contract} is overdue. Approval is needed to serve the request.",
    ),
    Reason.SERVICE_PAID_SEPARATELY: Sentence(
        "Эта услуга по тарифу {plan} оплачивается отдельно{amount} Нужно согласие клиента.",
        "Under plan {plan} this service is paid for separately{amount} The client has to agree.",
    ),
    Reason.OVERAGE_NEEDS_APPROVAL: Sentence(
        "Нужно согласование: {overage} выходит за остаток {available}.",
        "Approval is needed: {overage} goes beyond the {available} left.",
    ),
    Reason.REGISTER_UNCHECKED: Sentence(
        "Реестр разработчика ещё ни разу не ответил об этой программе. Нужно согласование.",
        "The vendor's register never answered for this product yet. Approval is needed.",
    ),
    Reason.COVERED_IN_GRACE: Sentence(
        "Договор {contract} закончился {last_day}, льготный срок до {grace_until}.",
        "Contract {contract} ended on {last_day}; grace lasts until {grace_until}.",
    ),
    Reason.COVERED_BY_OVERAGE: Sentence(
        "Обслуживаем сверх лимита: {overage} по договору {contract}{amount}",
        "Served beyond the hours: {overage} under contract {contract}{amount}",
    ),
    Reason.COVERED_LOW_BALANCE: Sentence(
        "Покрыто до {last_day}, часы на исходе.",
        "Covered until {last_day}; the hours run low.",
    ),
    Reason.COVERED_RENEWAL_DUE: Sentence(
        "Покрыто до {last_day}. Пора продлевать договор {contract}.",
        "Covered until {last_day}. Contract {contract} is due for renewal.",
    ),
    Reason.COVERED_PAYMENT_DUE: Sentence(
        "Покрыто до {last_day}, но оплата по договору {contract} просрочена.",
        "Covered until {last_day}, but payment under contract {contract} is overdue.",
    ),
    Reason.COVERED: Sentence(
        "Покрыто до {last_day}.",
        "Covered until {last_day}.",
    ),
    Reason.COVERED_FREE_PERIOD: Sentence(
        "Бесплатное обслуживание после покупки до {last_day}.",
        "Free service after the purchase until {last_day}.",
    ),
    Reason.COVERED_BY_OVERRIDE: Sentence(
        "Обслуживаем по отдельному согласованию до {approved_until}.",
        "Served by a special approval until {approved_until}.",
    ),
    Reason.ROUTED_TO_VENDOR: Sentence(
        "Базовая версия: передайте обращение на линию поддержки разработчика.",
        "Basic version: pass the request to the vendor's own support line.",
    ),
}
"""What is said for each reason; a test fails for a reason without a sentence."""

VERDICT_SENTENCES = {
    Reason.HOURS_EXHAUSTED: Sentence("Часы закончились.", "The hours are used up."),
    Reason.REQUEST_EXCEEDS_BALANCE: Sentence("На запрос не хватает часов.", "The hours left are not enough."),
    Reason.OVERRUN_LIMIT_REACHED: Sentence("Достигнут предел перерасхода.", "The overrun limit is reached."),
    Reason.OVERAGE_NEEDS_APPROVAL: Sentence("Нужно согласование.", "Approval is needed."),
    Reason.COVERED_BY_OVERAGE: Sentence("Обслуживаем сверх лимита.", "Served beyond the hours."),
}
"""The same for a caller who may not know the hours."""

_CASE = Sentence(
    "Решает менеджер, перерасход № {case}.",
    "A manager decides, over-limit case No. {case}.",
)
_NO_COVER_NEEDED = Sentence(
    "Самообслуживание доступно без договора.",
    "Self-service needs no contract.",
)
_NOBODY_NAMED = Sentence(
    "По тарифу {plan} обращаются только названные клиентом лица. Уточните почту или телефон обращающегося.",
    "Under plan {plan} only people whom the client named may ask. Please ask for the caller's e-mail or phone.",
)
_LEFT = Sentence("Осталось {available}.", "{available} left.")
_LEFT_BURNING = Sentence(
    "Осталось {available}, из них {burning} — только до {burns_on}.",
    "{available} left, {burning} of it only until {burns_on}.",
)


def decision_text(decision: Decision, language: Language, *, hours: bool = True, money: bool = True) -> str:
    """The answer as one or two sentences: the reason, and the hours left where the request is served from hours.

    Without `hours` or `money` the sentence keeps them to itself: not every caller may know.
    """
    sentence = (
        SENTENCES[decision.reason] if hours else VERDICT_SENTENCES.get(decision.reason, SENTENCES[decision.reason])
    )
    if decision.reason is Reason.COVERED and decision.cover is None:
        sentence = _NO_COVER_NEEDED
    if decision.reason is Reason.CONTACT_NOT_NAMED and _names_nobody(decision):
        sentence = _NOBODY_NAMED
    if decision.cover is not None and decision.cover.kind is CoverKind.FREE_PERIOD:
        sentence = sentence.of_free_period()
    text = sentence.said(language, _Facts(decision, language, money))
    if hours and decision.reason is Reason.OVERAGE_NEEDS_APPROVAL and decision.case is not None:
        return f"{text} {_CASE.said(language, {'case': str(decision.case.id)})}"
    if hours and decision.is_served and decision.hours is not None and decision.hours.given_minutes:
        return f"{text} {_left(decision.hours, language)}"
    return text


def _names_nobody(decision: Decision) -> bool:
    """Whether the question did not say who asks."""
    return any(rule.code == "CONTACT_NAMED" and not rule.have for rule in decision.rules)


def _left(hours: HoursView, language: Language) -> str:
    """The hours left, and how many of them end first when not all end together."""
    facts = {"available": hours_in_words(hours.available_minutes, language)}
    ends = {grant.last_day for grant in hours.grants}
    if len(ends) < 2:
        return _LEFT.said(language, facts)
    first = min(ends)
    burning = sum(grant.remaining_minutes for grant in hours.grants if grant.last_day == first)
    facts |= {"burning": hours_in_words(burning, language), "burns_on": _day(first, language)}
    return _LEFT_BURNING.said(language, facts)


class _Facts(dict[str, str]):
    """The facts that a sentence may name, each put into words when it is named."""

    def __init__(self, decision: Decision, language: Language, money: bool) -> None:
        self._decision, self._language, self._money = decision, language, money

    def __missing__(self, name: str) -> str:
        decision, language = self._decision, self._language
        if name == "candidates":
            return ", ".join(f"{_NUMBER[language]}{client_id}" for client_id in decision.candidates)
        if decision.cover is not None and name in _OF_COVER:
            return _OF_COVER[name](decision.cover, language)
        if decision.hours is not None and name in _OF_HOURS:
            return hours_in_words(_OF_HOURS[name](decision.hours), language)
        if decision.cost is not None and name in _OF_COST:
            return hours_in_words(_OF_COST[name](decision.cost), language)
        if decision.override is not None and name == "approved_until":
            return _day(decision.override.last_day, language)
        if name == "counted_until":
            return _day(decision.counts[0].period_last_day, language)
        if name == "amount":  # with the full stop after it, which an abbreviated currency brings along
            amount = decision.cost.amount if self._money and decision.cost is not None else None
            told = f", {price(amount, language)}" if amount is not None else ""
            return told.removesuffix(".") + "."
        raise KeyError(name)


_NUMBER = {Language.RU: "№ ", Language.EN: "No. "}
_OF_COVER: dict[str, Callable[[CoverView, Language], str]] = {
    "contract": lambda cover, language: f"{_NUMBER[language]}{cover.contract_number}",
    "plan": lambda cover, language: cover.plan_code,
    "starts_on": lambda cover, language: _day(cover.starts_on, language),
    "last_day": lambda cover, language: _day(cover.last_day, language),
    "grace_until": lambda cover, language: _day(cover.grace_until or cover.last_day, language),
}
_OF_HOURS: dict[str, Callable[[HoursView], int]] = {
    "available": lambda hours: hours.available_minutes,
    "overrun_limit": lambda hours: hours.overrun_limit_minutes or 0,
}
_OF_COST: dict[str, Callable[[Cost], int]] = {
    "needed": lambda cost: cost.billed_minutes,
    "overage": lambda cost: cost.overage_minutes,
}


def _day(day: date, language: Language) -> str:
    return day_in_figures(day) if language is Language.RU else day_in_words(day, language)
