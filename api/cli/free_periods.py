"""Commands about the free service that a purchase brings: starting it, and the registry of what was granted."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from api.cli import options
from api.cli.counter import app, taught
from api.cli.installation import database, now
from api.cli.language import Text
from api.cli.repeating import once
from api.cli.screen import say, table
from api.cli.selling import days, tell

HEADS = (
    Text("Рег. номер", "Registration"),
    Text("Программа", "Program"),
    Text("Владелец", "Owner"),
    Text("ИНН", "INN"),
    Text("Продавец", "Seller"),
    Text("Тариф", "Plan"),
    Text("Основание", "Purchase"),
    Text("Первый день", "First day"),
    Text("Последний день", "Last day"),
    Text("Выдан", "Granted"),
)
PAGE = 100


@taught(
    app,
    "free-period",
    Text(
        "Начать бесплатное обслуживание после покупки, раз на регистрационный номер.",
        "Start the free service after a purchase, once for a registration number.",
    ),
    "abonement free-period 800123456 --plan its-prof",
)
def free_period(
    registration_number: options.RegistrationNumber,
    plan: options.Plan,
    seller: options.SellerCode = None,
    key: options.Key = None,
) -> None:
    """Start a free period without a sale, and issue its certificate (S1)."""
    from api.cli.naming import seller_named
    from api.journeys import start_free_period

    def start(session: Any) -> dict[str, Any]:
        free = start_free_period(session, seller_named(session, seller).id, registration_number, plan, at=now())
        return {"registration_number": registration_number, **days(free.term)}

    with database() as engine:
        tell(once(engine, key, ["free-period", registration_number, plan, seller], start))


@taught(
    app,
    "free-periods",
    Text(
        "Реестр бесплатных периодов: кому, на что и по какой день.", "The registry of free periods: whose, until when."
    ),
    "abonement free-periods",
    "abonement free-periods --registration 800123456",
    "abonement free-periods --client 7",
)
def free_periods(registration: options.Registration = None, client: options.Client = None) -> None:
    """Show the free periods that were granted, in that order (S1)."""
    from api.database import reading
    from contracts.free_periods import registry

    rows: list[tuple[object, ...]] = []
    with database() as engine, reading(engine) as session:
        after = 0
        while page := registry(session, registration_number=registration, client_id=client, after=after, limit=PAGE):
            rows += [_row(one) for one in page]
            after = page[-1].free.id
    if rows:
        table(HEADS, rows)
    else:
        say(Text("Бесплатных периодов нет.", "There are no free periods."))


def _row(one: Any) -> tuple[object, ...]:
    """A line of the registry under `HEADS`."""
    return (
        one.registration.number,
        one.product_code,
        one.owner.name,
        one.owner.inn,
        one.seller.code,
        one.plan_code,
        one.registration.purchase,
        one.free.starts_on,
        one.free.term.last_day,
        _local(one.free.granted_at, one.seller.time_zone),
    )


def _local(at: datetime, time_zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(time_zone)):%Y-%m-%d %H:%M}"
