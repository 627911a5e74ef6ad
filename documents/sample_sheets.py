"""Sample papers of a seller, to look at a form before it is adopted: a client and sums that do not exist (P1)."""

from dataclasses import replace
from datetime import date, timedelta

from contracts.money import Money
from contracts.policies import IncludedPer, LapseRenewal, OverLimit, Refund, RoundingScope
from contracts.tax_modes import TaxMode
from contracts.terms import Term
from documents.act import ActSheet
from documents.contract import ContractSheet, HoursTerms, RenewalTerms, ServiceSheet
from documents.credit_note import Cancelled, CreditNoteSheet
from documents.invoice import InvoiceSheet
from documents.lines import LineKind, LineSheet, RateTotal, Unit
from documents.paper_kinds import PaperKind
from documents.parties import ContractReference, PartySheet, RegistrationSheet

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
PLAN = "1С:ИТС ПРОФ"


def sample_sheet(
    kind: PaperKind, seller: PartySheet, city: str, on: date = date(2026, 11, 2)
) -> ContractSheet | InvoiceSheet | ActSheet | CreditNoteSheet:
    """A paper of a kind that a firm may lay out, as if the seller had issued it on a day."""
    contract = ContractReference("2026-0001", on)
    match kind:
        case PaperKind.CONTRACT:
            return _contract(seller, city, on)
        case PaperKind.INVOICE:
            year = _line(LineKind.SUBSCRIPTION, PLAN, YEAR, Term.of_months(on, 12))
            pay_by = on + timedelta(days=7)
            return InvoiceSheet("2026-0001", on, seller, CLIENT, (year,), TaxMode.GENERAL, contract, pay_by)
        case PaperKind.ACT:
            month, amount = Term.calendar_month(on), HOUR.for_minutes(90)
            work = _line(LineKind.OVERAGE, "Обновление конфигурации", amount, month)
            lines = (replace(work, quantity=90, unit=Unit.MINUTES, price=HOUR),)
            return ActSheet("2026-0001", on, month, seller, CLIENT, contract, lines, TaxMode.GENERAL, on, "2026-0001")
    given_back = (_line(LineKind.SUBSCRIPTION, PLAN, YEAR, Term.of_months(on, 12)),)
    of = (seller, CLIENT, contract, "2026-0001", on, Cancelled(on, Refund.UNUSED_MONTHS))
    return CreditNoteSheet("2026-0001", on, *of, given_back, TaxMode.GENERAL)


def _line(kind: LineKind, title: str, amount: Money, term: Term) -> LineSheet:
    return LineSheet(kind, title, 1, Unit.SERVICE, amount, RATE, amount.share(RATE, 100 + RATE), amount, term)


def _contract(seller: PartySheet, city: str, on: date) -> ContractSheet:
    return ContractSheet(
        number="2026-0001",
        signed_on=on,
        city=city,
        seller=seller,
        client=CLIENT,
        plan=PLAN,
        registrations=(RegistrationSheet("800000000", "1С:Бухгалтерия 8 ПРОФ", CLIENT.name),),
        services=(ServiceSheet("Линия консультаций"), ServiceSheet("Удалённая работа", draws_hours=True)),
        term=Term.of_months(on, 12),
        term_months=12,
        price=YEAR,
        by_rate=(RateTotal(RATE, YEAR.share(RATE, 100 + RATE), YEAR),),
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
