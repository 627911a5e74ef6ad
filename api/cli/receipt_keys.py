"""Commands about the keys that sign receipts and offline passes."""

from datetime import date
from typing import Annotated

from api.cli.counter import room, taught
from api.cli.installation import database, now
from api.cli.language import Text
from api.cli.screen import say, table
from api.cli.values import argument, day, option

receipt_key = room("receipt-key", Text("Ключи подписи квитанций", "Keys that sign receipts"))

Kid = Annotated[str, argument("имя ключа (kid)", "name of the key (kid)", Text("КЛЮЧ", "KEY"))]
FromDay = Annotated[
    date,
    option(
        "--from",
        "с какого дня подписям ключа нельзя верить",
        "the day from which its signatures prove nothing",
        day,
        Text("день", "day"),
    ),
]


@taught(
    receipt_key,
    "list",
    Text("Показать ключи без секретов; подписывает первый.", "List the keys, without secrets; the first one signs."),
    "abonement receipt-key list",
)
def list_keys() -> None:
    """Show the keys, newest first."""
    from api.database import reading
    from entitlements.key_rotation import published

    with database() as engine, reading(engine) as session:
        keys = published(session)
    heads = [Text("Ключ", "Key"), Text("Создан", "Made"), Text("Отозван с", "Withdrawn from")]
    moments = [(one.kid, one.made_at, one.withdrawn_from) for one in keys]
    table(heads, [(kid, *(f"{at:%Y-%m-%d %H:%M}" if at else "" for at in times)) for kid, *times in moments])


@taught(
    receipt_key,
    "rotate",
    Text(
        "Подписывать новым ключом. Прежние квитанции остаются действительными.",
        "Sign with a new key. Receipts that were given before stay valid.",
    ),
    "abonement receipt-key rotate",
)
def rotate_key() -> None:
    """Make the key that signs from now on."""
    from api.database import transaction
    from entitlements.key_rotation import rotate

    with database() as engine, transaction(engine) as session:
        made = rotate(session, at=now())
    say(Text(f"Теперь подписывает ключ {made.kid}.", f"Key {made.kid} signs from now on."))


@taught(
    receipt_key,
    "withdraw",
    Text(
        "Отозвать ключ: с этого дня его подписи ничего не доказывают. Подписывать будет новый.",
        "Withdraw a key: from that day on its signatures prove nothing. A new one signs.",
    ),
    "abonement receipt-key withdraw 5_jTVDhvjy8dD7L-7gOyQXopU8mIHWhTMav-Ycn3B14 --from 2026-11-20",
)
def withdraw_key(kid: Kid, from_day: FromDay) -> None:
    """Withdraw a key from a day on."""
    from api.cli.naming import local_zone
    from api.database import transaction
    from entitlements.hours import day_starts_at
    from entitlements.key_rotation import withdraw

    with database() as engine, transaction(engine) as session:
        from_at = day_starts_at(from_day, local_zone(session, None))
        withdrawn = withdraw(session, kid, from_at=from_at, at=now())
    say(Text(f"Ключ отозван с {withdrawn.withdrawn_from}.", f"The key is withdrawn from {withdrawn.withdrawn_from}."))
