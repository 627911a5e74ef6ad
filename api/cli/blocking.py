"""Commands that stop service and let it go on."""

from api.cli import options
from api.cli.counter import room, taught
from api.cli.installation import database, now
from api.cli.language import Text
from api.cli.screen import say

block = room("block", Text("Остановка обслуживания", "Stopping service"))


@taught(
    block,
    "raise",
    Text(
        "Остановить обслуживание клиента, договора или подписки.",
        "Stop service of a client, a contract or a subscription.",
    ),
    'abonement block raise --inn 7707083893 --reason "Не оплачен счёт 2026-0012"',
    'abonement block raise --inn 7707083893 --contract 2026-0001 --reason "Переезд" --until "2026-11-01 09:00"',
)
def raise_block(
    inn: options.Inn,
    reason: options.Reason,
    contract: options.AnyContract = None,
    subscription_id: options.Subscription = None,
    from_at: options.FromAt = None,
    until_at: options.UntilAt = None,
    kpp: options.Kpp = None,
    seller: options.SellerCode = None,
) -> None:
    """Stop service from now or a later moment (S10)."""
    from api.cli.naming import contract_named, entity_named, local_zone, seller_named
    from api.cli.values import in_zone
    from api.database import transaction
    from contracts import blocking

    with database() as engine, transaction(engine) as session:
        client_id = entity_named(session, inn, kpp).client_id
        under = contract_named(session, contract, seller_named(session, seller).id, client_id).id if contract else None
        zone = local_zone(session, seller)
        raised = blocking.raise_block(
            session,
            client_id,
            reason,
            at=now(),
            from_at=in_zone(from_at, zone) if from_at else None,
            until_at=in_zone(until_at, zone) if until_at else None,
            contract_id=under,
            subscription_id=subscription_id,
        )
    say(Text(f"Блокировка {raised.id}: {reason}.", f"Block {raised.id}: {reason}."))


@taught(
    block,
    "lift",
    Text("Снять одну блокировку; остальные остаются.", "Lift one block; the others stay."),
    "abonement block lift 3",
)
def lift_block(block_id: options.BlockId) -> None:
    """Let service go on, as far as no other block stops it (S10)."""
    from api.database import transaction
    from contracts import blocking

    with database() as engine, transaction(engine) as session:
        blocking.lift_block(session, block_id, at=now())
    say(Text(f"Блокировка {block_id} снята.", f"Block {block_id} is lifted."))
