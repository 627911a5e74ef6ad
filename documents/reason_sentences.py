"""What is said for each reason of the desk's answer, to be read aloud, in Russian and English (rules D2, D6)."""

from collections.abc import Mapping
from dataclasses import dataclass

from documents.words import Language
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

    def without_names(self) -> "Sentence":
        """The same for a caller who may not know which contract and which plan it is."""
        ru = self.ru.replace(" {contract}", "").replace(" {plan}", "")
        en = self.en.replace("Contract {contract}", "The contract").replace("contract {contract}", "the contract")
        return Sentence(ru, en.replace(" {plan}", ""))


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
        "According to the vendor's register, another partner supports this product.",
    ),
    Reason.NOT_SIGNED: Sentence(
        "Договор {contract} ещё не подписан, обслуживание начнётся после подписания.",
        "Contract {contract} is not signed yet; service begins once it is.",
    ),
    Reason.PAYMENT_OVERDUE: Sentence(
        "Оплата по договору {contract} просрочена, обслуживание остановлено до оплаты.",
        "Payment under contract {contract} is overdue; service is stopped until it is paid.",
    ),
    Reason.PRODUCT_NOT_COVERED: Sentence(
        "Этот программный продукт не входит в договор {contract}.",
        "This product is not covered by contract {contract}.",
    ),
    Reason.BASE_PLAN_INACTIVE: Sentence(
        "Тариф {plan} действует только вместе с базовым, а базовый сейчас не действует.",
        "The plan {plan} is valid only together with its base plan, which is not active now.",
    ),
    Reason.CONTACT_NOT_NAMED: Sentence(
        "По тарифу {plan} обращаются только те, кого назвал клиент. Обратившегося среди них нет.",
        "Under the plan {plan} only people whom the client named may ask. The caller is not one of them.",
    ),
    Reason.SERVICE_NOT_INCLUDED: Sentence(
        "{service} не входит в тариф {plan}.",
        "{service} is not part of the plan {plan}.",
    ),
    Reason.CHANNEL_NOT_INCLUDED: Sentence(
        "Обращения по этому каналу не входят в тариф {plan}.",
        "Requests by this channel are not part of the plan {plan}.",
    ),
    Reason.LINE_NOT_INCLUDED: Sentence(
        "Линия поддержки {line} не входит в тариф {plan}.",
        "The support line {line} is not part of the plan {plan}.",
    ),
    Reason.COUNT_EXHAUSTED: Sentence(
        "{service} исчерпана: всё, что входит в тариф {plan} до {counted_until}, использовано.",
        "{service} is used up: all that the plan {plan} includes until {counted_until} is taken.",
    ),
    Reason.HOURS_EXHAUSTED: Sentence(
        "Часов по договору {contract} не осталось.",
        "No hours are left under contract {contract}.",
    ),
    Reason.REQUEST_EXCEEDS_BALANCE: Sentence(
        "Запрос займёт {needed}, остаток — {available}.",
        "The request takes {needed}; the balance is {available}.",
    ),
    Reason.OVERRUN_LIMIT_REACHED: Sentence(
        "Запрос выходит за предел работ сверх включённых часов: {overrun_limit}.",
        "The request goes over the limit for work beyond the included hours: {overrun_limit}.",
    ),
    Reason.PAYMENT_OVERDUE_HOLD: Sentence(
        "Оплата по договору {contract} просрочена. Обслужить можно только после согласования.",
        "Payment under contract {contract} is overdue. Approval is needed to serve the request.",
    ),
    Reason.SERVICE_PAID_SEPARATELY: Sentence(
        "{service} по тарифу {plan} оплачивается отдельно{amount} Нужно согласие клиента.",
        "{service} is paid for separately under the plan {plan}{amount} The client has to agree.",
    ),
    Reason.OVERAGE_NEEDS_APPROVAL: Sentence(
        "Нужно согласование: запрос займёт {needed}, остаток — {available}.",
        "Approval is needed: the request takes {needed}; the balance is {available}.",
    ),
    Reason.REGISTER_UNCHECKED: Sentence(
        "Реестр разработчика ещё ни разу не ответил об этой программе. Нужно согласование.",
        "The vendor's register has not answered for this product yet. Approval is needed.",
    ),
    Reason.COVERED_IN_GRACE: Sentence(
        "Договор {contract} закончился {last_day}, обслуживаем в льготный срок до {grace_until}.",
        "Contract {contract} ended on {last_day}; served in its days of grace until {grace_until}.",
    ),
    Reason.COVERED_BY_OVERAGE: Sentence(
        "Обслуживаем сверх включённых часов: {overage} по договору {contract}{amount}",
        "Served beyond the included hours: {overage} under contract {contract}{amount}",
    ),
    Reason.COVERED_LOW_BALANCE: Sentence(
        "Покрыто до {last_day}, часы на исходе.",
        "Covered until {last_day}; the hours are running low.",
    ),
    Reason.COVERED_RENEWAL_DUE: Sentence(
        "Покрыто до {last_day}. Пора продлевать договор {contract}.",
        "Covered until {last_day}. Contract {contract} is due for renewal.",
    ),
    Reason.COVERED_PAYMENT_DUE: Sentence(
        "Оплата по договору {contract} просрочена: без неё обслуживание остановится после {unpaid_until}.",
        "Payment under contract {contract} is overdue; without it service stops after {unpaid_until}.",
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
        "Served on a special approval until {approved_until}.",
    ),
    Reason.ROUTED_TO_VENDOR: Sentence(
        "Базовая версия: передайте обращение на линию поддержки разработчика.",
        "Basic version: pass the request to the vendor's own support line.",
    ),
}
"""What is said for each reason; a test fails for a reason without a sentence."""

VERDICT_SENTENCES = {
    Reason.CLIENT_AMBIGUOUS: Sentence(
        "Подходят несколько клиентов. Уточните, о ком речь.",
        "Several clients match. Please make clear which one is meant.",
    ),
    Reason.CONTRACT_NOT_STARTED: Sentence(
        "Обслуживание по договору {contract} ещё не началось.",
        "Service under contract {contract} has not begun yet.",
    ),
    Reason.COUNT_EXHAUSTED: Sentence(
        "{service} исчерпана: всё, что входит в тариф {plan}, использовано.",
        "{service} is used up: all that the plan {plan} includes is taken.",
    ),
    Reason.HOURS_EXHAUSTED: Sentence("Часов не осталось.", "No hours are left."),
    Reason.REQUEST_EXCEEDS_BALANCE: Sentence("На запрос не хватает часов.", "The hours left are not enough."),
    Reason.OVERRUN_LIMIT_REACHED: Sentence("Достигнут предел перерасхода.", "The overrun limit is reached."),
    Reason.OVERAGE_NEEDS_APPROVAL: Sentence("Нужно согласование.", "Approval is needed."),
    Reason.COVERED_IN_GRACE: Sentence(
        "Договор {contract} закончился {last_day}, обслуживаем в льготный срок.",
        "Contract {contract} ended on {last_day}; served in its days of grace.",
    ),
    Reason.COVERED_PAYMENT_DUE: Sentence(
        "Обслуживаем, но оплата по договору {contract} просрочена.",
        "Served, but payment under contract {contract} is overdue.",
    ),
    Reason.COVERED_BY_OVERAGE: Sentence("Обслуживаем сверх включённых часов.", "Served beyond the included hours."),
    Reason.COVERED_BY_OVERRIDE: Sentence("Обслуживаем по отдельному согласованию.", "Served on a special approval."),
}
"""The same for a caller who may know the verdict and the last day alone, nor between whom somebody is ambiguous."""

REGISTRATION_SENTENCES = {
    Reason.CONTRACT_LAPSED: Sentence(
        "Обслуживание по договору {contract} остановлено: регистрация у разработчика закончилась {last_day}.",
        "Service under contract {contract} has stopped: the registration with the vendor ended on {last_day}.",
    ),
    Reason.COVERED_RENEWAL_DUE: Sentence(
        "Покрыто до {last_day}: в этот день кончается регистрация у разработчика.",
        "Covered until {last_day}, when the registration with the vendor ends.",
    ),
}
"""The same where it is the vendor's register that ends the service before the contract does (S8)."""

NOTHING_LEFT_SENTENCES = {
    Reason.OVERAGE_NEEDS_APPROVAL: Sentence(
        "Нужно согласование: запрос займёт {needed}, а часов не осталось.",
        "Approval is needed: the request takes {needed}, and no hours are left.",
    ),
}
"""The same where nothing is left, which is said in words and not as a figure."""

NOTHING_GIVEN_SENTENCES = {
    Reason.OVERAGE_NEEDS_APPROVAL: Sentence(
        "Нужно согласование: запрос займёт {needed}, а часы в бесплатный период не включены.",
        "Approval is needed: the request takes {needed}, and the free period includes no hours.",
    ),
    Reason.HOURS_EXHAUSTED: Sentence(
        "Часы в бесплатный период не включены.",
        "The free period includes no hours.",
    ),
}
"""The same of a free period that never had any (S3)."""

NO_OVERRUN = Sentence(
    "Часов не хватает, а работы сверх них тариф {plan} не допускает.",
    "The hours are not enough, and the plan {plan} allows no work beyond them.",
)

CASE = Sentence(
    "Решает менеджер, перерасход № {case}.",
    "A manager decides, over-limit case No. {case}.",
)
CANCELLED_BEFORE = Sentence(
    "Договор {contract} расторгнут до начала обслуживания.",
    "Contract {contract} was cancelled before its service began.",
)
NO_COVER_NEEDED = Sentence(
    "Самообслуживание доступно без договора.",
    "Self-service needs no contract.",
)
NOBODY_NAMED = Sentence(
    "По тарифу {plan} обращаются только те, кого назвал клиент. Уточните почту или телефон обращающегося.",
    "Under the plan {plan} only people whom the client named may ask. Please ask for the caller's e-mail or phone.",
)
BEYOND = Sentence(
    "Сверх включённых часов: {overage}{amount}",
    "Beyond the included hours: {overage}{amount}",
)
LEFT = Sentence("Осталось {available}.", "{available} left.")
LEFT_BURNING = Sentence(
    "Осталось {available}, из них {burning} — только до {burns_on}.",
    "{available} left, {burning} of it only until {burns_on}.",
)
NOTHING_LEFT = Sentence("Часов не осталось.", "No hours are left.")
