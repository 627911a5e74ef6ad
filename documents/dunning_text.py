"""What a notice about an invoice that is not paid says, in Russian and English (S8)."""

from dataclasses import dataclass
from datetime import date

from billing.dunning_steps import DunningNotice
from contracts.money import Money
from documents.reminder_text import Wording, worded
from documents.words import Language, day_in_words, full_stop, price


@dataclass(frozen=True, slots=True)
class Overdue:
    """The invoice that is overdue, what is still to be paid, whether service is stopped, and who asks for it."""

    notice: DunningNotice
    number: str
    issued_on: date
    due_on: date
    total: Money
    left: Money
    is_blocked: bool
    seller: str
    contact: str


def notice_text(overdue: Overdue, language: Language) -> Wording:
    """The notice to the client: what is not paid, since when, and what follows."""
    number, due_on = overdue.number, day_in_words(overdue.due_on, language)
    left, issued_on = price(overdue.left, language), day_in_words(overdue.issued_on, language)
    if language is Language.RU:
        subject = f"{_SUBJECTS_RU[overdue.notice]}: счёт № {number}"
        whole = "" if overdue.left == overdue.total else f" из {price(overdue.total, language)}"
        unpaid = full_stop(f"Счёт № {number} от {issued_on} не оплачен к {due_on}")
        begins = f"Здравствуйте!\n\n{unpaid} {full_stop(f'Осталось: {left}{whole}')}"
        follows = _BLOCKED_RU if overdue.is_blocked else _FOLLOWS_RU[overdue.notice]
        ends = f"Если вы уже заплатили, ничего делать не нужно.\n\n{overdue.seller}"
    else:
        subject = f"{_SUBJECTS_EN[overdue.notice]}: invoice No. {number}"
        whole = "" if overdue.left == overdue.total else f" of {price(overdue.total, language)}"
        begins = (
            f"Good day,\n\nInvoice No. {number} of {issued_on} was due on {due_on}. Still to be paid: {left}{whole}."
        )
        follows = _BLOCKED_EN if overdue.is_blocked else _FOLLOWS_EN[overdue.notice]
        ends = f"If you have paid already, there is nothing to do.\n\n{overdue.seller}"
    return worded(subject, begins, follows, ends, overdue.contact, language=language)


def block_reason(number: str, language: Language) -> str:
    """Why service is stopped, as the desk reads it."""
    return f"Не оплачен счёт {number}" if language is Language.RU else f"Invoice {number} is not paid"


_SUBJECTS_RU = {
    DunningNotice.REMINDER: "Напоминание об оплате",
    DunningNotice.DEMAND: "Просрочена оплата",
    DunningNotice.LAST_NOTICE: "Последнее напоминание об оплате",
}
_SUBJECTS_EN = {
    DunningNotice.REMINDER: "Payment reminder",
    DunningNotice.DEMAND: "Payment overdue",
    DunningNotice.LAST_NOTICE: "Last payment notice",
}
_FOLLOWS_RU = {
    DunningNotice.REMINDER: "Пожалуйста, оплатите счёт.",
    DunningNotice.DEMAND: "Без оплаты обслуживание по договору может быть остановлено.",
    DunningNotice.LAST_NOTICE: "Больше напоминаний не будет. Без оплаты обслуживание по договору останавливается.",
}
_FOLLOWS_EN = {
    DunningNotice.REMINDER: "Please pay the invoice.",
    DunningNotice.DEMAND: "Without payment the service under the contract may be stopped.",
    DunningNotice.LAST_NOTICE: "There will be no other notice. Without payment the service under the contract stops.",
}
_BLOCKED_RU = "Обслуживание по договору остановлено, пока счёт не оплачен."
_BLOCKED_EN = "The service under the contract is stopped until the invoice is paid."
