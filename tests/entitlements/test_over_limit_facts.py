"""D6: over-limit cases as they are listed."""

from datetime import date

from sqlmodel import Session

from entitlements.case_states import CaseState
from entitlements.over_limit import decide_case
from entitlements.over_limit_facts import case_record, list_cases, requests_of
from tests.builders import a_client, a_plan, a_sale, a_seller, held, its_catalogue, moment, refused


def test_cases_are_found_by_state_seller_client_and_month_page_by_page_d6(session: Session) -> None:
    its_catalogue(session)
    a_plan(session, over_limit="approve")
    seller = a_seller(session)
    clients = [a_client(session, name) for name in ("А", "Б", "В")]
    for client in clients:
        a_sale(session, seller, client, starts_on=date(2026, 5, 1), at=moment("2026-05-01"))
        held(session, client, "2026-05-13 12:00", 90)
    held(session, clients[0], "2026-06-03 12:00", 90)
    one, two, three, june = (case.id for case in list_cases(session))
    decide_case(session, two, CaseState.BILL, decided_by="Орлова", note="Да", at=moment("2026-05-14"))

    def found(**by: object) -> list[int]:
        return [case.id for case in list_cases(session, **by)]  # type: ignore[arg-type]

    assert found(state=CaseState.NEW) == [one, three, june]
    assert found(state=CaseState.BILL) == [two]
    assert found(month=date(2026, 6, 1)) == [june]
    assert found(client_id=clients[0].id) == [one, june]
    assert found(seller_id=seller.id, after=one, limit=2) == [two, three]
    assert found(seller_id=404) == []
    record = case_record(session, two)
    assert (record.state, record.decided_by, record.note) == (CaseState.BILL, "Орлова", "Да")
    assert (record.held_requests, record.waiting_requests) == (1, 0)
    assert [request.end for request in requests_of(session, two)] == ["released"]
    with refused(session, "CASE_UNKNOWN", field="case_id"):
        case_record(session, 404)
