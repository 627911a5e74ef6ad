"""A code of the vendor's register that gets a meaning later says nothing of what was known before (D1, S8)."""

from datetime import date

from api.database import transaction
from contracts.register import Held, HeldPeriod, Partner
from contracts.taking_answers import mean_plan, take_answers
from tests.api.conftest import House
from tests.builders import a_client, a_sale, moment


def test_what_the_desk_was_told_is_told_again_after_a_code_got_its_meaning_d1(house: House) -> None:
    """The register ends a term a month ago, under a code that is named an hour after the desk had asked."""
    start, sold_at = date(2026, 1, 1), moment("2026-01-01 10:00")
    now = house.clock()
    with transaction(house.engine) as session:
        customer = a_client(session, "Ландыш")
        a_sale(session, house.seller, customer, "support", at=sold_at, starts_on=start)
        held = Held((HeldPeriod("V1", start, house.seller.day_of(now).replace(day=1), Partner.OWN),))
        number = customer.registrations[0]
        take_answers(session, {number: held}, source="file", observed_at=now, at=now)
        question = {"client": {"id": customer.id}, "service": "consultation_line"}
    told = house.post("desk", "/v1/entitlement-checks", question).json()
    assert told["reason"] == "COVERED"
    house.clock.forward(hours=1)
    with transaction(house.engine) as session:
        mean_plan(session, "V1", "support", at=house.clock())
    past = question | {"at": told["at"]}
    known_then = house.post("desk", "/v1/entitlement-checks", past | {"known_at": told["at"]}).json()
    assert (known_then["reason"], known_then["coverage"]) == (told["reason"], told["coverage"])
    assert house.post("desk", "/v1/entitlement-checks", past).json()["reason"] == "CONTRACT_LAPSED"
