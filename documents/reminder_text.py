"""What a reminder says, to the client and to the staff, in Russian and English; only what stays true while it waits."""

from dataclasses import dataclass
from datetime import date

from contracts.money import Money
from contracts.policies import LapseRenewal
from contracts.terms import ONE_DAY
from documents.words import Language, counted, day_in_words, price, printable

LONGEST_SUBJECT = 500


@dataclass(frozen=True, slots=True)
class Ending:
    """The end that is reminded of; without a price it is agreed, `served_until` is the last day of grace."""

    subscription_id: int
    client: str
    manager: str
    seller: str
    contact: str
    contract_number: str
    plan: str
    registrations: tuple[str, ...]
    last_day: date
    served_until: date
    lapse_renewal: LapseRenewal
    term_months: int
    price: Money | None


@dataclass(frozen=True, slots=True)
class Wording:
    """The subject and the lines of a letter."""

    subject: str
    body: str
    language: Language = Language.RU


def to_client(ending: Ending, language: Language) -> Wording:
    """What the client reads: the last day, the price, what happens after, and whom to ask."""
    number, last_day = ending.contract_number, day_in_words(ending.last_day, language)
    if language is Language.RU:
        subject = f"Договор № {number}: последний день обслуживания {last_day}"
        begins = f"Здравствуйте!\n\nПоследний день обслуживания по договору № {number} — {last_day}"
        ends = f"Если подписка уже продлена, ничего делать не нужно.\n\n{ending.seller}"
    else:
        subject = f"Contract No. {number}: last day of service {last_day}"
        begins = f"Good day,\n\nThe last day of service under contract No. {number} is {last_day}."
        ends = f"If the subscription is renewed already, there is nothing to do.\n\n{ending.seller}"
    told = (_facts(ending, language), _after(ending, language), ends, ending.contact)
    return worded(subject, begins, *told, language=language)


def to_staff(ending: Ending, language: Language) -> Wording:
    """What the staff reads: who it is, who looks after it, and how to renew."""
    last_day = day_in_words(ending.last_day, language)
    if language is Language.RU:
        subject = f"{ending.client}: последний день обслуживания {last_day}"
        begins = f"Клиент: {ending.client}\nДоговор: № {ending.contract_number}\nПоследний день: {last_day}"
        manager = f"Ведёт: {ending.manager}" if ending.manager else "Клиента никто не ведёт."
        ends = f"Варианты продления: abonement offer {ending.subscription_id}"
    else:
        subject = f"{ending.client}: last day of service {last_day}"
        begins = f"Client: {ending.client}\nContract: No. {ending.contract_number}\nLast day: {last_day}"
        manager = f"Manager: {ending.manager}" if ending.manager else "Nobody looks after the client."
        ends = f"Ways to renew: abonement offer {ending.subscription_id}"
    return worded(subject, begins, manager, _facts(ending, language), _after(ending, language), ends, language=language)


def worded(subject: str, *paragraphs: str, language: Language) -> Wording:
    """A letter of those paragraphs that are not empty."""
    return Wording(printable(subject)[:LONGEST_SUBJECT], "\n\n".join(filter(None, paragraphs)) + "\n", language)


def _facts(ending: Ending, language: Language) -> str:
    registrations = ", ".join(ending.registrations)
    if language is Language.RU:
        cost = "по договорённости" if ending.price is None else price(ending.price, language)
        term = counted(ending.term_months, language, "месяц", "месяца", "месяцев")
        lines = [f"Тариф: {ending.plan}", registrations and f"Программы: {registrations}"]
        lines.append(f"Продление на {term}: {cost}")
    else:
        cost = "as agreed" if ending.price is None else price(ending.price, language)
        term = counted(ending.term_months, language, "month", "months")
        lines = [f"Plan: {ending.plan}", registrations and f"Registrations: {registrations}"]
        lines.append(f"Renewal for {term}: {cost}")
    return "\n".join(filter(None, lines))


_RENEWED_LATE = {
    Language.RU: {
        LapseRenewal.NEW_START: "Продление после перерыва начинается заново, по цене после перерыва.",
        LapseRenewal.CONTINUOUS: "Продление после перерыва начинается с {next_day}, дни перерыва не обслуживаются.",
        LapseRenewal.PAY_GAP: "Продление после перерыва начинается заново, а дни перерыва оплачиваются.",
    },
    Language.EN: {
        LapseRenewal.NEW_START: "A renewal after a break starts anew, at the price after a break.",
        LapseRenewal.CONTINUOUS: "A renewal after a break starts on {next_day}; the days of the break are not served.",
        LapseRenewal.PAY_GAP: "A renewal after a break starts anew, and the days of the break are paid for.",
    },
}


def _after(ending: Ending, language: Language) -> str:
    """What happens after the last day: grace, the end of service, and how a late renewal starts (S5)."""
    until = day_in_words(ending.served_until, language)
    late = _RENEWED_LATE[language][ending.lapse_renewal]
    late = late.format(next_day=day_in_words(ending.last_day + ONE_DAY, language))
    in_grace = ending.served_until > ending.last_day
    if language is Language.RU:
        grace = f"Льготный срок — по {until}: обслуживание продолжается, продление считается непрерывным. "
        return f"{grace if in_grace else ''}После {until} обращения не обслуживаются. {late}"
    grace = f"Grace lasts until {until}: service goes on, and a renewal counts as continuous. "
    return f"{grace if in_grace else ''}After {until} no requests are served. {late}"
