"""What the clients of the demonstration pay: by hand, through the bank, in part, together, too much, and too late."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, select

from api.database import transaction
from api.demonstration.cast import SELLER
from api.demonstration.stage import Stage, moment
from api.dunning import dun_what_is_due
from billing.bank_importing import import_bank_file
from billing.bills import Invoice, InvoiceKind
from billing.dunning_steps import DunningEffect, DunningNotice, Step
from billing.taking_dunning_steps import choose_dunning
from billing.taking_payments import Put, Received, take_payment
from contracts.money import Money
from contracts.parties import Entity
from documents.words import Language

ENTERED_ON, SENT_ON = date(2026, 10, 2), date(2026, 10, 14)
"""When the payments of the summer are entered, and when the bank's file of October comes."""
DUN_FROM = date(2026, 9, 1)
LADDER = (
    Step(5, DunningNotice.REMINDER),
    Step(15, DunningNotice.DEMAND),
    Step(20, DunningNotice.LAST_NOTICE, DunningEffect.BLOCK),
)
LATE = {("lighthouse", InvoiceKind.SUBSCRIPTION), ("atelier", InvoiceKind.MONTH)}
"""Who has not paid what of the summer."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """What a client pays through the bank: the invoices of which months of issue, and how much more or less."""

    role: str
    months: tuple[int, ...]
    more: str = "0.00"
    is_named: bool = True


TRANSFERS = (
    Transfer("romashka", (10,)),
    Transfer("shchukina", (10,), "-2400.00"),
    Transfer("pier", (10,)),
    Transfer("sparrow", (10,), is_named=False),
    Transfer("harbour", (10,), "1000.00"),
    Transfer("atelier", (9, 10)),
)
"""What the bank's file tells beside a payment of somebody whom nobody knows."""


def pay_what_was_invoiced(stage: Stage) -> None:
    """The payments of the summer are entered: each four days after its invoice.

    The harbour paid a thousand too much, which stays its advance; the pier paid half, and the rest a week later.
    """
    roles = {client_id: role for role, client_id in stage.clients.items()}
    with transaction(stage.engine) as session:
        summer = select(Invoice).where(Invoice.issued_on < ENTERED_ON)
        for invoice in session.exec(summer.order_by(col(Invoice.id))).all():
            role = roles[invoice.client_id]
            paid = [] if (role, invoice.kind) in LATE else [invoice.total]
            if invoice.kind is InvoiceKind.SUBSCRIPTION and role == "pier":
                half = invoice.total.share(1, 2)
                paid = [half, invoice.total - half]
            if invoice.kind is InvoiceKind.SUBSCRIPTION and role == "harbour":
                paid = [invoice.total + Money(100_000)]
            for weeks, amount in enumerate(paid):
                received = Received(
                    invoice.seller_id,
                    invoice.entity_id,
                    str(100 + invoice.sequence),
                    invoice.issued_on + timedelta(days=4, weeks=weeks),
                    amount,
                    f"Оплата по счёту {invoice.number} от {invoice.issued_on:%d.%m.%Y}",
                )
                take_payment(session, received, [Put(invoice.id)], at=moment(ENTERED_ON, "10:00"))


def dun_and_take_the_banks_file(stage: Stage) -> None:
    """Who is late is told, then served no more until the bank's file brings the money; the rest is told in its turn."""
    with transaction(stage.engine) as session:
        choose_dunning(session, stage.seller_id, DUN_FROM, LADDER, at=moment(ENTERED_ON, "11:00"))
    for on in (date(2026, 10, 5), date(2026, 10, 9)):
        _dun(stage, on)
    with transaction(stage.engine) as session:
        stage.bank_file = bank_file(session, stage)
        import_bank_file(session, stage.bank_file, at=moment(SENT_ON, "09:30"))
    _dun(stage, date(2026, 10, 27))


def _dun(stage: Stage, on: date) -> None:
    at = moment(on, "09:00")
    dun_what_is_due(stage.engine, Language.RU, lambda: at)
    stage.post(at)


def bank_file(session: Session, stage: Stage) -> bytes:
    """The file as the bank gives it out, in its usual encoding."""
    account = f"РасчСчет={SELLER['bank_account']}"
    lines = ["1CClientBankExchange", "ВерсияФормата=1.03", "Кодировка=Windows", account]
    lines += ["ДатаНачала=12.10.2026", "ДатаКонца=13.10.2026"]
    for place, transfer in enumerate(TRANSFERS, 1):
        invoices = _invoices(session, stage, transfer)
        amount = Money.total(invoice.total for invoice in invoices) + Money.parse(transfer.more)
        numbers = " и ".join(invoice.number for invoice in invoices)
        purpose = f"Оплата по счёту {numbers}" if transfer.is_named else "За консультации в сентябре"
        lines += _document(place, session.get_one(Entity, invoices[0].entity_id), amount, purpose)
    stranger = Entity(name="ООО «Попутный ветер»", full_name="", inn="7799999997", kpp="779901001")
    lines += _document(len(TRANSFERS) + 1, stranger, Money.parse("12000.00"), "Оплата за услуги по договору")
    return "\r\n".join([*lines, "КонецФайла", ""]).encode("cp1251")


def _invoices(session: Session, stage: Stage, transfer: Transfer) -> list[Invoice]:
    own = select(Invoice).where(Invoice.client_id == stage.clients[transfer.role], Invoice.kind == InvoiceKind.MONTH)
    found = session.exec(own.order_by(col(Invoice.id))).all()
    return [invoice for invoice in found if invoice.issued_on.month in transfer.months]


def _document(place: int, payer: Entity, amount: Money, purpose: str) -> list[str]:
    """One payment order of the file."""
    values = {
        "Номер": str(200 + place),
        "Дата": "12.10.2026",
        "Сумма": str(amount),
        "Плательщик": f"ИНН {payer.inn} {payer.name}",
        "ПлательщикИНН": payer.inn,
        "ПлательщикКПП": payer.kpp,
        "ПолучательСчет": SELLER["bank_account"],
        "ДатаПоступило": "13.10.2026",
        "НазначениеПлатежа": purpose,
    }
    told = [f"{name}={value}" for name, value in values.items() if value]
    return ["СекцияДокумент=Платежное поручение", *told, "КонецДокумента"]
