"""What is due is recorded once with its letters; who renewed or cancelled hears nothing (S12)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.database import transaction
from contracts.cancelling import cancel
from contracts.enrolling import add_contact, assign_manager, choose_reminders
from contracts.introducing import withdraw_contact
from contracts.parties import Seller
from contracts.renewing import renew
from contracts.subscriptions import Subscription
from documents.letters import Letter, Reminder
from documents.reminding import due_now, queue_reminders
from documents.words import NBSP, Language
from tests.builders import Customer, a_client, a_plan, a_sale, a_seller, at_once, its_catalogue, moment, noon

LAST = date(2027, 3, 31)


def before(days: int) -> date:
    return LAST - timedelta(days)


@pytest.fixture
def seller(session: Session) -> Seller:
    return opened(session)


def opened(session: Session) -> Seller:
    its_catalogue(session)
    a_plan(session)
    seller = a_seller(session)
    seller.email = "office@north.example"
    return seller


def a_customer(
    session: Session, seller: Seller, name: str = "Ромашка", **changes: object
) -> tuple[Customer, Subscription]:
    customer = a_client(session, name)
    add_contact(
        session,
        customer.id,
        f"Анна {name}",
        at=moment("2026-01-01"),
        emails=(f"anna@{customer.id}.example", f"home@{customer.id}.example"),
    )
    order = {"starts_on": date(2026, 4, 1), **changes}
    return customer, a_sale(session, seller, customer, at=noon(date(2026, 4, 1)), **order).subscription


def remind(session: Session, seller: Seller, day: date) -> list[str]:
    """Who is written to on a day."""
    known = set(session.exec(select(Letter.id)))
    count = queue_reminders(session, seller.id, Language.RU, at=noon(day))
    new = [letter.recipient for letter in session.exec(select(Letter).order_by(Letter.id)) if letter.id not in known]
    assert len(new) == count
    return new


def recorded(session: Session) -> list[tuple[int, bool]]:
    return [(one.days_before, one.is_sent) for one in session.exec(select(Reminder).order_by(Reminder.id))]


def test_every_chosen_day_reaches_staff_and_contacts_once_s12(session: Session, seller: Seller) -> None:
    customer, _ = a_customer(session, seller)
    told = {day: remind(session, seller, before(day)) for day in range(100, -10, -1)}
    both = ["office@north.example", f"anna@{customer.id}.example"]
    assert {day: letters for day, letters in told.items() if letters} == dict.fromkeys((60, 30, 7, 0), both)
    assert recorded(session) == [(60, True), (30, True), (7, True), (0, True)]


def test_looking_again_on_the_same_day_or_the_day_before_doubles_none_s12(session: Session, seller: Seller) -> None:
    a_customer(session, seller)
    assert len(remind(session, seller, before(30))) == 2
    for day in (30, 31, 60, 30):
        assert remind(session, seller, before(day)) == []
    assert recorded(session) == [(60, False), (30, True)]


def test_after_days_without_a_worker_only_the_latest_is_sent_s12(session: Session, seller: Seller) -> None:
    a_customer(session, seller)
    remind(session, seller, before(60))
    assert len(remind(session, seller, before(-3))) == 2
    assert recorded(session) == [(60, True), (30, False), (7, False), (0, True)]


def test_what_ended_more_than_a_week_ago_is_no_news_s12(session: Session, seller: Seller) -> None:
    a_customer(session, seller)
    assert remind(session, seller, before(-8)) == []
    assert recorded(session) == []


def test_who_renewed_hears_nothing_until_the_renewal_is_cancelled_s12_s11(session: Session, seller: Seller) -> None:
    _, sold = a_customer(session, seller)
    renewal = renew(session, sold.id, at=noon(before(70))).subscription
    assert remind(session, seller, before(60)) == []
    assert recorded(session) == []
    cancel(session, renewal.id, LAST, "Котова", "Передумал", at=noon(before(50)))
    assert len(remind(session, seller, before(49))) == 2


def test_who_cancelled_hears_nothing_s12(session: Session, seller: Seller) -> None:
    _, sold = a_customer(session, seller)
    cancel(session, sold.id, before(1), "Котова", "Закрытие", at=noon(before(100)))
    assert [remind(session, seller, before(day)) for day in (60, 30, 7, 1, 0)] == [[]] * 5


def test_a_successor_of_another_kind_silences_nobody_s12(session: Session, seller: Seller) -> None:
    customer, _ = a_customer(session, seller)
    a_sale(session, seller, customer, "its-prof", at=noon(before(90)), starts_on=before(90))
    assert len(remind(session, seller, before(60))) == 2


def test_the_days_are_the_sellers_setting_s12(session: Session, seller: Seller) -> None:
    a_customer(session, seller)
    choose_reminders(session, seller.id, [45], "sales@north.example")
    told = {day: remind(session, seller, before(day)) for day in (60, 45, 30, 7, 0)}
    assert [day for day, letters in told.items() if letters] == [45]
    assert told[45][0] == "sales@north.example"
    choose_reminders(session, seller.id, [], None)
    assert due_now(session, seller, at=noon(before(0))) == []


def test_a_short_term_is_not_reminded_of_as_soon_as_it_is_sold_s12(session: Session, seller: Seller) -> None:
    _, sold = a_customer(session, seller, term_months=1)
    assert sold.last_day == date(2026, 4, 30)
    days = [day for day in range(31) if remind(session, seller, date(2026, 4, 1) + timedelta(day))]
    assert days == [22, 29]  # 7 days before, and the last one


def test_while_there_is_nobody_to_write_to_it_stays_due_s12(session: Session) -> None:
    its_catalogue(session)
    a_plan(session)
    seller, customer = a_seller(session), a_client(session)
    a_sale(session, seller, customer, at=noon(date(2026, 4, 1)), starts_on=date(2026, 4, 1))
    assert remind(session, seller, before(60)) == []
    assert recorded(session) == []
    add_contact(session, customer.id, "Анна", at=moment("2026-01-01"), emails=("anna@late.example",))
    assert remind(session, seller, before(59)) == ["anna@late.example"]


def test_who_was_withdrawn_is_reminded_no_more_s12_d4(session: Session, seller: Seller) -> None:
    customer, _ = a_customer(session, seller)
    gone = add_contact(session, customer.id, "Вера", at=moment("2026-01-01"), emails=("vera@gone.example",)).id
    withdraw_contact(session, customer.id, gone, at=moment("2026-01-02"))
    assert "vera@gone.example" not in remind(session, seller, before(60))


def test_a_person_of_two_clients_is_told_of_each_and_one_address_never_twice(session: Session, seller: Seller) -> None:
    for name in ("Ромашка", "Василёк"):
        customer, _ = a_customer(session, seller, name)
        for person in ("Пётр", "Павел"):
            add_contact(session, customer.id, person, at=moment("2026-01-01"), emails=("both@shared.example",))
    told = remind(session, seller, before(60))
    assert told.count("both@shared.example") == 2
    assert told.count("office@north.example") == 2


def test_the_letters_say_dates_price_and_what_happens_after(session: Session, seller: Seller) -> None:
    customer, sold = a_customer(session, seller)
    customer.client.locale = "en"
    assign_manager(session, customer.id, "Котова И. Л.")
    remind(session, seller, before(60))
    staff, client = session.exec(select(Letter).order_by(Letter.id)).all()
    assert "Ведёт: Котова И. Л." in staff.body
    assert f"abonement offer {sold.id}" in staff.body
    assert staff.subject.replace(NBSP, " ") == "Ромашка: последний день обслуживания 31 марта 2027 г."
    assert client.subject.replace(NBSP, " ") == "Contract No. 2026-0001: last day of service 31 March 2027"
    text = client.body.replace(NBSP, " ")
    for said in (
        "Plan: support",
        customer.registrations[0],
        "12 months: 12,000.00 RUB",
        "After 31 March 2027 no requests",
    ):
        assert said in text
    assert (staff.sender_name, client.sender_name) == (seller.name, "Severnyi veter LLC")
    assert "Severnyi veter LLC" in text
    assert client.reply_to == "office@north.example"


def test_two_workers_at_once_queue_each_once_s12(engine: Engine) -> None:
    with transaction(engine) as session:
        seller = opened(session)
        for name in "АБВГД":
            a_customer(session, seller, name)

    def queue(session: Session) -> int:
        return queue_reminders(session, seller.id, Language.RU, at=noon(before(60)))

    assert sorted(at_once(engine, queue, queue)) == [0, 10]
