"""The command that marks a contract as signed."""

from datetime import date
from typing import Annotated, Any

from api.cli import options
from api.cli.counter import app, taught
from api.cli.installation import database, now
from api.cli.language import Text
from api.cli.repeating import once
from api.cli.screen import say
from api.cli.values import day, option

SignedOn = Annotated[
    date | None, option("--on", "когда подписан; без него сегодня", "signed when; today without it", day, options.DAY)
]
RecordedBy = Annotated[str, option("--by", "кто это отмечает", "who records it")]


@taught(
    app,
    "sign",
    Text(
        "Отметить, что договор подписан: если план этого требует, без отметки обслуживания нет.",
        "Say that a contract is signed: a plan that requires it serves only then.",
    ),
    'abonement sign --contract 2026-0001 --by "Котова И. Л."',
    'abonement sign --contract 2026-0001 --on 2026-10-05 --by "Котова И. Л."',
)
def sign(
    contract: options.Contract,
    recorded_by: RecordedBy,
    signed_on: SignedOn = None,
    seller: options.SellerCode = None,
    key: options.Key = None,
) -> None:
    """Mark a contract as signed on a day (D2)."""
    from api.cli.naming import contract_named, seller_named
    from contracts.signatures import mark_signed

    def mark(session: Any) -> dict[str, str]:
        own = contract_named(session, contract, seller_named(session, seller).id)
        return {"on": str(mark_signed(session, own.id, signed_on, recorded_by, at=now()).signed_on)}

    with database() as engine:
        day_told = once(engine, key, ["sign", seller, contract, recorded_by, signed_on], mark)["on"]
    say(Text(f"Договор {contract} подписан {day_told}.", f"Contract {contract}: signed on {day_told}."))
