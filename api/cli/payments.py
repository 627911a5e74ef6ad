"""Commands about payments: recorded once, put to invoices, listed, paid back, reversed."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from api.cli import options
from api.cli.counter import room, taught
from api.cli.importing import pair
from api.cli.installation import database, now
from api.cli.language import Text
from api.cli.repeating import once
from api.cli.screen import facts, say, table
from api.cli.values import amount, argument, day, identifier, option
from contracts.money import Money

if TYPE_CHECKING:
    from sqlmodel import Session

    from billing.settling import PaymentStanding

payment = room("payment", Text("Платежи клиентов и счета, которые они оплатили", "Payments and what they paid for"))

PaymentId = Annotated[int, argument("номер платежа у нас", "id of the payment", Text("ПЛАТЁЖ", "PAYMENT"), identifier)]
PayersNumber = Annotated[str, option("--number", "номер платёжки", "number of the payer's", metavar=options.NUMBER)]
PaidOn = Annotated[date, option("--on", "день платежа", "day of the payment", day, options.DAY)]
Sum = Annotated[Money, option("--amount", "сколько пришло", "what came", amount, Text("сумма", "amount"))]
SomeOfIt = Annotated[
    Money | None,
    option("--amount", "какую часть; без неё сколько поместится", "how much; all that fits without it", amount,
           Text("сумма", "amount")),
]  # fmt: skip
Currency = Annotated[str, option("--currency", "валюта", "currency", metavar="RUB")]
Purpose = Annotated[str, option("--purpose", "назначение платежа", "what it is for")]
Invoices = Annotated[
    list[str],
    option(
        "--invoice",
        "номер счёта, можно с суммой: 2026-0012=5000.00; можно несколько",
        "number of an invoice, with a sum if need be: 2026-0012=5000.00; may be repeated",
        metavar=Text("счёт[=сумма]", "invoice[=sum]"),
    ),
]
Invoice = Annotated[str, option("--invoice", "номер счёта", "number of the invoice", metavar=options.NUMBER)]
AnyInn = Annotated[str | None, option("--inn", "только этого клиента", "this client alone", metavar=options.INN)]
FirstDay = Annotated[date | None, option("--from", "первый день", "the first day", day, options.DAY)]
LastDay = Annotated[date | None, option("--until", "последний день", "the last day", day, options.DAY)]
By = Annotated[str, option("--by", "кто отменил", "who took it back", metavar=options.NAME)]

PaidBackOn = Annotated[date, option("--on", "день возврата", "day of the refund", day, options.DAY)]
SumBack = Annotated[Money, option("--amount", "сколько вернули", "what went back", amount, Text("сумма", "amount"))]
OwnNumber = Annotated[str, option("--number", "номер нашей платёжки", "number of our order", metavar=options.NUMBER)]

HEADS = (
    Text("Платёж", "Payment"),
    Text("День", "Day"),
    Text("Номер", "Number"),
    Text("Плательщик", "Payer"),
    Text("Сумма", "Amount"),
    Text("Счета", "Invoices"),
    Text("Аванс", "Advance"),
)


@taught(
    payment,
    "record",
    Text(
        "Записать платёж и разнести по счетам; счёт, оплаченный целиком, сам отметит подписку оплаченной.",
        "Record a payment and put it to invoices; an invoice paid in full marks its subscription as paid by itself.",
    ),
    "abonement payment record --inn 7707083893 --number 118 --on 2026-10-12 --amount 33816.00 "
    '--purpose "Оплата по счёту 2026-0012" --invoice 2026-0012',
)
def record(
    inn: options.Inn,
    number: PayersNumber,
    paid_on: PaidOn,
    came: Sum,
    purpose: Purpose,
    invoices: Invoices = [],  # noqa: B006 - typer copies it
    currency: Currency = "RUB",
    kpp: options.Kpp = None,
    seller: options.SellerCode = None,
    key: options.Key = None,
) -> None:
    """Record a payment once, all or nothing (M5)."""
    from api.cli.naming import entity_named, seller_named
    from billing.taking_payments import Received, take_payment

    def act(session: "Session") -> dict[str, Any]:
        own, entity = seller_named(session, seller), entity_named(session, inn, kpp)
        received = Received(own.id, entity.id, number, paid_on, Money(came.minor, currency), purpose)
        puts = chosen_invoices(session, own.id, invoices, currency)
        return {"id": take_payment(session, received, puts, at=now()).id}

    asked = ["payment record", inn, kpp, seller, number, paid_on, came, currency, purpose, invoices]
    with database() as engine:
        payment_id = once(engine, key, asked, act)["id"]
        _show_one(engine, payment_id)


def chosen_invoices(session: "Session", seller_id: int, typed: Sequence[str], currency: str) -> list[Any]:
    """The invoices that were typed, each with its sum if one was.

    Raises `Refusal` with INVOICE_UNKNOWN or AMOUNT_UNREADABLE.
    """
    from api.cli.naming import invoice_named
    from billing.taking_payments import Put

    puts = []
    for text in typed:
        number, said = pair(text) if "=" in text else (text, None)
        part = Money.parse(said, currency) if said is not None else None
        puts.append(Put(invoice_named(session, number, seller_id).id, part))
    return puts


@taught(
    payment,
    "put",
    Text(
        "Отнести остаток платежа или его часть на счёт.", "Put the rest of a payment, or a part of it, to an invoice."
    ),
    "abonement payment put 7 --invoice 2026-0013",
    "abonement payment put 7 --invoice 2026-0013 --amount 5000.00",
)
def put(payment_id: PaymentId, invoice: Invoice, some: SomeOfIt = None, key: options.Key = None) -> None:
    """Put what is left of a payment to an invoice of the same client (M5)."""
    from api.cli.naming import invoice_named
    from billing.payments import Payment
    from billing.taking_payments import put_to_invoice
    from contracts.known_rows import known_row

    def act(session: "Session") -> dict[str, Any]:
        paid = known_row(session, Payment, payment_id)
        invoice_id = invoice_named(session, invoice, paid.seller_id).id
        part = Money(some.minor, paid.currency) if some is not None else None
        put_to_invoice(session, payment_id, invoice_id, part, at=now())
        return {}

    with database() as engine:
        once(engine, key, ["payment put", payment_id, invoice, some], act)
        _show_one(engine, payment_id)


@taught(
    payment,
    "list",
    Text(
        "Показать платежи и счета, на которые они разнесены.", "Show payments and the invoices that they were put to."
    ),
    "abonement payment list --inn 7707083893",
    "abonement payment list --from 2026-10-01 --until 2026-10-31",
)
def show(
    inn: AnyInn = None,
    first: FirstDay = None,
    last: LastDay = None,
    kpp: options.Kpp = None,
    seller: options.SellerCode = None,
) -> None:
    """Show payments of a client, a seller or a period, with what became of them (M5)."""
    from api.cli.naming import entity_named, seller_named
    from api.database import reading
    from billing.settling import PaymentsWanted, payments_found

    with database() as engine, reading(engine) as session:
        client_id = entity_named(session, inn, kpp).client_id if inn is not None else None
        seller_id = seller_named(session, seller).id if seller is not None else None
        found = payments_found(session, PaymentsWanted(seller_id, client_id, first, last))
        rows = [_row(session, one) for one in found]
    table(HEADS, rows)


@taught(
    payment,
    "pay-back",
    Text(
        "Записать возврат клиенту из свободного остатка платежа.",
        "Record that what is free of a payment, or a part of it, went back to the client.",
    ),
    "abonement payment pay-back 7 --amount 500.00 --on 2026-11-20 --number 57",
)
def give_back(
    payment_id: PaymentId,
    went: SumBack,
    paid_on: PaidBackOn,
    number: OwnNumber,
    currency: Currency = "RUB",
    key: options.Key = None,
) -> None:
    """Record what was paid back of a payment (M5)."""
    from billing.paying_back import pay_back

    def act(session: "Session") -> dict[str, Any]:
        return {"id": pay_back(session, payment_id, Money(went.minor, currency), paid_on, number, at=now()).id}

    with database() as engine:
        back_id = once(engine, key, ["payment pay-back", payment_id, went, paid_on, number, currency], act)["id"]
        _show_one(engine, back_id)


@taught(
    payment,
    "reverse",
    Text(
        "Отменить платёж: он больше не считается, оплаченное им снова ждёт оплаты.",
        "Take a payment back: it counts no more, and what it paid is awaited again.",
    ),
    'abonement payment reverse 7 --by "Котова И. Л." --reason "Банк отозвал платёж"',
)
def reverse(payment_id: PaymentId, reversed_by: By, reason: options.Reason, key: options.Key = None) -> None:
    """Take a payment back, by a person and for a reason (M5)."""
    from billing.taking_payments import reverse_payment

    def act(session: "Session") -> dict[str, Any]:
        reverse_payment(session, payment_id, reversed_by, reason, at=now())
        return {}

    with database() as engine:
        once(engine, key, ["payment reverse", payment_id, reversed_by, reason], act)
    say(Text(f"Платёж {payment_id} отменён.", f"Payment {payment_id} is taken back."))


def _show_one(engine: Any, payment_id: int) -> None:
    from api.database import reading
    from billing.payments import Payment
    from billing.settling import payment_standing

    with reading(engine) as session:
        row = _row(session, payment_standing(session, session.get_one(Payment, payment_id)))
    facts(zip(HEADS, row, strict=True))


def _row(session: "Session", standing: "PaymentStanding") -> tuple[object, ...]:
    """A payment as it is shown: the last two columns say what became of it."""
    from billing.bills import Invoice as Bill
    from contracts.parties import Entity

    paid = standing.payment
    put_to = [
        f"{session.get_one(Bill, part.invoice_id).number}: {Money(part.amount_minor, paid.currency)}"
        for part in standing.parts
    ]
    payer, sum_ = session.get_one(Entity, paid.entity_id).name, Money(paid.amount_minor, paid.currency)
    became = Text("отменён", "taken back") if standing.reversal else standing.advance
    return (paid.id, paid.paid_on, paid.number, payer, f"{sum_} {paid.currency}", ", ".join(put_to), became)
