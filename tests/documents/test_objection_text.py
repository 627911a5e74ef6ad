"""What is told about objections, in Russian and English: days and minutes, and nothing that is untrue later (P6)."""

from datetime import date

import pytest

from documents.letter_html import letter_html
from documents.objection_text import Decided, Objected, Stated, decided_text, last_day_text, staff_text
from documents.reminder_text import Wording
from documents.words import NBSP, Language
from entitlements.objection_days import ObjectionNews

RU, EN = Language.RU, Language.EN
STATED = Stated("2026-0012", date(2026, 10, 1), "ООО «Северный ветер»", "+74951234567\noffice@north.example")
OBJECTED = Objected(3, 2, "Были\nполчаса", "Седова А. П.", date(2026, 11, 3))
DAY = date(2026, 11, 11)


def plain(words: Wording) -> tuple[str, str]:
    return words.subject.replace(NBSP, " "), words.body.replace(NBSP, " ")


def test_the_client_reads_until_when_it_may_object_p6() -> None:
    assert plain(last_day_text(STATED, DAY, RU)) == (
        "Отчёт за октябрь 2026 г.: возразить можно по 11 ноября 2026 г.",
        "Здравствуйте!\n\nВы ответили не на все строки отчёта № 2026-0012 за октябрь 2026 г.\n\n"
        "Возразить можно по 11 ноября 2026 г. включительно. Строки без ответа после этого дня считаются принятыми.\n\n"
        "Если возражений нет, ничего делать не нужно.\n\n"
        "ООО «Северный ветер»\n\n+74951234567\noffice@north.example\n",
    )
    assert plain(last_day_text(STATED, DAY, EN)) == (
        "Statement for October 2026: objections are taken until 11 November 2026",
        "Good day,\n\nSome lines of statement No. 2026-0012 for October 2026 are not answered yet.\n\n"
        "Objections are taken until the end of 11 November 2026. Lines without an answer are accepted after it.\n\n"
        "If you object to nothing, there is nothing to do.\n\n"
        "ООО «Северный ветер»\n\n+74951234567\noffice@north.example\n",
    )


@pytest.mark.parametrize(
    ("news", "language", "subject"),
    [
        (ObjectionNews.DECISION_SOON, RU, "Ромашка: возражение нужно решить по 11 ноября 2026 г."),
        (ObjectionNews.DECISION_DUE, RU, "Ромашка: срок решения по возражению — 11 ноября 2026 г."),
        (ObjectionNews.DECISION_SOON, EN, "Ромашка: an objection is to be decided by 11 November 2026"),
        (ObjectionNews.DECISION_DUE, EN, "Ромашка: the decision on an objection is due on 11 November 2026"),
    ],
)
def test_the_staff_reads_whose_objection_waits_and_how_to_decide_it_p6(
    news: ObjectionNews, language: Language, subject: str
) -> None:
    told, body = plain(staff_text(news, "Ромашка", "Котова И. Л.", STATED, OBJECTED, DAY, language))
    assert told == subject
    assert body == (
        "Клиент: Ромашка\nВедёт: Котова И. Л.\n\n"
        "Отчёт № 2026-0012 за октябрь 2026 г., строка 2\nВозражение от 03 ноября 2026 г.\n"
        "Седова А. П.: Были полчаса\n\n"
        "Обсуждение: abonement objection show 3\nРешение: abonement objection decide 3\n"
        if language is RU
        else "Client: Ромашка\nManager: Котова И. Л.\n\n"
        "Statement No. 2026-0012 for October 2026, line 2\nObjection of 3 November 2026\nСедова А. П.: Были полчаса\n\n"
        "Its thread: abonement objection show 3\nThe decision: abonement objection decide 3\n"
    )


def test_a_client_that_nobody_looks_after_is_told_as_such_p6() -> None:
    told = (ObjectionNews.DECISION_DUE, "Ромашка", "", STATED, OBJECTED, DAY)
    assert "Клиента никто не ведёт." in staff_text(*told, RU).body
    assert "Nobody looks after the client." in staff_text(*told, EN).body


@pytest.mark.parametrize(
    ("standing", "language", "outcome", "credited"),
    [
        (None, RU, "отклонено", "Строка отчёта остаётся прежней."),
        (0, RU, "принято", "Следующий отчёт вернёт строку целиком."),
        (90, RU, "принято", "Из отработанного остаётся 1 ч 30 мин; что возвращается, покажет следующий отчёт."),
        (None, EN, "rejected", "The line stands as it is."),
        (0, EN, "upheld", "The next statement credits the whole line."),
        (90, EN, "upheld", "Of the work done 1 h 30 min stand; the next statement shows what is credited."),
    ],
)
def test_the_client_reads_what_was_decided_why_and_what_is_credited_p6(
    standing: int | None, language: Language, outcome: str, credited: str
) -> None:
    subject, body = plain(decided_text(STATED, OBJECTED, Decided(DAY, "По записи звонка", standing), language))
    assert subject == (
        f"Отчёт за октябрь 2026 г., строка 2: возражение {outcome}"
        if language is RU
        else f"Statement for October 2026, line 2: the objection is {outcome}"
    )
    assert f"{credited}\n\n" in body
    assert "По записи звонка" in body
    assert ("Решение от 11 ноября 2026 г." if language is RU else "Decided on 11 November 2026") in body


def test_what_a_client_wrote_is_one_line_and_no_markup_p7() -> None:
    nasty = Objected(3, 2, "<b>Нет</b>\n\nhttps://evil.example/", "Седова", date(2026, 11, 3))
    words = staff_text(ObjectionNews.DECISION_DUE, "Ромашка", "", STATED, nasty, DAY, RU)
    html = letter_html(words.subject, words.body, "ru")
    assert "&lt;b&gt;Нет&lt;/b&gt; https://evil.example/" in html
    assert "<a " not in html
