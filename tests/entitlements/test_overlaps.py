"""H10, H12: overlapping work of an engineer is named, never refused; what was taken back does not count."""

from datetime import date

import pytest
from sqlmodel import Session

from contracts.parties import Seller
from entitlements.overlaps import list_overlaps, overlaps_of
from entitlements.timing import Task, pause, resume, start, stop
from entitlements.work import WorkEntry
from tests.builders import Customer, a_client, a_plan, a_seller, its_catalogue, moment, worked

FIFTH, SIXTH = date(2026, 10, 5), date(2026, 10, 6)


@pytest.fixture
def seller(session: Session) -> Seller:
    its_catalogue(session)
    a_plan(session)
    return a_seller(session)


@pytest.fixture
def customer(session: Session, seller: Seller) -> Customer:
    return a_client(session)


def work(session: Session, customer: Customer, at: str, minutes: int, name: str, engineer: str = "Ильин") -> WorkEntry:
    logged = worked(session, customer, f"2026-10-{at}", minutes, external_id=name, engineer=engineer)
    assert logged.entry is not None
    return logged.entry


def named(session: Session, entry: WorkEntry) -> list[tuple[str, str, int]]:
    return [(one.first.external_id, one.second.external_id, one.minutes) for one in overlaps_of(session, entry)]


def test_overlapping_work_is_named_also_that_of_another_client_h10(session: Session, customer: Customer) -> None:
    work(session, customer, "05 10:00", 60, "A")
    work(session, a_client(session, "Василёк"), "05 10:30", 60, "B")
    work(session, customer, "05 10:00", 60, "C", "Котова")
    work(session, customer, "05 11:30", 30, "D")
    last = work(session, customer, "05 10:45", 20, "E")
    assert named(session, last) == [("A", "E", 15), ("B", "E", 20)]


def test_work_beyond_a_day_or_midnight_overlaps_too_h10(session: Session, customer: Customer) -> None:
    long = work(session, customer, "05 10:00", 3000, "A")
    late = work(session, customer, "07 11:30", 60, "B")
    assert named(session, late) == named(session, long) == [("A", "B", 30)]


def test_a_timer_overlaps_up_to_the_end_of_its_last_stretch_and_not_in_its_pauses_h10(
    session: Session, customer: Customer
) -> None:
    work(session, customer, "05 11:00", 30, "in the pause")
    work(session, customer, "05 12:20", 60, "over the end")
    timer = start(session, Task(customer.id, "Ильин", service="remote_work"), at=moment("2026-10-05 10:00")).id
    pause(session, timer, at=moment("2026-10-05 10:15"))
    resume(session, timer, at=moment("2026-10-05 12:00"))
    entry = stop(session, timer, at=moment("2026-10-05 12:30"))[1].entry
    assert entry is not None
    assert named(session, entry) == [(f"{timer}", "over the end", 10)]


def test_what_was_taken_back_untimed_or_of_nobody_does_not_overlap_h10(session: Session, customer: Customer) -> None:
    work(session, customer, "05 10:00", 60, "A")
    worked(session, customer, "2026-10-05 10:00", 0, external_id="A", engineer="Ильин")
    work(session, customer, "05 10:00", 60, "B", "")
    worked(session, customer, "2026-10-05 10:00", 60, external_id="C", engineer="Ильин", started_at=None, work_on=FIFTH)
    corrected = work(session, customer, "05 10:00", 60, "D")
    corrected = work(session, customer, "05 10:00", 90, "D")
    assert named(session, corrected) == []
    assert list_overlaps(session, FIFTH, FIFTH) == []


def test_overlaps_are_listed_by_days_engineer_client_and_seller_h10(
    session: Session, seller: Seller, customer: Customer
) -> None:
    other = a_client(session, "Василёк")
    work(session, customer, "05 10:00", 60, "A")
    work(session, other, "05 10:30", 60, "B")
    for name, who in (("C", customer), ("D", customer)):
        work(session, who, "06 10:00", 60, name, "Котова")

    def listed(**chosen: object) -> list[str]:
        found = list_overlaps(session, **({"first_day": FIFTH, "last_day": SIXTH} | chosen))
        return [one.first.external_id + one.second.external_id for one in found]

    assert listed() == ["AB", "CD"]
    assert listed(last_day=FIFTH) == ["AB"]
    assert listed(engineer="Котова") == ["CD"]
    assert listed(client_id=other.id) == ["AB"]
    assert (listed(seller_id=seller.id), listed(seller_id=seller.id + 1)) == (["AB", "CD"], [])
