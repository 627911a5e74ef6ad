"""Sample papers of a seller, to look at a form before it is adopted: a client and sums that do not exist (P1)."""

from dataclasses import replace
from datetime import date, timedelta

from billing.journal import Source
from contracts.money import Money
from contracts.policies import IncludedPer, LapseRenewal, OverLimit, Purchase, Refund, RoundingScope
from contracts.tax_modes import TaxMode
from contracts.terms import Term
from documents.act import ActSheet
from documents.certificate import CertificateSheet, FreeMinutesSheet
from documents.contract import ContractSheet, HoursTerms, RenewalTerms, ServiceSheet
from documents.credit_note import Cancelled, CreditNoteSheet
from documents.entry_lines import EntrySheet, PaidFrom, ShareSheet
from documents.invoice import InvoiceSheet
from documents.lines import LineKind, LineSheet, RateTotal, Unit
from documents.offer import ChoiceSheet, OfferSheet, PackageSheet
from documents.paper_kinds import PaperKind
from documents.parties import ContractReference, PartySheet, RegistrationSheet
from documents.reconciliation import ReconciliationSheet, SettledSheet
from documents.statement import PoolSheet, StatementSheet

CLIENT = PartySheet(
    name="ООО «Образец»",
    full_name="Общество с ограниченной ответственностью «Образец»",
    inn="7700000000",
    kpp="770001001",
    address="101000, Москва, ул. Примерная, д. 1",
    signatory_name="Иванова Анна Петровна",
    signatory_post="Директор",
    signatory_basis="Устава",
    signatory_phrase="в лице директора Ивановой Анны Петровны, действующей на основании Устава",
    signatory_phrase_en="represented by its Director Anna Ivanova, acting under the Charter",
)
YEAR, HOUR, RATE = Money(3_381_600), Money(270_000), 22
PLAN, TITLE = "1С:ИТС ПРОФ", "Обновление конфигурации"
REGISTRATION = RegistrationSheet("800000000", "1С:Бухгалтерия 8 ПРОФ", CLIENT.name)
SERVICES = (ServiceSheet("Линия консультаций"), ServiceSheet("Удалённая работа", draws_hours=True))


Sample = (
    ContractSheet
    | InvoiceSheet
    | ActSheet
    | StatementSheet
    | CreditNoteSheet
    | CertificateSheet
    | OfferSheet
    | ReconciliationSheet
)


def sample_sheet(kind: PaperKind, seller: PartySheet, city: str, on: date = date(2026, 11, 2)) -> Sample:
    """A paper of a kind, as if the seller had issued it on a day."""
    contract = ContractReference("2026-0001", on)
    match kind:
        case PaperKind.CONTRACT:
            return _contract(seller, city, on)
        case PaperKind.INVOICE:
            year = _line(LineKind.SUBSCRIPTION, PLAN, YEAR, Term.of_months(on, 12))
            pay_by = on + timedelta(days=7)
            return InvoiceSheet("2026-0001", on, seller, CLIENT, (year,), TaxMode.GENERAL, contract, pay_by)
        case PaperKind.ACT:
            month = Term.calendar_month(on)
            work = _line(LineKind.OVERAGE, TITLE, HOUR.for_minutes(90), month)
            lines = (replace(work, quantity=90, unit=Unit.MINUTES, price=HOUR),)
            return ActSheet("2026-0001", on, month, seller, CLIENT, contract, lines, TaxMode.GENERAL, on, "2026-0001")
        case PaperKind.STATEMENT:
            return _statement(seller, contract, on)
        case PaperKind.CERTIFICATE:
            return _certificate(seller, on)
        case PaperKind.OFFER:
            return _offer(seller, contract, on)
        case PaperKind.RECONCILIATION:
            return _reconciliation(seller, on)
    given_back = (_line(LineKind.SUBSCRIPTION, PLAN, YEAR, Term.of_months(on, 12)),)
    of = (seller, CLIENT, contract, "2026-0001", on, Cancelled(on, Refund.UNUSED_MONTHS))
    return CreditNoteSheet("2026-0001", on, *of, given_back, TaxMode.GENERAL)


def _line(kind: LineKind, title: str, amount: Money, term: Term) -> LineSheet:
    return LineSheet(kind, title, 1, Unit.SERVICE, amount, RATE, amount.share(RATE, 100 + RATE), amount, term)


def _by_rate(amount: Money) -> tuple[RateTotal, ...]:
    return (RateTotal(RATE, amount.share(RATE, 100 + RATE), amount),)


def _statement(seller: PartySheet, contract: ContractReference, on: date) -> StatementSheet:
    """An hour and a half of work, an hour of it included."""
    month = Term.calendar_month(on)
    shares = (ShareSheet(PaidFrom.INCLUDED, 60), ShareSheet(PaidFrom.OVERAGE, 30))
    amount = HOUR.for_minutes(30)
    who = ("Иванова А. П.", "Петров И. С.", "phone")
    entry = EntrySheet(on, "SD-1", TITLE, *who, 80, 90, shares, amount, hour_rate=HOUR)
    return StatementSheet(
        number="2026-0001",
        issued_on=on,
        term=month,
        seller=seller,
        client=CLIENT,
        contract=contract,
        plans=(PLAN,),
        registrations=(REGISTRATION,),
        pools=(PoolSheet(PaidFrom.INCLUDED, 0, 60, 0, 60, 0, 0),),
        entries=(entry,),
        by_rate=_by_rate(amount),
        tax_mode=TaxMode.GENERAL,
        object_until_on=month.ends_on + timedelta(days=6),
    )


def _certificate(seller: PartySheet, on: date) -> CertificateSheet:
    term = Term.of_months(on, 3)
    return CertificateSheet(
        number=REGISTRATION.number,
        issued_on=on,
        seller=seller,
        owner=CLIENT,
        registration=REGISTRATION,
        purchase=Purchase.BOX,
        plan=PLAN,
        services=SERVICES,
        term=term,
        months=3,
        minutes=tuple(FreeMinutesSheet(month, 60) for month in term.months()),
        paid_from=term.ends_on,
    )


def _offer(seller: PartySheet, contract: ContractReference, on: date) -> OfferSheet:
    """A year that may be renewed for another at the same price."""
    term = Term.of_months(on, 12)
    after, none = Term.of_months(term.ends_on, 12), Money(0)
    prices = (YEAR, none, YEAR, _by_rate(YEAR), 0, none)
    return OfferSheet(
        number="2026-0001-1-1",
        issued_on=on,
        valid_until=term.last_day,
        seller=seller,
        client=CLIENT,
        contract=contract,
        plan=PLAN,
        registrations=(REGISTRATION,),
        term=term,
        served_until=term.last_day,
        choices=(ChoiceSheet(LapseRenewal.CONTINUOUS, 12, after, after.starts_on, *prices, is_open=True),),
        packages=(PackageSheet("hours-10", 600, HOUR.for_minutes(600), Term.of_months(on, 12), 12),),
        tax_mode=TaxMode.GENERAL,
    )


def _reconciliation(seller: PartySheet, on: date) -> ReconciliationSheet:
    """An act, a half of which is paid."""
    month, none, half = Term.calendar_month(on), Money(0), YEAR.share(1, 2)
    lines = (
        SettledSheet(on, Source.PAYMENT, "17", none, half),
        SettledSheet(month.last_day, Source.ACT, "2026-0001", YEAR, none),
    )
    of = (month, seller, CLIENT, none, lines, YEAR, half, YEAR - half)
    return ReconciliationSheet("2026-0001", month.ends_on, *of, by_acts=True)


def _contract(seller: PartySheet, city: str, on: date) -> ContractSheet:
    return ContractSheet(
        number="2026-0001",
        signed_on=on,
        city=city,
        seller=seller,
        client=CLIENT,
        plan=PLAN,
        registrations=(REGISTRATION,),
        services=SERVICES,
        term=Term.of_months(on, 12),
        term_months=12,
        price=YEAR,
        by_rate=_by_rate(YEAR),
        tax_mode=TaxMode.GENERAL,
        hours=HoursTerms(
            included_minutes=60,
            per=IncludedPer.SUBSCRIPTION_MONTH,
            quantum_minutes=15,
            minimum_minutes=15,
            scope=RoundingScope.ENTRY,
            over_limit=OverLimit.APPROVE,
            hour_rate=HOUR,
        ),
        renewal=RenewalTerms(LapseRenewal.NEW_START, 30, Refund.UNUSED_MONTHS, YEAR, YEAR),
    )
