"""What is told about objections, to the client and to the staff, in Russian and English; it stays true (rule P6)."""

from dataclasses import dataclass
from datetime import date

from documents.reminder_text import Wording, worded
from documents.words import Language, day_in_words, hours_in_words, month_in_words, printable
from entitlements.objection_days import ObjectionNews


@dataclass(frozen=True, slots=True)
class Stated:
    """The statement that is objected to, or may be, and who issued it."""

    number: str
    month: date
    seller: str
    contact: str


@dataclass(frozen=True, slots=True)
class Objected:
    """An objection to a line of a statement."""

    objection_id: int
    line: int
    text: str
    said_by: str
    raised_on: date


@dataclass(frozen=True, slots=True)
class Decided:
    """How an objection was decided; `standing_minutes` are the worked ones that stand, none when it was rejected."""

    decided_on: date
    reason: str
    standing_minutes: int | None


def last_day_text(stated: Stated, last_day: date, language: Language) -> Wording:
    """What the client reads before the last day for objecting to lines that it has not answered yet."""
    month, day = month_in_words(stated.month, language), day_in_words(last_day, language)
    if language is Language.RU:
        subject = f"Отчёт за {month}: возразить можно по {day}"
        begins = f"Здравствуйте!\n\nВы ответили не на все строки отчёта № {stated.number} за {month}"
        until = f"Возразить можно по {day} включительно. Строки без ответа после этого дня считаются принятыми."
        ends = "Если возражений нет, ничего делать не нужно."
    else:
        subject = f"Statement for {month}: objections are taken until {day}"
        begins = f"Good day,\n\nSome lines of statement No. {stated.number} for {month} are not answered yet."
        until = f"Objections are taken until the end of {day}. Lines without an answer are accepted after it."
        ends = "If you object to nothing, there is nothing to do."
    return worded(subject, begins, until, ends, stated.seller, stated.contact, language=language)


def staff_text(
    news: ObjectionNews,
    client: str,
    manager: str,
    stated: Stated,
    objected: Objected,
    due_on: date,
    language: Language,
) -> Wording:
    """What the staff reads when a decision is due soon, and when it is due."""
    day, is_due = day_in_words(due_on, language), news is ObjectionNews.DECISION_DUE
    command = f"abonement objection show {objected.objection_id}"
    if language is Language.RU:
        waits = f"срок решения по возражению — {day}" if is_due else f"возражение нужно решить по {day}"
        who = f"Клиент: {client}\n{f'Ведёт: {manager}' if manager else 'Клиента никто не ведёт.'}"
        ends = f"Обсуждение: {command}\nРешение: abonement objection decide {objected.objection_id}"
    else:
        waits = f"the decision on an objection is due on {day}" if is_due else f"an objection is to be decided by {day}"
        who = f"Client: {client}\n{f'Manager: {manager}' if manager else 'Nobody looks after the client.'}"
        ends = f"Its thread: {command}\nThe decision: abonement objection decide {objected.objection_id}"
    return worded(f"{client}: {waits}", who, _objection(stated, objected, language), ends, language=language)


def decided_text(stated: Stated, objected: Objected, decided: Decided, language: Language) -> Wording:
    """What the client reads of a decision: what stands, why, and where it is credited."""
    month, day = month_in_words(stated.month, language), day_in_words(decided.decided_on, language)
    upheld = decided.standing_minutes is not None
    if language is Language.RU:
        outcome = "принято" if upheld else "отклонено"
        subject = f"Отчёт за {month}, строка {objected.line}: возражение {outcome}"
        begins, why = "Здравствуйте!", f"Решение от {day}: возражение {outcome}.\nПричина: {printable(decided.reason)}"
        ends = "Если у вас есть вопросы, ответьте на это письмо."
    else:
        outcome = "upheld" if upheld else "rejected"
        subject = f"Statement for {month}, line {objected.line}: the objection is {outcome}"
        begins, why = "Good day,", f"Decided on {day}: the objection is {outcome}.\nWhy: {printable(decided.reason)}"
        ends = "If you have questions, answer this letter."
    told = (_objection(stated, objected, language), why, _credited(decided, language), ends)
    return worded(subject, begins, *told, stated.seller, stated.contact, language=language)


def _objection(stated: Stated, objected: Objected, language: Language) -> str:
    month, day = month_in_words(stated.month, language), day_in_words(objected.raised_on, language)
    said = f"{printable(objected.said_by)}: {printable(objected.text)}"
    if language is Language.RU:
        return f"Отчёт № {stated.number} за {month}, строка {objected.line}\nВозражение от {day}\n{said}"
    return f"Statement No. {stated.number} for {month}, line {objected.line}\nObjection of {day}\n{said}"


def _credited(decided: Decided, language: Language) -> str:
    """What the next statement makes of it: by the plan's rounding maybe less than the minutes taken back (H10)."""
    russian, minutes = language is Language.RU, decided.standing_minutes
    if minutes is None:
        return "Строка отчёта остаётся прежней." if russian else "The line stands as it is."
    if not minutes:
        return "Следующий отчёт вернёт строку целиком." if russian else "The next statement credits the whole line."
    stands = hours_in_words(minutes, language)
    if russian:
        return f"Из отработанного остаётся {stands}; что возвращается, покажет следующий отчёт."
    return f"Of the work done {stands} stand; the next statement shows what is credited."
