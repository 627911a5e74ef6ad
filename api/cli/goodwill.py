"""Commands about the work that engineers may give as goodwill."""

from datetime import date
from typing import Annotated, Any

from api.cli import options
from api.cli.counter import room, taught
from api.cli.installation import database, now
from api.cli.language import Text
from api.cli.repeating import once
from api.cli.screen import say, table
from api.cli.values import duration, month, option

goodwill = room("goodwill", Text("Работы за счёт исполнителя", "Work given as goodwill"))
AnyMonth = Annotated[
    date | None, option("--month", "месяц; без него этот", "month; this one without it", month, Text("месяц", "month"))
]
More = Annotated[int, option("--minutes", "сколько ещё можно дать", "how much more", duration, options.DURATION)]
By = Annotated[str, option("--by", "кто разрешил", "who allowed it", metavar=options.NAME)]

HEADS = (
    Text("Продавец", "Seller"),
    Text("Месяц", "Month"),
    Text("По плану", "By the plan"),
    Text("Всего можно", "Allowed"),
    Text("Дано", "Given"),
    Text("Осталось", "Left"),
    Text("Разрешили", "Allowed by"),
)


@taught(
    goodwill,
    "show",
    Text("Показать, сколько инженеры дали и ещё могут дать.", "Show how much engineers gave and may still give."),
    "abonement goodwill show --inn 7707083893",
)
def show(inn: options.Inn, in_month: AnyMonth = None, kpp: options.Kpp = None) -> None:
    """The goodwill of a client's month, in minutes."""
    from api.cli.naming import entity_named
    from api.database import reading
    from entitlements.goodwill import goodwill_of

    with database() as engine, reading(engine) as session:
        found = goodwill_of(session, entity_named(session, inn, kpp).client_id, _month(session, in_month))
    if not found:
        say(Text("План не ограничивает работы за счёт исполнителя.", "No plan sets a limit to goodwill."))
        return
    table(
        HEADS,
        [
            (
                one.seller_id,
                f"{one.month:%Y-%m}",
                one.budget_minutes,
                one.allowed_minutes,
                one.given_minutes,
                one.left_minutes,
                "; ".join(f"{more.allowed_by}: {more.minutes}, {more.reason}" for more in one.allowances),
            )
            for one in found.values()
        ],
    )


@taught(
    goodwill,
    "allow",
    Text("Разрешить дать в месяце больше, чем по плану.", "Let engineers give more in a month than the plan says."),
    'abonement goodwill allow --inn 7707083893 --minutes 0:30 --by "Орлова Н. В." --reason "Наша ошибка"',
)
def allow(
    inn: options.Inn,
    minutes: More,
    allowed_by: By,
    reason: options.Reason,
    in_month: AnyMonth = None,
    kpp: options.Kpp = None,
    seller: options.SellerCode = None,
    key: options.Key = None,
) -> None:
    """Allow more, by a person and for a reason (H9)."""
    from api.cli.naming import entity_named, seller_named
    from entitlements.goodwill import allow_goodwill

    def act(session: Any) -> dict[str, Any]:
        client_id, seller_id = entity_named(session, inn, kpp).client_id, seller_named(session, seller).id
        of = (client_id, seller_id, _month(session, in_month), minutes)
        allowed = allow_goodwill(session, *of, allowed_by=allowed_by, reason=reason, at=now())
        return {"month": f"{allowed.month:%Y-%m}"}

    with database() as engine:
        told = once(engine, key, ["goodwill allow", inn, kpp, seller, in_month, minutes, allowed_by, reason], act)
    say(Text(f"{told['month']}: ещё {minutes} мин.", f"{told['month']}: {minutes} min more."))


def _month(session: Any, typed: date | None) -> date:
    from zoneinfo import ZoneInfo

    from api.cli.naming import local_zone

    return typed or now().astimezone(ZoneInfo(local_zone(session, None))).date()
