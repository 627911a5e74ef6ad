"""What every reason of the desk means, in one line each: the one source of the documentation (rule D2)."""

from documents.words import Language
from entitlements.reasons import Reason

MEANINGS: dict[Reason, dict[Language, str]] = {
    reason: {Language.RU: ru, Language.EN: en}
    for reason, ru, en in (
        (Reason.CLIENT_UNKNOWN, "такого клиента нет", "no client is known by these keys"),
        (
            Reason.CLIENT_AMBIGUOUS,
            "подходят несколько клиентов; ключ desk видит какие",
            "several clients match; desk keys see which",
        ),
        (Reason.NO_CONTRACT, "договора нет", "the client has no contract"),
        (Reason.CONTRACT_NOT_STARTED, "срок ещё не начался", "the term begins later"),
        (Reason.CONTRACT_CANCELLED, "подписка расторгнута", "the subscription was cancelled"),
        (Reason.CONTRACT_SUSPENDED, "обслуживание приостановлено", "service is stopped by a block"),
        (Reason.CONTRACT_LAPSED, "срок закончился", "the term is over"),
        (Reason.HELD_BY_OTHER_PARTNER, "программу ведёт другой партнёр", "the vendor's register names another partner"),
        (Reason.NOT_SIGNED, "договор не отмечен как подписанный", "the plan waits for a signed contract"),
        (Reason.PAYMENT_OVERDUE, "льготный срок оплаты прошёл", "the payment grace is over"),
        (Reason.PRODUCT_NOT_COVERED, "программа не входит в договор", "the registration is not covered"),
        (Reason.BASE_PLAN_INACTIVE, "базовый план не действует", "the plan that this one needs does not serve"),
        (Reason.CONTACT_NOT_NAMED, "обратился не тот, кого назвал клиент", "who asks is no contact, or is not named"),
        (Reason.SERVICE_NOT_INCLUDED, "услуги нет в плане", "the plan does not include the service"),
        (Reason.CHANNEL_NOT_INCLUDED, "канала нет в плане", "the plan does not include the channel"),
        (Reason.LINE_NOT_INCLUDED, "линии поддержки нет в плане", "the plan does not reach to the support line"),
        (Reason.COUNT_EXHAUSTED, "включённое число использовано", "all uses of the period are taken"),
        (Reason.HOURS_EXHAUSTED, "часов не осталось", "no hours are left"),
        (Reason.REQUEST_EXCEEDS_BALANCE, "часов не хватает", "the hours left are not enough"),
        (Reason.OVERRUN_LIMIT_REACHED, "предел перерасхода достигнут", "the overrun ceiling is reached"),
        (Reason.PAYMENT_OVERDUE_HOLD, "оплата просрочена, решает руководитель", "unpaid; a manager decides"),
        (Reason.SERVICE_PAID_SEPARATELY, "услуга за отдельную плату", "the service has a price of its own"),
        (Reason.OVERAGE_NEEDS_APPROVAL, "часов не хватает, решает руководитель", "beyond the hours; a manager decides"),
        (Reason.REGISTER_UNCHECKED, "реестр ни разу не ответил", "the vendor's register never answered"),
        (Reason.COVERED_IN_GRACE, "срок прошёл, льготный идёт", "served in the days of grace"),
        (Reason.COVERED_BY_OVERAGE, "обслуживание сверх часов", "served beyond the hours, as paid work"),
        (Reason.COVERED_LOW_BALANCE, "часы на исходе", "served; the hours run low"),
        (Reason.COVERED_RENEWAL_DUE, "пора продлевать", "served; the term ends soon"),
        (Reason.COVERED_PAYMENT_DUE, "оплата просрочена, льготный срок идёт", "served in the payment grace"),
        (Reason.COVERED, "покрыто", "served"),
        (Reason.COVERED_FREE_PERIOD, "бесплатный период после покупки", "served in a free period after a purchase"),
        (Reason.COVERED_BY_OVERRIDE, "по решению человека", "served on a person's word"),
        (Reason.ROUTED_TO_VENDOR, "обслужит линия разработчика", "the vendor's own line serves for free"),
    )
}
"""A test fails for a reason without one."""

_HEAD = {
    Language.RU: "| причина | решение | что значит |\n|---|---|---|",
    Language.EN: "| reason | decision | meaning |\n|---|---|---|",
}


def reason_table(language: Language) -> str:
    """Every reason in its order, its decision and its meaning, as a table in Markdown."""
    lines = (f"| `{reason}` | `{reason.verdict}` | {MEANINGS[reason][language]} |" for reason in Reason)
    return "\n".join((_HEAD[language], *lines))
