"""The command that changes a running subscription."""

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
    from api.journeys import AmendedSubscription

EffectiveOn = Annotated[date, option("--on", "с какого дня", "from which day on", day, options.DAY)]
OtherPlan = Annotated[str | None, option("--plan", "другой план", "another plan", metavar=options.CODE)]
Add = Annotated[list[str], option("--add", "добавить программу", "registration to add", metavar=options.NUMBER)]
Remove = Annotated[list[str], option("--remove", "убрать программу", "registration to remove", metavar=options.NUMBER)]
AgreedBy = Annotated[str, option("--by", "кто согласовал", "who agreed to it")]

LABELS = {
    "subscription_id": Text("Подписка", "Subscription"),
    "effective_on": Text("Действует с", "Effective from"),
    "price": Text("Цена срока", "Price of the term"),
    "difference": Text("Разница за оставшиеся дни", "Difference for the days left"),
    "given_minutes": Text("Минут добавится", "Minutes given"),
    "taken_back_minutes": Text("Минут не будет", "Minutes taken back"),
    "used_beyond_minutes": Text("Уже использовано сверх нового плана, без доплаты", "Used beyond the new plan, free"),
    "invoice": Text("Счёт на доплату", "Invoice"),
    "credit_notes": Text("Кредит-ноты", "Credit notes"),
}
"""What is told of an amendment, in this order."""


@taught(
    app,
    "amend",
    Text(
        "Изменить действующую подписку с названного дня: план, программы или цену.",
        "Change a running subscription from a day on: its plan, registrations or price.",
    ),
    'abonement amend 12 --on 2026-12-01 --plan its-prof --by "Котова И. Л." --reason "Нужны часы" --dry-run',
    'abonement amend 12 --on 2026-12-01 --add 800123457 --price 45000.00 --by "Котова" --reason "Второй склад"',
)
def amend(
    subscription_id: options.SubscriptionId,
    effective_on: EffectiveOn,
    agreed_by: AgreedBy,
    reason: options.Reason,
    plan: OtherPlan = None,
    add: Add = [],  # noqa: B006 - typer copies it
    remove: Remove = [],  # noqa: B006 - typer copies it
    price: options.Price = None,
    key: options.Key = None,
    dry_run: options.DryRun = False,
) -> None:
    """Amend a subscription, or show what that would cost and give (S9)."""
    from api.journeys import amend_subscription
    from contracts.amending import Change

    change = Change(effective_on, agreed_by, reason, plan, tuple(add), tuple(remove), price)

    def agree(session: Any) -> dict[str, Any]:
        return _told(amend_subscription(session, subscription_id, change, at=now()))

    with database() as engine:
        if dry_run:
            tell({**tried(engine, agree), "invoice": None, "credit_notes": None})
        else:
            asked = ["amend", subscription_id, effective_on, agreed_by, reason, plan, add, remove, price]
            tell(once(engine, key, asked, agree))


def tell(changed: dict[str, Any]) -> None:
    """Show what an amendment came to."""
    facts((label, changed.get(name)) for name, label in LABELS.items())


def _told(made: "AmendedSubscription") -> dict[str, Any]:
    from contracts.money import Money

    amendment, currency = made.amended.amendment, made.amended.subscription.currency
    return {
        "subscription_id": amendment.subscription_id,
        "effective_on": str(amendment.effective_on),
        "price": f"{Money(amendment.price_minor)} {currency}",
        "difference": f"{Money(amendment.difference_minor)} {currency}",
        "given_minutes": made.hours.given_minutes,
        "taken_back_minutes": made.hours.taken_back_minutes,
        "used_beyond_minutes": made.hours.used_beyond_minutes or None,
        "invoice": None if made.invoice is None else made.invoice.number,
        "credit_notes": ", ".join(note.number for note in made.credit_notes) or None,
    }
