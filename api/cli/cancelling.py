"""The command that ends a subscription early."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from api.cli import options
from api.cli.counter import app, taught
from api.cli.installation import database, now
from api.cli.language import Text
from api.cli.repeating import once, tried
from api.cli.screen import facts
from api.cli.values import day, option

if TYPE_CHECKING:
    from api.journeys import Cancelled

LastDay = Annotated[date, option("--last-day", "последний день обслуживания", "last day of service", day, options.DAY)]
CancelledBy = Annotated[str, option("--by", "кто расторгает", "who cancels")]

LABELS = {
    "subscription_id": Text("Подписка", "Subscription"),
    "last_day": Text("Последний день", "Last day"),
    "refund": Text("К возврату", "Refund"),
    "minutes_not_given": Text("Минут будущих месяцев не будет", "Minutes of coming months not given"),
    "credit_notes": Text("Кредит-ноты", "Credit notes"),
}
"""What is told of a cancellation, in this order."""


@taught(
    app,
    "cancel",
    Text(
        "Расторгнуть подписку её последним днём обслуживания; неиспользованное возвращается кредит-нотой.",
        "End a subscription with its last day of service; what is not used is given back by a credit note.",
    ),
    'abonement cancel 12 --last-day 2026-09-30 --by "Котова И. Л." --reason "Клиент закрывает компанию"',
    'abonement cancel 12 --last-day 2026-09-30 --by "Котова И. Л." --reason "Закрытие" --dry-run',
)
def cancel(
    subscription_id: options.SubscriptionId,
    last_day: LastDay,
    cancelled_by: CancelledBy,
    reason: options.Reason,
    key: options.Key = None,
    dry_run: options.DryRun = False,
) -> None:
    """Cancel a subscription, or show what that would give back (S11)."""
    from api.journeys import cancel_subscription

    said = (subscription_id, last_day, cancelled_by, reason)

    def end(session: Any) -> dict[str, Any]:
        return _told(cancel_subscription(session, *said, at=now()))

    with database() as engine:
        if dry_run:
            tell({**tried(engine, end), "credit_notes": None})
        else:
            tell(once(engine, key, ["cancel", *said], end))


def tell(ended: dict[str, Any]) -> None:
    """Show what a cancellation came to."""
    facts((label, ended.get(name)) for name, label in LABELS.items())


def _told(cancelled: "Cancelled") -> dict[str, Any]:
    cancellation = cancelled.cancellation
    return {
        "subscription_id": cancellation.subscription_id,
        "last_day": str(cancellation.last_day),
        "refund": f"{cancelled.refund} {cancelled.refund.currency}",
        "minutes_not_given": cancelled.minutes_not_given,
        "credit_notes": ", ".join(note.number for note in cancelled.credit_notes) or None,
    }
