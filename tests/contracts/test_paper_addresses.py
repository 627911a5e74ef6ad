"""A client's papers are mailed to the addresses of its contacts that it chose, each in its way (P2)."""

from sqlmodel import Session

from contracts.enrolling import add_contact
from contracts.paper_addresses import choose_paper_address, paper_addresses, withdraw_paper_address
from contracts.paper_ways import PaperWay
from tests.builders import a_client, moment, refused

AT, LATER = moment("2026-10-05 10:00"), moment("2026-11-05 10:00")


def test_a_choice_holds_from_its_moment_and_a_new_way_does_not_move_it_p2(session: Session) -> None:
    own = a_client(session, registrations=0)
    add_contact(session, own.id, "Анна", at=AT, emails=("anna@own.example",))
    choose_paper_address(session, own.id, "Anna@Own.example", PaperWay.ATTACHMENT, at=AT)
    choose_paper_address(session, own.id, "anna@own.example", PaperWay.LINK, at=LATER)
    (chosen,) = paper_addresses(session, {own.id})[own.id]
    assert (chosen.email, chosen.way, chosen.since) == ("anna@own.example", PaperWay.LINK, AT)
    withdraw_paper_address(session, own.id, "anna@own.example")
    assert paper_addresses(session, {own.id}) == {own.id: []}


def test_papers_go_only_to_a_contact_of_the_client(session: Session) -> None:
    own, other = (a_client(session, name, registrations=0) for name in ("Ромашка", "Василёк"))
    add_contact(session, own.id, "Анна", at=AT, emails=("anna@own.example",), phones=("+74951234567",))
    for email in ("boss@own.example", "+74951234567@own.example"):
        with refused(session, "PAPER_ADDRESS_UNKNOWN", allowed=["anna@own.example"]):
            choose_paper_address(session, own.id, email, PaperWay.LINK, at=AT)
    with refused(session, "PAPER_ADDRESS_UNKNOWN", allowed=[]):
        choose_paper_address(session, other.id, "anna@own.example", PaperWay.LINK, at=AT)
    with refused(session, "PAPER_ADDRESS_UNKNOWN"):
        withdraw_paper_address(session, own.id, "anna@own.example")
    with refused(session, "EMAIL_WRONG"):
        choose_paper_address(session, own.id, "nobody", PaperWay.LINK, at=AT)
    with refused(session, "CLIENT_UNKNOWN"):
        choose_paper_address(session, 999, "anna@own.example", PaperWay.LINK, at=AT)
