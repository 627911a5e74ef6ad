"""What is not paid in time is dunned step by step, stopped, and goes on when it is settled (S8, S10)."""

from collections.abc import Sequence
from datetime import date, datetime

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.database import reading, transaction
from api.journeys import cancel_subscription
from billing.bills import Invoice
from billing.dunning import DunningTaken
from billing.dunning_steps import DunningEffect, DunningNotice, Step
from billing.settling import InvoiceState, standing_of
from billing.taking_dunning_steps import choose_dunning, overdue_invoices
from billing.taking_payments import reverse_payment
from contracts.blocking import lift_block, raise_block
from contracts.enrolling import add_contact
from contracts.money import Money
from contracts.parties import Seller
from contracts.subscriptions import Block
from documents.block_reasons import block_reasons
from documents.dunning_mail import dun
from documents.dunning_text import Overdue, notice_text
from documents.letters import Letter, LetterState
from documents.post import claim
from documents.words import NBSP, Language
from entitlements.reasons import Reason
from tests.billing.test_taking_payments import invoiced, paid, put, reason
from tests.builders import Customer, at_once, moment, refused

REMINDER, DEMAND, LAST = DunningNotice
LADDER = (Step(3, REMINDER), Step(10, DEMAND), Step(15, LAST, DunningEffect.BLOCK))
DAYS = ("2026-10-13", "2026-10-22", "2026-10-29")
"""On which the steps are due: the invoice of 01.10.2026 was due on 08.10.2026."""


def overdue(session: Session, ladder: Sequence[Step] = LADDER, *, contact: bool = True) -> tuple[Customer, Invoice]:
    customer, invoice = invoiced(session, None)
    assert invoice.due_on == date(2026, 10, 8)
    if contact:
        emails = ("anna@romashka.example",)
        add_contact(session, customer.id, "Анна", at=moment("2026-09-01"), emails=emails)
    choose_dunning(session, invoice.seller_id, date(2026, 10, 1), ladder, at=moment("2026-09-01"))
    return customer, invoice


def dunned(session: Session, invoice: Invoice, day: str) -> list[tuple[int, bool]]:
    """The steps taken at noon of a day, and whether each was told."""
    seller, at = session.get_one(Seller, invoice.seller_id), moment(f"{day} 12:00")
    late = overdue_invoices(session, seller, at=at)
    return [(one.position, one.is_sent) for each in late for one in dun(session, each.id, Language.RU, at=at)]


def letters(session: Session) -> list[Letter]:
    return list(session.exec(select(Letter).order_by(col(Letter.id))))


def blocks(session: Session) -> list[tuple[str, bool]]:
    return [(one.reason, one.lifted_at is not None) for one in session.exec(select(Block).order_by(col(Block.id)))]


def test_steps_are_taken_on_their_working_days_each_once_with_one_notice_s8(session: Session) -> None:
    customer, invoice = overdue(session)
    assert dunned(session, invoice, "2026-10-12") == []
    for position, day in enumerate(DAYS, 1):
        assert dunned(session, invoice, day) == [(position, True)]
        assert dunned(session, invoice, day) == []
    assert [letter.subject for letter in letters(session)] == [
        f"Напоминание об оплате: счёт № {invoice.number}",
        f"Просрочена оплата: счёт № {invoice.number}",
        f"Последнее напоминание об оплате: счёт № {invoice.number}",
    ]
    assert {letter.recipient for letter in letters(session)} == {"anna@romashka.example"}
    assert len({letter.message_key for letter in letters(session)}) == 3
    assert blocks(session) == [(f"Не оплачен счёт {invoice.number}", False)]
    assert reason(session, customer) is Reason.CONTRACT_SUSPENDED


def test_days_without_a_worker_lose_no_step_and_double_no_notice_s8(session: Session) -> None:
    _, invoice = overdue(session)
    assert dunned(session, invoice, "2026-12-01") == [(1, False), (2, False), (3, True)]
    (letter,) = letters(session)
    assert "Обслуживание по договору остановлено" in letter.body
    assert len(blocks(session)) == 1


def test_payment_lifts_what_dunning_blocked_at_once_and_no_other_block_s10(session: Session) -> None:
    customer, invoice = overdue(session)
    dunned(session, invoice, "2026-10-29")
    other = raise_block(session, customer.id, "Спор", at=moment("2026-10-29"))
    part = paid(session, invoice, Money(5_000_00), at=moment("2026-10-30"))
    put(session, part, invoice)
    assert blocks(session)[0][1] is False  # a part lifts nothing
    rest = paid(session, invoice, Money(7_000_00), "119", at=moment("2026-10-30"))
    put(session, rest, invoice)
    assert [lifted for _, lifted in blocks(session)] == [True, False]
    assert reason(session, customer) is Reason.CONTRACT_SUSPENDED
    lift_block(session, other.id, at=moment("2026-10-31"))
    assert reason(session, customer) is Reason.COVERED
    assert dunned(session, invoice, "2026-12-01") == []


def test_an_invoice_with_an_open_part_is_dunned_for_its_rest_m5(session: Session) -> None:
    _, invoice = overdue(session)
    put(session, paid(session, invoice, Money(5_000_00)), invoice)
    assert dunned(session, invoice, DAYS[0]) == [(1, True)]
    body = letters(session)[0].body.replace(NBSP, " ")
    assert "Осталось: 7 000,00" in body
    assert "из 12 000,00" in body


def test_a_credit_note_that_settles_the_invoice_lifts_too_m4(session: Session) -> None:
    _, invoice = overdue(session)
    assert invoice.subscription_id is not None
    dunned(session, invoice, DAYS[2])
    put(session, paid(session, invoice, Money(2_000_00), at=moment("2026-10-30")), invoice)
    said = (date(2026, 11, 30), "Котова И. Л.", "Закрытие")
    cancelled = cancel_subscription(session, invoice.subscription_id, *said, at=moment("2026-10-30 12:00"))
    assert len(cancelled.credit_notes) == 1
    assert standing_of(session, invoice).state is InvoiceState.PAID
    assert [lifted for _, lifted in blocks(session)] == [True]


def test_a_step_may_lift_and_what_a_person_lifted_is_not_raised_again_s10(session: Session) -> None:
    ladder = (Step(3, None, DunningEffect.BLOCK), Step(5, None, DunningEffect.LIFT), Step(7, REMINDER))
    _, invoice = overdue(session, ladder)
    assert dunned(session, invoice, "2026-10-13") == [(1, False)]
    assert dunned(session, invoice, "2026-10-15") == [(2, False)]
    assert blocks(session) == [(f"Не оплачен счёт {invoice.number}", True)]
    assert dunned(session, invoice, "2026-10-19") == [(3, True)]
    assert len(blocks(session)) == 1


def test_without_anybody_to_write_to_the_steps_are_taken_all_the_same_s10(session: Session) -> None:
    _, invoice = overdue(session, contact=False)
    assert dunned(session, invoice, DAYS[2]) == [(1, False), (2, False), (3, False)]
    assert (letters(session), len(blocks(session))) == ([], 1)


def test_a_notice_is_withdrawn_once_it_is_no_news_s8(session: Session) -> None:
    _, invoice = overdue(session)
    dunned(session, invoice, DAYS[0])
    dunned(session, invoice, DAYS[1])
    claimed = claim(session, 9, at=moment("2026-10-22 13:00"))
    assert [letter.state for letter in letters(session)] == [LetterState.WITHDRAWN, LetterState.QUEUED]
    assert len(claimed) == 1
    put(session, paid(session, invoice, invoice.total), invoice)
    assert claim(session, 9, at=moment("2026-10-23")) == []
    assert letters(session)[1].state is LetterState.WITHDRAWN


def test_a_notice_says_that_service_is_stopped_only_while_a_block_stands_s10(session: Session) -> None:
    ladder = (Step(3, REMINDER, DunningEffect.BLOCK), Step(10, DEMAND, DunningEffect.LIFT), Step(15, LAST))
    _, invoice = overdue(session, ladder)
    assert dunned(session, invoice, "2026-10-29") == [(1, False), (2, False), (3, True)]
    (letter,) = letters(session)
    assert "остановлено" not in letter.body
    assert "Без оплаты обслуживание по договору останавливается." in letter.body
    assert [lifted for _, lifted in blocks(session)] == [True]


def test_a_notice_after_an_earlier_block_says_that_service_is_stopped_s10(session: Session) -> None:
    _, invoice = overdue(session, (Step(3, REMINDER, DunningEffect.BLOCK), Step(10, LAST), Step(15, DEMAND)))
    stopped = "Обслуживание по договору остановлено, пока счёт не оплачен."
    for day, is_stopped in (("2026-10-13", True), ("2026-10-22", True), ("2026-10-29", False)):
        if not is_stopped:
            lift_block(session, session.exec(select(Block.id)).one(), at=moment(f"{day} 11:00"))
        dunned(session, invoice, day)
        assert (stopped in letters(session)[-1].body) is is_stopped
        assert ("останавливается" in letters(session)[-1].body) is False


def test_a_notice_that_waits_says_what_is_left_and_stopped_as_it_leaves_once_s8(session: Session) -> None:
    _, invoice = overdue(session, (Step(3, REMINDER), Step(4, None, DunningEffect.BLOCK)))
    dunned(session, invoice, "2026-10-13")
    part = paid(session, invoice, Money(11_000_00), at=moment("2026-10-13 13:00"))
    put(session, part, invoice)
    assert dunned(session, invoice, "2026-10-14") == [(2, False)]
    (letter,) = claim(session, 9, at=moment("2026-10-14 13:00"))
    body = letter.body.replace(NBSP, " ")
    assert "Осталось: 1 000,00 руб. из 12 000,00 руб." in body
    assert "Обслуживание по договору остановлено" in body
    assert letters(session) == [letter]
    reverse_payment(session, part.id, "Котова", "Не тот клиент", at=moment("2026-10-14 14:00"))
    (again,) = claim(session, 9, at=moment("2026-10-14 15:00"))
    assert (again.id, again.message_key) == (letter.id, letter.message_key)
    assert "Осталось: 12 000,00 руб.\n" in again.body.replace(NBSP, " ")


def test_the_ladder_of_the_due_day_governs_and_a_shorter_one_later_undoes_nothing_s8(session: Session) -> None:
    customer, invoice = overdue(session)
    assert dunned(session, invoice, DAYS[1]) == [(1, False), (2, True)]
    soon = (Step(1, LAST, DunningEffect.BLOCK),)
    at = moment("2026-10-22 13:00")
    choose_dunning(session, invoice.seller_id, date(2026, 10, 23), soon, at=at)
    assert dunned(session, invoice, "2026-10-28") == []  # it was due before
    choose_dunning(session, invoice.seller_id, date(2026, 10, 1), soon, at=at)
    assert dunned(session, invoice, "2026-10-28") == []  # two steps were taken, and it has one
    assert blocks(session) == []
    choose_dunning(session, invoice.seller_id, date(2026, 10, 1), (), at=at)
    assert dunned(session, invoice, "2026-12-01") == []
    with refused(session, "SELLER_UNKNOWN"):
        choose_dunning(session, 999_999, date(2026, 10, 1), (), at=at)
    assert reason(session, customer) is Reason.COVERED


def test_of_two_workers_one_takes_a_step_s8(engine: Engine) -> None:
    with transaction(engine) as session:
        _, invoice = overdue(session)
        invoice_id = invoice.id
    at = moment("2026-10-29 12:00")
    done = at_once(engine, *[lambda session: len(dun(session, invoice_id, Language.RU, at=at))] * 3)
    assert sorted(done) == [0, 0, 3]
    with reading(engine) as session:
        assert len(session.exec(select(DunningTaken)).all()) == 3
        assert (len(letters(session)), len(blocks(session))) == (1, 1)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("notice", DunningNotice)
def test_every_notice_names_invoice_days_and_rest_in_both_languages_s8(
    notice: DunningNotice, language: Language
) -> None:
    told = Overdue(
        notice,
        "2026-0012",
        date(2026, 10, 1),
        date(2026, 10, 8),
        Money(100_00),
        Money(40_00),
        False,
        "ООО «С»",
        "x@y.z",
    )
    words = notice_text(told, language)
    plain = words.body.replace(NBSP, " ")
    assert "2026-0012" in words.subject
    assert ".." not in plain
    assert all(text in plain for text in ("2026-0012", "40", "100", "x@y.z", "ООО «С»"))
    assert "2026-0012" not in notice_text(told, language).body.partition("2026-0012")[2]


def test_the_moment_of_a_step_is_kept_for_known_at_d1(session: Session) -> None:
    _, invoice = overdue(session)
    dunned(session, invoice, DAYS[2])
    at: datetime = moment(f"{DAYS[2]} 12:00")
    assert {one.taken_at for one in session.exec(select(DunningTaken))} == {at}
    assert [one.raised_at for one in session.exec(select(Block))] == [at]


def test_the_reason_of_a_block_is_read_in_either_language_and_a_typed_one_as_typed_s10(session: Session) -> None:
    customer, invoice = overdue(session)
    dunned(session, invoice, DAYS[-1])
    raise_block(session, customer.id, "Переезд", at=moment("2026-12-01 10:00"))
    raised = session.exec(select(Block).order_by(col(Block.id))).all()
    assert list(block_reasons(session, raised, Language.RU).values()) == [
        f"Не оплачен счёт {invoice.number}",
        "Переезд",
    ]
    assert list(block_reasons(session, raised, Language.EN).values()) == [
        f"Invoice {invoice.number} is not paid",
        "Переезд",
    ]
