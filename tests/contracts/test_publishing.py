"""Publishing what is supported and sold: plans as dated versions that are never edited (S2, T2)."""

from typing import Any

import pytest
from sqlmodel import Session, select

from api.schema import metadata
from contracts.catalogue import HourPackage, Plan, PlanPrice, PlanService, PlanVersion, Product, Service
from contracts.parties import Client
from contracts.policies import Level
from contracts.publishing import built_in_catalogues, load_catalogue, publish_plan
from tests.builders import PUBLISHED_AT, a_client, a_plan, its_catalogue, refused, row_counts


@pytest.fixture
def session(session: Session) -> Session:
    load_catalogue(session, "its", at=PUBLISHED_AT)
    return session


def test_the_catalogue_that_ships_is_its_and_any_other_is_refused(session: Session) -> None:
    assert built_in_catalogues() == ["its"]
    for name in ("1c", "../its", ""):
        with refused(session, "CATALOGUE_UNKNOWN", field="catalogue", value=name, allowed=["its"]):
            load_catalogue(session, name, at=PUBLISHED_AT)


def test_loading_a_catalogue_again_adds_nothing(session: Session) -> None:
    before = row_counts(session)
    assert load_catalogue(session, "its", at=PUBLISHED_AT) == {"services": 0, "products": 0, "plans": 0, "packages": 0}
    assert row_counts(session) == before


def test_the_rows_that_tests_put_are_those_of_publishing(session: Session) -> None:
    """Ids and all; and what is published next has the next id."""
    published = rows_of(session)
    session.rollback()
    its_catalogue(session)
    assert rows_of(session) == published
    assert a_plan(session).id == len(published["plan_version"]) + 1


def rows_of(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    found = {name: session.connection().execute(table.select()).all() for name, table in metadata.tables.items()}
    return {name: sorted(tuple(row) for row in rows) for name, rows in found.items() if rows}


def test_what_is_known_by_its_code_stays_as_it_is(session: Session) -> None:
    package = session.exec(select(HourPackage).where(HourPackage.code == "hours-20")).one()
    package.price_minor = 1
    load_catalogue(session, "its", at=PUBLISHED_AT)
    assert package.price_minor == 1


def test_basic_products_are_the_vendors_and_only_they_s2(session: Session) -> None:
    for product in session.exec(select(Product)):
        assert (product.vendor_services != "") == (product.level is Level.BASIC)


def test_the_plans_of_the_catalogue_give_what_the_trade_publishes_s1_h6(session: Session) -> None:
    versions = {code: version for version, code in session.exec(select(PlanVersion, Plan.code).join(Plan))}
    its = versions["its-prof"]
    assert (its.free_box_months, its.free_upgrade_months, its.free_plus_its_months) == (3, 3, 6)
    assert (its.free_minutes, its.included_minutes, its.overage_rate_minor) == (0, 60, 270_000)
    service = versions["service-8h"]
    assert (service.included_minutes, service.rollover_cap_minutes, service.rollover_periods) == (480, 480, 1)
    terms = select(PlanPrice.term_months).where(PlanPrice.plan_version_id == its.id)
    assert sorted(session.exec(terms)) == [1, 3, 6, 12, 24]
    visit = select(PlanService.minimum_minutes).join(Service).where(Service.code == "visit")
    assert set(session.exec(visit)) == {60}


def test_every_setting_of_a_version_has_its_default(session: Session) -> None:
    bare = {"code": "bare", "name": "Б", "name_en": "B", "kind": "b", "valid_from": "2026-01-01"}
    version = publish_plan(session, bare | {"services": [], "prices": []}, at=PUBLISHED_AT)
    settings = version.model_dump(exclude={"id", "plan_id", "version", "valid_from"})
    defaults = {name: field.default for name, field in PlanVersion.model_fields.items() if name in settings}
    assert settings == defaults


def test_publishing_a_known_plan_adds_a_version_and_edits_none(session: Session) -> None:
    first = a_plan(session)
    old = first.model_dump()
    second = a_plan(session, included_minutes=90, kind="another kind", name="Иначе")
    assert (second.plan_id, second.version, second.included_minutes) == (first.plan_id, 2, 90)
    assert first.model_dump() == old


def test_publishing_is_seen_by_every_client(session: Session) -> None:
    client = a_client(session).client
    session.refresh(client)
    seen = client.state_version
    a_plan(session)
    load_catalogue(session, "its", at=PUBLISHED_AT)
    session.refresh(client)
    assert session.get_one(Client, client.id).state_version == seen + 2


DUE = {"priority": "high", "name": "Срочно", "name_en": "Urgent", "respond_minutes": 60}
WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"code": None}, "FIELD_REQUIRED", "code"),
    ({"services": None}, "FIELD_REQUIRED", "services"),
    ({"prices": None}, "FIELD_REQUIRED", "prices"),
    ({"valid_from": None}, "FIELD_REQUIRED", "valid_from"),
    ({"valid_from": "2026-02-30"}, "FIELD_WRONG", "valid_from"),
    ({"valid_from": "soon"}, "FIELD_WRONG", "valid_from"),
    ({"included_minutes": "an hour"}, "FIELD_WRONG", "included_minutes"),
    ({"included_minutes": 1.5}, "FIELD_WRONG", "included_minutes"),
    ({"over_limit": "panic"}, "FIELD_WRONG", "over_limit"),
    ({"hours": 8}, "FIELD_UNKNOWN", "hours"),
    ({"id": 1}, "FIELD_UNKNOWN", "id"),
    ({"plan_id": 1}, "FIELD_UNKNOWN", "plan_id"),
    ({"version": 7}, "FIELD_UNKNOWN", "version"),
    ({"overage_rate": "2700.5"}, "AMOUNT_UNREADABLE", "overage_rate"),
    ({"overage_rate": "1e3"}, "AMOUNT_UNREADABLE", "overage_rate"),
    ({"requires": "gold"}, "PLAN_UNKNOWN", "requires"),
    ({"services": [{"code": "magic"}]}, "SERVICE_UNKNOWN", "services"),
    ({"services": [{"code": "visit", "free": True}]}, "FIELD_UNKNOWN", "free"),
    ({"prices": [{"term_months": 12, "price": "much"}]}, "AMOUNT_UNREADABLE", "price"),
    ({"prices": [{"term_months": "a year"}]}, "FIELD_WRONG", "term_months"),
    ({"prices": [{"months": 12}]}, "FIELD_UNKNOWN", "months"),
    ({"services": [{"code": "visit", "included_count": 0}]}, "FIELD_WRONG", "included_count"),
    ({"services": [{"code": "visit", "included_count": 1, "count_months": 2}]}, "FIELD_WRONG", "count_months"),
    ({"services": [{"code": "visit", "count_months": 3}]}, "FIELD_WRONG", "count_months"),
    ({"services": [{"code": "visit", "price": "much"}]}, "AMOUNT_UNREADABLE", "price"),
    ({"services": [{"code": "visit", "price": "100.00", "draws_hours": True}]}, "FIELD_WRONG", "price"),
    ({"services": [{"code": "visit", "price": "100.00", "included_count": 1}]}, "FIELD_WRONG", "price"),
    ({"channels": ["pigeon"]}, "FIELD_WRONG", "channels"),
    ({"channels": "phone"}, "FIELD_WRONG", "channels"),
    ({"channels": [["phone"]]}, "FIELD_WRONG", "channels"),
    ({"highest_line": 0}, "FIELD_WRONG", "highest_line"),
    ({"exempt_percent": 101, "exempt_ground": "ст. 149"}, "FIELD_WRONG", "exempt_percent"),
    ({"exempt_percent": -1, "exempt_ground": "ст. 149"}, "FIELD_WRONG", "exempt_percent"),
    ({"exempt_percent": 40}, "TEXT_WRONG", "exempt_ground"),
    ({"exempt_percent": 40, "exempt_ground": "a\nb"}, "TEXT_WRONG", "exempt_ground"),
    ({"exempt_ground": "ст. 149"}, "FIELD_WRONG", "exempt_percent"),
    ({"highest_line": 5}, "FIELD_WRONG", "highest_line"),
    ({"desk_hours": "9-18"}, "WORKING_HOURS_WRONG", "desk_hours"),
    ({"desk_hours": "18:00-09:00"}, "WORKING_HOURS_WRONG", "desk_hours"),
    ({"due_times": {"priority": "high"}}, "FIELD_WRONG", "due_times"),
    ({"due_times": [DUE | {"priority": ""}]}, "FIELD_WRONG", "priority"),
    ({"due_times": [DUE | {"name": "a\nb"}]}, "TEXT_WRONG", "name"),
    ({"due_times": [DUE | {"minutes": 60}]}, "FIELD_UNKNOWN", "minutes"),
    ({"due_times": [DUE | {"respond_minutes": 0}]}, "FIELD_WRONG", "respond_minutes"),
    ({"due_times": [DUE | {"resolve_minutes": 59}]}, "FIELD_WRONG", "resolve_minutes"),
    ({"due_times": [DUE | {"resolve_minutes": 14_401}]}, "FIELD_WRONG", "resolve_minutes"),
    ({"due_times": [DUE, DUE]}, "FIELD_REPEATED", "priority"),
]


@pytest.mark.parametrize(("wrong", "code", "field"), WRONG, ids=[f"{row[2]} {row[0]}" for row in WRONG])
def test_a_plan_that_is_not_well_defined_is_refused_by_its_field(
    session: Session, wrong: dict[str, Any], code: str, field: str
) -> None:
    given: dict[str, Any] = {"code": "new", "name": "Н", "name_en": "N", "kind": "new", "valid_from": "2026-01-01"}
    given |= {"services": [{"code": "visit"}], "prices": [{"term_months": 12, "price": "1200.00"}]} | wrong
    with refused(session, code, field=field):
        publish_plan(session, {name: value for name, value in given.items() if value is not None}, at=PUBLISHED_AT)


def test_channels_are_kept_once_and_in_their_order_d9(session: Session) -> None:
    assert a_plan(session, channels=["chat", "phone", "chat"], highest_line=2).channels == "phone chat"
    assert a_plan(session, "any").channels == ""


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("quantum_minutes", 0),
        ("quantum_minutes", 481),
        ("minimum_minutes", -1),
        ("weekend_percent", -100),
        ("low_balance_percent", 101),
        ("hold_hours", 0),
        ("overrun_percent", -1),
        ("included_minutes", -60),
    ],
)
def test_a_setting_out_of_its_range_is_refused_by_name(session: Session, setting: str, value: int) -> None:
    with refused(session, "FIELD_WRONG", field=setting, value=value):
        a_plan(session, **{setting: value})
