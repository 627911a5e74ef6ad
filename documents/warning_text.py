"""What a warning about hours says, to the client and to the staff, in Russian and English (rule H13)."""

from dataclasses import dataclass
from datetime import date

from contracts.money import Money
from contracts.policies import OverLimit
from documents.reminder_text import Wording, worded
from documents.words import Language, day_in_words, hours_in_words, per_cent, price


@dataclass(frozen=True, slots=True)
class ShortHours:
    """The hours of a client with a seller when the warning was recorded, and what the plan says beyond them.

    `hour_price` is none when no price was agreed, `runs_out_on` without a forecast or when the hours last.
    """

    client_id: int
    client: str
    manager: str
    seller: str
    contact: str
    plan: str
    given_minutes: int
    used_minutes: int
    held_minutes: int
    available_minutes: int
    overage_minutes: int
    period_last_day: date
    warned_on: date
    runs_out_on: date | None
    over_limit: OverLimit
    hour_price: Money | None

    @property
    def share_percent(self) -> int:
        """How much of what was given is used or held, in whole per cent."""
        return 100 * (self.used_minutes + self.held_minutes) // self.given_minutes


def to_client(short: ShortHours, language: Language) -> Wording:
    """What the client reads: how the hours stand, when they run out, what happens then, and whom to ask."""
    if language is Language.RU:
        begins = "Здравствуйте!"
        ends = f"Часы можно докупить пакетом.\n\n{short.seller}"
    else:
        begins = "Good day,"
        ends = f"More hours can be bought as a package.\n\n{short.seller}"
    headline = _headline(short, language)
    headline = headline[0].upper() + headline[1:]
    stand = f"{headline}.\n{_figures(short, language)}"
    forecast, beyond = _forecast(short, language), _beyond(short, language)
    return worded(headline, begins, stand, forecast, beyond, ends, short.contact, language=language)


def to_staff(short: ShortHours, language: Language) -> Wording:
    """What the staff reads: whose hours they are, how they stand, and what will happen to requests beyond them."""
    if language is Language.RU:
        who = f"Клиент: {short.client}\nТариф: {short.plan}"
        manager = f"Ведёт: {short.manager}" if short.manager else "Клиента никто не ведёт."
        ends = f"Все предупреждения: abonement warnings --client {short.client_id}"
    else:
        who = f"Client: {short.client}\nPlan: {short.plan}"
        manager = f"Manager: {short.manager}" if short.manager else "Nobody looks after the client."
        ends = f"All warnings: abonement warnings --client {short.client_id}"
    subject, figures = f"{short.client}: {_headline(short, language)}", _figures(short, language)
    forecast, beyond = _forecast(short, language), _beyond(short, language)
    return worded(subject, f"{who}\n{manager}", figures, forecast, beyond, ends, language=language)


def _headline(short: ShortHours, language: Language) -> str:
    russian = language is Language.RU
    if short.available_minutes <= 0:
        return "часы поддержки закончились" if russian else "the hours of support are used up"
    if russian:
        return f"использовано {per_cent(short.share_percent, language)} часов поддержки"
    return f"{per_cent(short.share_percent, language)} of the hours of support are used"


def _figures(short: ShortHours, language: Language) -> str:
    russian, said = language is Language.RU, []
    for minutes, in_russian, in_english in (
        (short.given_minutes, "дано", "given"),
        (short.used_minutes, "использовано", "used"),
        (short.held_minutes, "в резерве", "held"),
        (short.available_minutes, "осталось", "left"),
        (short.overage_minutes, "сверх них", "beyond them"),
    ):
        if minutes or in_english in ("given", "used", "left"):
            said.append(f"{in_russian if russian else in_english} {hours_in_words(minutes, language)}")
    stood, until = day_in_words(short.warned_on, language), day_in_words(short.period_last_day, language)
    if russian:
        return f"На {stood}: {', '.join(said)}. Период — по {until}"
    return f"On {stood}: {', '.join(said)}. The period lasts until {until}."


def _forecast(short: ShortHours, language: Language) -> str:
    if short.runs_out_on is None or short.available_minutes <= 0:
        return ""
    day = day_in_words(short.runs_out_on, language)
    if language is Language.RU:
        return f"При темпе последних 20 рабочих дней часы закончатся {day}"
    return f"At the pace of the last 20 working days they run out on {day}."


def _beyond(short: ShortHours, language: Language) -> str:
    """What happens to a request that the hours left cannot pay, as the plan says (D6)."""
    russian = language is Language.RU
    match short.over_limit:
        case OverLimit.BLOCK if russian:
            return "Новые обращения, на которые часов не хватает, не принимаются, пока часов не станет больше."
        case OverLimit.BLOCK:
            return "New requests that the hours left cannot pay are not taken until there are more hours."
        case OverLimit.APPROVE if russian:
            said = "Обращения, на которые часов не хватает, ждут согласования"
        case OverLimit.APPROVE:
            said = "Requests that the hours left cannot pay wait for an approval"
        case OverLimit.BILL if russian:
            said = "Работы сверх часов оплачиваются отдельно"
        case OverLimit.BILL:
            said = "Work beyond the hours is paid for separately"
    if short.hour_price is None:
        return f"{said}."
    rate = price(short.hour_price, language)
    return f"{said}; час сверх них стоит {rate}" if russian else f"{said}; an hour beyond them costs {rate}."
