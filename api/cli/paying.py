"""Commands about payment as a clock of the service."""

from datetime import date
from typing import Annotated, Any

from api.cli import options
from api.cli.counter import app, taught
from api.cli.installation import database, now
from api.cli.language import Text
from api.cli.parties import seller
from api.cli.repeating import once
from api.cli.screen import say
from api.cli.values import day, option

PaidUntil = Annotated[
    date | None, option("--until", "по какой день; без него весь срок", "until; the term without it", day, options.DAY)
]
Note = Annotated[str, option("--note", "чем оплачено", "paid by what")]
From = Annotated[
    date | None, option("--from", "с какого дня; без него больше нет", "from; no longer without it", day, options.DAY)
]


@taught(
    app,
    "paid",
    Text(
        "Отметить, что подписка оплачена, если платежи не ведутся; иначе её отметит payment record.",
        "Say that a subscription is paid, where payments are not recorded; else payment record marks it.",
    ),
    'abonement paid 12 --note "п/п 118 от 12.10.2026"',
    'abonement paid 12 --until 2026-12-31 --note "первый из двух платежей"',
)
def paid(
    subscription_id: options.SubscriptionId, note: Note, paid_until: PaidUntil = None, key: options.Key = None
) -> None:
    """Mark a subscription as paid until a day (S8)."""
    from contracts.paying import mark_paid

    def mark(session: Any) -> dict[str, str]:
        return {"until": str(mark_paid(session, subscription_id, paid_until, note, at=now()).paid_until)}

    with database() as engine:
        until = once(engine, key, ["paid", subscription_id, note, paid_until], mark)["until"]
    say(
        Text(f"Подписка {subscription_id} оплачена по {until}.", f"Subscription {subscription_id}: paid until {until}.")
    )


@taught(
    seller,
    "follow-payments",
    Text(
        "С какого дня проданное обслуживается, только пока оплачено; проданное раньше не меняется.",
        "From which day on what is sold serves only while it is paid; what was sold stays as it was.",
    ),
    "abonement seller follow-payments north --from 2026-12-01",
)
def follow(code: options.Code, from_on: From = None) -> None:
    """Let payment be a clock of the service, or no longer (S8)."""
    from api.cli.naming import seller_named
    from api.database import transaction
    from contracts.paying import follow_payments

    with database() as engine, transaction(engine) as session:
        follow_payments(session, seller_named(session, code).id, from_on)
    if from_on is None:
        say(Text("Оплата больше не влияет на обслуживание.", "Payment no longer governs the service."))
    else:
        say(Text(f"Оплата влияет на проданное с {from_on}.", f"Payment governs what is sold from {from_on}."))
