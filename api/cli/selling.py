"""Commands that sell: subscriptions, renewals, hour packages."""

from typing import TYPE_CHECKING, Any

from api.cli import options
from api.cli.counter import app, room, taught
from api.cli.installation import database, now
from api.cli.language import Text
from api.cli.promotion_options import Promotion
from api.cli.repeating import once, tried
from api.cli.screen import facts

if TYPE_CHECKING:
    from sqlmodel import Session

    from api.journeys import Sold
    from billing.bills import Invoice
    from contracts.terms import Term

packages = room("package", Text("Пакеты часов", "Hour packages"))

LABELS = {
    "contract": Text("Договор", "Contract"),
    "subscription_id": Text("Подписка", "Subscription"),
    "registration_number": Text("Программа", "Program"),
    "minutes": Text("Минут", "Minutes"),
    "starts_on": Text("Первый день", "First day"),
    "last_day": Text("Последний день", "Last day"),
    "price": Text("Цена", "Price"),
    "promotion": Text("Акция", "Promotion"),
    "free_until": Text("Бесплатно по", "Free until"),
    "invoice": Text("Счёт", "Invoice"),
    "total": Text("К оплате", "To pay"),
    "due_on": Text("Оплатить до", "Due on"),
    "doubts": Text("Проверить преамбулу", "Preamble to look at"),
}
"""What is told of a sale, in this order."""

NUMBERED = ("contract", "subscription_id", "invoice")
"""What has a number only once it is issued."""


def tell(sold: dict[str, Any]) -> None:
    """Show what a sale made."""
    facts((label, sold.get(name)) for name, label in LABELS.items())


@taught(
    app,
    "sell",
    Text(
        "Продать подписку: договор, бесплатный период и счёт выдаются вместе.",
        "Sell a subscription: contract, free period and invoice are issued together.",
    ),
    "abonement sell --inn 7707083893 --plan its-prof --months 12 --registration 800123456",
    "abonement sell --inn 7707083893 --plan service-8h --months 6 --price 120000.00 --key CRM-118",
    "abonement sell --inn 7707083893 --plan its-prof --months 12 --registration 800123456 --dry-run",
    "abonement sell --inn 7707083893 --plan its-prof --months 12 --registration 800123456 --promotion 8+4",
)
def sell(
    inn: options.Inn,
    plan: options.Plan,
    term_months: options.Months,
    registrations: options.Registrations = [],  # noqa: B006 - typer copies it
    starts_on: options.StartsOn = None,
    price: options.Price = None,
    contract: options.AnyContract = None,
    kpp: options.Kpp = None,
    seller: options.SellerCode = None,
    promotion: Promotion = None,
    key: options.Key = None,
    dry_run: options.DryRun = False,
) -> None:
    """Sell a subscription, or show what that would make (T3); more about it in `api.journeys.sell_subscription`."""
    from api.cli.naming import contract_named, entity_named, seller_named
    from api.journeys import sell_subscription
    from contracts.selling import Order

    def order(session: Any) -> dict[str, Any]:
        by, entity = seller_named(session, seller), entity_named(session, inn, kpp)
        under = contract_named(session, contract, by.id, entity.client_id).id if contract else None
        copies = tuple(registrations)
        wanted = Order(by.id, entity.id, plan, term_months, copies, starts_on, price, under, promotion)
        return _told(session, sell_subscription(session, wanted, at=now())) | {"promotion": promotion}

    asked = ["sell", inn, kpp, plan, term_months, registrations, starts_on, price, contract, seller, promotion]
    with database() as engine:
        if dry_run:
            shown = tried(engine, order)
            tell({name: shown[name] for name in shown if name not in NUMBERED})
        else:
            tell(once(engine, key, asked, order))


@taught(
    app,
    "renew",
    Text(
        "Продлить подписку со дня после её последнего; после перерыва так, как велит план.",
        "Renew a subscription from the day after its last one; after a lapse as the plan says.",
    ),
    "abonement renew 12 --key CRM-131",
    "abonement renew 12 --months 24 --kind continuous",
)
def renew(
    subscription_id: options.SubscriptionId,
    term_months: options.SameMonths = None,
    kind: options.RenewalWay = None,
    price: options.Price = None,
    promotion: Promotion = None,
    key: options.Key = None,
) -> None:
    """Renew a subscription (S4, S5)."""
    from api.journeys import renew_subscription
    from contracts.policies import LapseRenewal

    way = None if kind is None else LapseRenewal(kind)

    def extend(session: Any) -> dict[str, Any]:
        sold = renew_subscription(session, subscription_id, term_months, way, price, promotion, at=now())
        return _told(session, sold) | {"promotion": promotion}

    with database() as engine:
        tell(once(engine, key, ["renew", subscription_id, term_months, kind, price, promotion], extend))


@taught(
    app,
    "claim",
    Text(
        "Засчитать перерыв перед непрерывным продлением: обращения за эти дни становятся покрытыми.",
        "Claim the gap before a continuous renewal: requests of those days become covered.",
    ),
    'abonement claim 13 --by "Котова И. Л." --reason "Договорились при продлении"',
)
def claim(
    subscription_id: options.SubscriptionId,
    claimed_by: options.ClaimedBy,
    reason: options.Reason,
    key: options.Key = None,
) -> None:
    """Claim the gap before a renewal (S5)."""
    from api.journeys import claim_service

    def count(session: Any) -> dict[str, Any]:
        claimed = claim_service(session, subscription_id, claimed_by, reason, at=now())
        return {"subscription_id": claimed.subscription_id}

    with database() as engine:
        tell(once(engine, key, ["claim", subscription_id, claimed_by, reason], count))


@taught(
    packages,
    "sell",
    Text("Продать пакет часов по договору.", "Sell an hour package under a contract."),
    "abonement package sell --contract 2026-0001 --package hours-20",
    "abonement package sell --contract 2026-0001 --package hours-20 --starts-on 2026-11-01",
)
def sell_hours(
    contract: options.Contract,
    package: options.Package,
    starts_on: options.StartsOn = None,
    seller: options.SellerCode = None,
    key: options.Key = None,
) -> None:
    """Sell an hour package (H8)."""
    from api.cli.naming import contract_named, seller_named
    from api.journeys import sell_package
    from contracts.terms import Term

    def give(session: Any) -> dict[str, Any]:
        under = contract_named(session, contract, seller_named(session, seller).id)
        grant, invoice = sell_package(session, under.id, package, starts_on, at=now())
        term = Term(grant.starts_on, grant.ends_on)
        return {"contract": contract, "minutes": grant.minutes, **days(term), **_billed(invoice)}

    with database() as engine:
        tell(once(engine, key, ["package", contract, package, starts_on, seller], give))


def _told(session: "Session", sold: "Sold") -> dict[str, Any]:
    from documents.drawing_parties import introductions, parties_of

    phrases = introductions(parties_of(session, sold.sale.contract.id)).values()
    subscription, free = sold.sale.subscription, sold.sale.free_periods
    return {
        "contract": sold.sale.contract.number,
        "subscription_id": subscription.id,
        **days(subscription.term),
        "price": f"{subscription.price} {subscription.currency}",
        "free_until": ", ".join(str(period.term.last_day) for period in free),
        **_billed(sold.invoice),
        "doubts": "; ".join(one.phrase for one in phrases if one.doubts),
    }


def days(term: "Term") -> dict[str, str]:
    """The first and the last day of a term, as they are told."""
    return {"starts_on": str(term.starts_on), "last_day": str(term.last_day)}


def _billed(invoice: "Invoice") -> dict[str, str]:
    return {
        "invoice": invoice.number,
        "total": f"{invoice.total} {invoice.currency}",
        "due_on": str(invoice.due_on),
    }
