"""Publishing what is supported and sold: services, products, plan versions, packages (rules S2, T2)."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from importlib.resources import files
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlmodel import Session, SQLModel, col, select

from contracts.business_hours import business_hours
from contracts.catalogue import (
    HourPackage,
    Plan,
    PlanKind,
    PlanPrice,
    PlanPromotion,
    PlanService,
    PlanVersion,
    Product,
    Service,
)
from contracts.due_times import PlanDueTime
from contracts.errors import Refusal
from contracts.locking import touch_every_client
from contracts.money import Money
from contracts.policies import Channel, Level
from contracts.requisites import require_text
from contracts.taking_answers import mean_plan
from contracts.terms import require_term_on_sale
from contracts.warning_percents import USUAL_PERCENTS, require_percents, stored_percents

VENDOR_SERVICES = "consultation_line updates portal"
"""What the vendor's own line gives Basic products for free, unless the catalogue says otherwise (S2)."""


COUNTED_MONTHS = (1, 3, 6, 12)
"""For how many months at a time uses may be counted."""


def built_in_catalogues() -> list[str]:
    """The names of the catalogues that ship with the product."""
    shipped = (files("contracts") / "catalogues").iterdir()
    return sorted(entry.name.removesuffix(".json") for entry in shipped if entry.name.endswith(".json"))


def load_catalogue(session: Session, name: str, *, at: datetime) -> dict[str, int]:
    """Publish a built-in catalogue and count what was new; what is known by its code already stays as it is.

    Raises `Refusal("CATALOGUE_UNKNOWN")`, naming the ones that ship.
    """
    if name not in built_in_catalogues():
        raise Refusal("CATALOGUE_UNKNOWN", field="catalogue", value=name, allowed=built_in_catalogues())
    record = json.loads((files("contracts") / "catalogues" / f"{name}.json").read_text("utf-8"))
    counts = {
        "services": _publish_new(session, Service, record["services"]),
        "products": _publish_new(session, Product, map(_product, record["products"])),
        "plans": _publish_new_plans(session, record["plans"], at),
        "packages": _publish_new(session, HourPackage, map(_package, record["packages"])),
    }
    touch_every_client(session)
    return counts


def publish_plan(session: Session, definition: Mapping[str, Any], *, at: datetime) -> PlanVersion:
    """Publish a plan, or the next version of a known one; what was sold on older versions stays as it was.

    `definition` names `code`, `name`, `name_en`, `kind`, `valid_from`, `services`, `prices` and any setting of
    `PlanVersion` (`channels` and `warning_percents` as lists), perhaps `promotions`, `due_times`, and `vendor_codes`,
    the plan's codes in the vendor's register, known since `at`; money is written "2700.00". Raises `Refusal` with
    FIELD_UNKNOWN, FIELD_REQUIRED, FIELD_WRONG, FIELD_REPEATED, AMOUNT_UNREADABLE, SERVICE_UNKNOWN, WORKING_HOURS_WRONG,
    TERM_NOT_ON_SALE for a promotion, PLAN_UNKNOWN for `requires`, or TEXT_WRONG.
    """
    version = draft_plan(session, definition, at=at)
    touch_every_client(session)
    session.flush()
    return version


def draft_plan(session: Session, definition: Mapping[str, Any], *, at: datetime) -> PlanVersion:
    """The version that would be published, written but told to nobody; who asks for it undoes it.

    Raises as `publish_plan`.
    """
    given = dict(definition)
    head = {name: _required(given, name) for name in ("code", "name", "name_en", "kind")}
    required = _plan_of(session, given.pop("requires", None))
    services = _services(session, _records(given, "services"))
    vendor_codes = [require_text(code, "vendor_codes", 60) for code in given.pop("vendor_codes", ())]
    prices = [_price(price) for price in _records(given, "prices")]
    promotions = [_promotion(promotion, prices) for promotion in given.pop("promotions", [])]
    due_times = _due_times(_records({"due_times": [], **given}, "due_times"))
    given.pop("due_times", None)
    version = _version(given)
    plan = _plan(session, head, required)
    last = session.exec(
        select(PlanVersion.version).where(PlanVersion.plan_id == plan.id).order_by(col(PlanVersion.version).desc())
    ).first()
    version.plan_id, version.version = plan.id, (last or 0) + 1
    session.add(version)
    session.flush()
    for row in (*services, *prices, *promotions, *due_times):
        row.plan_version_id = version.id
        session.add(row)
    for code in vendor_codes:
        mean_plan(session, code, plan.code, at=at)
    session.flush()
    return version


def _version(given: dict[str, Any]) -> PlanVersion:
    """The settings of a version, as yet of no plan."""
    settings: dict[str, Any] = {"valid_from": _required(given, "valid_from"), **given}
    for name in ("id", "plan_id", "version"):
        if name in settings:
            raise Refusal("FIELD_UNKNOWN", field=name, value=settings[name])
    if "overage_rate" in settings:
        settings["overage_rate_minor"] = _minor(settings.pop("overage_rate"), "overage_rate")
    settings["channels"] = _channels(settings.get("channels", []))
    settings["warning_percents"] = stored_percents(require_percents(settings.get("warning_percents", USUAL_PERCENTS)))
    version = _checked(PlanVersion, {**settings, "plan_id": 0, "version": 0})
    business_hours(version.desk_hours)  # refuses hours that cannot be
    if version.exempt_percent or version.exempt_ground:
        version.exempt_ground = require_text(version.exempt_ground, "exempt_ground", 200)
    if version.exempt_ground and not version.exempt_percent:
        raise Refusal("FIELD_WRONG", field="exempt_percent", value=version.exempt_percent, allowed="1 to 100")
    return version


def _publish_new_plans(session: Session, definitions: Sequence[Mapping[str, Any]], at: datetime) -> int:
    known = set(session.exec(select(Plan.code)))
    new = [definition for definition in definitions if definition["code"] not in known]
    for definition in new:
        publish_plan(session, definition, at=at)
    return len(new)


Row = TypeVar("Row", Service, Product, HourPackage)
Table = TypeVar("Table", bound=SQLModel)


def _publish_new(session: Session, table: type[Row], records: Iterable[Mapping[str, Any]]) -> int:
    known = set(session.exec(select(table.code)))
    new = [_checked(table, record) for record in records if record["code"] not in known]
    session.add_all(new)
    session.flush()
    return len(new)


def _product(record: Mapping[str, Any]) -> dict[str, Any]:
    basic = record["level"] == Level.BASIC
    return {"vendor_services": VENDOR_SERVICES if basic else "", **record}


def _package(record: Mapping[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in record.items() if name != "price"}
    return {**rest, "price_minor": _minor(record["price"], "price")}


def _plan_of(session: Session, code: str | None) -> Plan | None:
    """The plan that another one requires. Raises `Refusal("PLAN_UNKNOWN")`."""
    plan = session.exec(select(Plan).where(Plan.code == code)).first()
    if plan is None and code is not None:
        raise Refusal("PLAN_UNKNOWN", field="requires", value=code)
    return plan


def _plan(session: Session, head: Mapping[str, str], required: Plan | None) -> Plan:
    """The plan of that code, made when it is new."""
    plan = session.exec(select(Plan).where(Plan.code == head["code"])).first()
    if plan is not None:
        return plan
    kind = session.exec(select(PlanKind).where(PlanKind.code == head["kind"])).first() or PlanKind(code=head["kind"])
    session.add(kind)
    session.flush()
    plan = Plan(code=head["code"], name=head["name"], name_en=head["name_en"], kind_id=kind.id)
    plan.requires_plan_id = required.id if required is not None else None
    session.add(plan)
    session.flush()
    return plan


def _services(session: Session, services: Sequence[Mapping[str, Any]]) -> list[PlanService]:
    known = {service.code: service.id for service in session.exec(select(Service))}
    rows = []
    for given in services:
        terms = dict(given)
        code = _required(terms, "code")
        if code not in known:
            raise Refusal("SERVICE_UNKNOWN", field="services", value=code, allowed=sorted(known))
        rows.append(_service({**terms, "plan_version_id": 0, "service_id": known[code]}))
    return rows


def _service(terms: dict[str, Any]) -> PlanService:
    """A service that is included, counted by the month unless told otherwise, or offered at a price of its own."""
    if "price" in terms:
        terms["price_minor"] = _minor(terms.pop("price"), "price")
    if terms.get("included_count") is not None:
        terms = {"count_months": 1, **terms}
    service = _checked(PlanService, terms)
    if service.count_months not in (*COUNTED_MONTHS, None) or (service.included_count is None) != (
        service.count_months is None
    ):
        raise Refusal("FIELD_WRONG", field="count_months", value=service.count_months, allowed=list(COUNTED_MONTHS))
    if service.price_minor is not None and (service.draws_hours or service.included_count is not None):
        allowed = "a service that is neither counted nor draws hours"
        raise Refusal("FIELD_WRONG", field="price", value=str(Money(service.price_minor)), allowed=allowed)
    return service


def _price(given: Mapping[str, Any]) -> PlanPrice:
    """A term on sale with its prices; one without a price is agreed in each sale."""
    amounts = [name for name in ("price", "after_break") if name in given]
    minor = {f"{name}_minor": _minor(given[name], name) for name in amounts}
    rest = {name: value for name, value in given.items() if name not in amounts}
    return _checked(PlanPrice, {**rest, **minor, "plan_version_id": 0})


def _promotion(given: Mapping[str, Any], prices: Sequence[PlanPrice]) -> PlanPromotion:
    """A promotion, of a term that is on sale."""
    rest = {name: value for name, value in given.items() if name != "price"}
    minor = _minor(_required(dict(given), "price"), "price")
    promotion = _checked(PlanPromotion, {**rest, "price_minor": minor, "plan_version_id": 0})
    require_term_on_sale(promotion.term_months, [price.term_months for price in prices])
    return promotion


def _channels(given: object) -> str:
    """The channels as a version keeps them, each once and in their order."""
    known = [channel.value for channel in Channel]
    if not isinstance(given, list | tuple) or not all(channel in known for channel in given):
        raise Refusal("FIELD_WRONG", field="channels", value=given, allowed=known)
    return " ".join(channel for channel in known if channel in given)


def _due_times(given: Sequence[Mapping[str, Any]]) -> list[PlanDueTime]:
    """What is promised by priority, each once; nothing is solved before it is answered."""
    rows = [_checked(PlanDueTime, {**one, "plan_version_id": 0}) for one in given]
    known: set[str] = set()
    for row in rows:
        for name in ("priority", "name", "name_en"):
            require_text(getattr(row, name), name, 100)
        if row.priority in known:
            raise Refusal("FIELD_REPEATED", field="priority", value=row.priority)
        known.add(row.priority)
        if row.resolve_minutes is not None and row.resolve_minutes < row.respond_minutes:
            allowed = f"{row.respond_minutes} or more"
            raise Refusal("FIELD_WRONG", field="resolve_minutes", value=row.resolve_minutes, allowed=allowed)
    return rows


def _minor(amount: object, field: str) -> int:
    try:
        return Money.parse(str(amount)).minor
    except Refusal as unreadable:
        raise Refusal(unreadable.code, field=field, **unreadable.facts) from None


def _checked(table: type[Table], record: Mapping[str, Any]) -> Table:
    """A row of the table from plain data; every field known, every value of its type."""
    for name, value in record.items():
        if name not in table.model_fields:
            raise Refusal("FIELD_UNKNOWN", field=name, value=value, allowed=sorted(table.model_fields))
    try:
        return table.model_validate(dict(record))
    except ValidationError as wrong:
        first = wrong.errors()[0]
        field = str(first["loc"][0]) if first["loc"] else table.__name__
        raise Refusal("FIELD_WRONG", field=field, value=record.get(field), allowed=first["msg"]) from None


def _required(given: dict[str, Any], name: str) -> Any:
    if name not in given:
        raise Refusal("FIELD_REQUIRED", field=name, value=None)
    return given.pop(name)


def _records(given: dict[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    records = _required(given, name)
    if not isinstance(records, list | tuple) or not all(isinstance(record, Mapping) for record in records):
        raise Refusal("FIELD_WRONG", field=name, value=records, allowed="a list of objects")
    return records
