"""Reconciling names every subject without its paper and every paper that no longer says what was issued (P2, E7)."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlmodel import Session, col

from api.database import transaction
from api.journeys import cancel_subscription, sell_subscription, settle_accounts, start_free_period
from api.month_journeys import close_months
from api.reconcile import exceptions
from contracts.parties import Entity, Seller
from contracts.subscriptions import Subscription
from contracts.terms import Term
from documents.issuing import issue_offer
from documents.paper_kinds import PaperKind
from documents.papers import Paper
from tests.api.test_reconcile import IN_DECEMBER, found_in, run, two_months_of_work, without_rules
from tests.builders import a_client, a_registration, an_order, moment


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shelf(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Two closed months with papers of every kind, offers in two revisions among them; never changed."""
    templates = request.getfixturevalue(f"{request.param}_templates")
    folder = (tmp_path_factory.mktemp("shelf"),) if request.param == "sqlite" else ()
    with templates.copy(*folder) as engine:
        with transaction(engine) as session:
            seller_id = two_months_of_work(session)
        close_months(engine, seller_id, date(2026, 11, 1), clock=lambda: IN_DECEMBER, tell=lambda *_: None)
        with transaction(engine) as session:
            other_papers(session, session.get_one(Seller, seller_id))
        yield engine


def other_papers(session: Session, seller: Seller) -> None:
    """A certificate, a cancellation's credit note, two offers and a reconciliation act."""
    customer = a_client(session, "Лютик")
    free = a_registration(session, customer.entity, bought_on=date(2026, 11, 20))
    start_free_period(session, seller.id, free.number, "its-prof", at=IN_DECEMBER)
    at = moment("2026-12-02 10:00")
    sold = sell_subscription(session, an_order(seller, customer, starts_on=date(2026, 12, 5)), at=at)
    why = ("Котова И. Л.", "Закрытие")
    cancel_subscription(session, sold.sale.subscription.id, date(2026, 12, 31), *why, at=IN_DECEMBER)
    first = session.scalars(select(Subscription).order_by(col(Subscription.id)).limit(1)).one()
    for days in range(2):
        issue_offer(session, first.id, at=IN_DECEMBER + timedelta(days=days))
    entity = session.scalars(select(Entity).where(col(Entity.client_id) == first.client_id)).one()
    autumn = Term(date(2026, 10, 1), date(2026, 12, 1))
    settle_accounts(session, seller, entity.id, autumn, at=IN_DECEMBER)


def test_papers_of_every_kind_break_no_equation(shelf: Engine) -> None:
    assert exceptions(shelf) == []
    with Session(shelf) as session:
        assert set(session.scalars(select(col(Paper.kind)))) == set(PaperKind)


@pytest.mark.parametrize("kind", PaperKind)
def test_whatever_lost_its_paper_is_named_e7(shelf: Engine, kind: PaperKind) -> None:
    """Of offers the first of two: what comes of the last is known from its paper alone."""
    for session in without_rules(shelf, "paper"):
        lost = f"SELECT min(id) FROM paper WHERE kind = '{kind}'"
        number = run_scalar(session, f"SELECT number FROM paper WHERE id = ({lost})")
        run(session, f"DELETE FROM paper WHERE id = ({lost})")
        told = {(one.equation, one.subject, one.found) for one in found_in(session) if one.equation != "P5"}
        named = f"{kind} {number}".removesuffix("-1") if kind is PaperKind.OFFER else f"{kind} {number}"
        assert len(told) == 1
        [(equation, subject, found)] = told
        assert (equation, subject.startswith(named)) == ("E7", True)
        assert "paper" in found


def test_an_empty_shelf_is_told_paper_by_paper_e7(shelf: Engine) -> None:
    """All but offers, of which then nothing else tells."""
    for session in without_rules(shelf, "paper"):
        offers = run_scalar(session, "SELECT count(*) FROM paper WHERE kind = 'offer'")
        papers = run(session, "DELETE FROM paper")
        told = [one for one in found_in(session) if one.equation == "E7"]
        assert len(told) == papers - offers


OTHER_SHEET = """SET sheet = replace(sheet, '"number"', '"Number"')"""


@pytest.mark.parametrize("kind", PaperKind)
@pytest.mark.parametrize("change", [OTHER_SHEET, "SET number = '9'", "SET language = 'de'", "SET sheet = '{'"])
def test_a_paper_that_no_longer_says_what_was_issued_is_named_p2(shelf: Engine, kind: PaperKind, change: str) -> None:
    for session in without_rules(shelf, "paper"):
        chosen = f"WHERE id = (SELECT max(id) FROM paper WHERE kind = '{kind}')"
        number = run_scalar(session, f"SELECT number FROM paper {chosen}")
        run(session, f"UPDATE paper {change} {chosen}")
        told = [one.subject for one in found_in(session) if one.equation == "P2"]
        assert told == [f"{kind} 9" if "number = '9'" in change else f"{kind} {number}"]


def test_papers_that_changed_places_are_named_p2(shelf: Engine) -> None:
    """Each still has its digest, but under the number of the other."""
    for session in without_rules(shelf, "paper"):
        run(session, "UPDATE paper SET subject_id = 3 - subject_id WHERE kind = 'act' AND subject_id IN (1, 2)")
        assert [one.equation for one in found_in(session)].count("P2") == 2


def run_scalar(session: Session, statement: str) -> object:
    return session.connection().exec_driver_sql(statement).scalar_one()
