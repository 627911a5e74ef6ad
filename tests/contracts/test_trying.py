"""Settings that are tried are read as strictly as those that are published (H15)."""

from typing import Any

import pytest
from sqlmodel import Session, select

from contracts.catalogue import PlanVersion
from contracts.errors import Refusal
from contracts.money import Money
from contracts.policies import RoundingScope
from contracts.trying import LARGEST, TRIED, changed, settings_named, version_named
from tests.builders import a_plan, its_catalogue, refused


def test_settings_are_read_by_their_names_and_kinds_h15() -> None:
    named = settings_named(["quantum_minutes=30", "rounding_scope = ticket", "overage_rate=2 500,50"])
    assert named == {"quantum_minutes": 30, "rounding_scope": RoundingScope.TICKET, "overage_rate": Money(250_050)}


@pytest.mark.parametrize(
    ("texts", "code", "facts"),
    [
        (["quantum=30"], "FIELD_UNKNOWN", {"field": "set", "value": "quantum", "allowed": list(TRIED)}),
        (["bonus_minutes=60"], "FIELD_UNKNOWN", {"value": "bonus_minutes"}),
        ([""], "FIELD_UNKNOWN", {"field": "set"}),
        (["quantum_minutes=15", "quantum_minutes=30"], "FIELD_REPEATED", {"field": "set", "value": "quantum_minutes"}),
        (["quantum_minutes"], "FIELD_WRONG", {"field": "quantum_minutes", "value": ""}),
        (["quantum_minutes=1_000"], "FIELD_WRONG", {"field": "quantum_minutes"}),
        (["quantum_minutes=2.5"], "FIELD_WRONG", {"field": "quantum_minutes"}),
        (["quantum_minutes=-1"], "FIELD_WRONG", {"field": "quantum_minutes"}),
        (["included_minutes=²"], "FIELD_WRONG", {"field": "included_minutes"}),
        ([f"included_minutes={LARGEST + 1}"], "FIELD_WRONG", {"field": "included_minutes"}),
        (["included_per=year"], "FIELD_WRONG", {"allowed": ["subscription_month", "calendar_month", "term"]}),
        (["overage_rate=a lot"], "AMOUNT_UNREADABLE", {"field": "overage_rate"}),
    ],
)
def test_what_is_no_setting_is_refused_by_its_name_h15(texts: list[str], code: str, facts: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as caught:
        settings_named(texts)
    refusal = caught.value
    assert refusal.code == code
    assert {name: ({"field": refusal.field} | refusal.facts).get(name) for name in facts} == facts


def test_a_version_that_is_tried_is_of_no_session_and_changes_nothing_h15(session: Session) -> None:
    its_catalogue(session)
    version = a_plan(session)
    tried = changed(version, settings_named(["quantum_minutes=30", "overage_rate=1.00"]))
    assert (tried.id, tried.quantum_minutes, tried.overage_rate_minor) == (version.id, 30, 100)
    session.flush()
    stored = session.exec(select(PlanVersion.quantum_minutes).where(PlanVersion.id == version.id)).one()
    assert (stored, version.quantum_minutes) == (15, 15)
    for text, field in (("quantum_minutes=0", "quantum_minutes"), ("overage_rate=-1.00", "overage_rate")):
        with refused(session, "FIELD_WRONG", field=field):
            changed(version, settings_named([text]))


def test_a_plan_is_tried_in_its_last_version_unless_one_is_named_h15(session: Session) -> None:
    its_catalogue(session)
    first, second = a_plan(session), a_plan(session)
    assert version_named(session, "support", None).id == second.id
    assert version_named(session, "support", 1).id == first.id
    with refused(session, "PLAN_VERSION_UNKNOWN", field="version", allowed=[1, 2]):
        version_named(session, "support", 3)
    with refused(session, "PLAN_UNKNOWN", field="plan"):
        version_named(session, "nothing", None)
