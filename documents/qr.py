"""QR codes: the payment of an invoice in roubles or euro, its sum the total (P1, E4); a statement's check (P5)."""

import io

import segno

from contracts.countries import HOME, SEPA
from contracts.money import Money
from documents.invoice import InvoiceSheet
from documents.parties import BankSheet
from documents.statement import StatementSheet
from documents.words import day_in_figures, printable

BANKS_READ_RUSSIAN = ("BY", "KZ", "RU")
LARGEST_EPC = 331  # bytes
MOST_CENTS = 99_999_999_999  # of one credit transfer


def payment_payload(sheet: InvoiceSheet) -> str | None:
    """The text that a bank's program reads: ST00012 in roubles, EPC069-12 in euro to an IBAN; else None.

    There is none without an account to pay to and without anything to pay.
    """
    bank = sheet.seller.bank
    if bank is None or sheet.total.minor <= 0:
        return None
    if sheet.total.currency == "RUB" and sheet.seller.country == HOME:
        return _rouble_payload(sheet, bank)
    if sheet.total.currency == "EUR" and bank.account[:2] in SEPA and sheet.total.minor <= MOST_CENTS:
        return _euro_payload(sheet, bank)
    return None


def _rouble_payload(sheet: InvoiceSheet, bank: BankSheet) -> str:
    """Fields longer than the standard allows are cut, and the separator "|" inside a value becomes a space."""
    fields = {
        "Name": sheet.seller.name[:160],
        "PersonalAcc": bank.account,
        "BankName": bank.name[:45],
        "BIC": bank.bic,
        "CorrespAcc": bank.correspondent_account or "0",
        "PayeeINN": sheet.seller.inn,
        "KPP": sheet.seller.kpp or "0",
        "Sum": str(sheet.total.minor),
        "Purpose": payment_purpose(sheet)[:210],
    }
    return "ST00012|" + "|".join(f"{name}={printable(value).replace('|', ' ')}" for name, value in fields.items())


def _euro_payload(sheet: InvoiceSheet, bank: BankSheet) -> str:
    """Version 2 in UTF-8, at most 331 bytes: what does not fit is left off the name, for the account decides."""
    head = ["BCD", "002", "1", "SCT", bank.bic]
    tail = [bank.account, f"EUR{sheet.total}", "", "", printable(payment_purpose(sheet))[:140]]
    room = LARGEST_EPC - len("\n".join([*head, "", *tail]).encode())
    name = printable(sheet.seller.name)[:70].encode()[:room].decode(errors="ignore")
    return "\n".join([*head, name, *tail])


def asked_by(payload: str) -> str:
    """What a program that reads the text is asked to pay, with its currency: "33816.00 RUB"."""
    if payload.startswith("ST00012|"):
        (minor,) = (field.removeprefix("Sum=") for field in payload.split("|") if field.startswith("Sum="))
        return f"{Money(int(minor))} RUB"
    amount = payload.split("\n")[7]
    return f"{amount[3:]} {amount[:3]}"


def payment_purpose(sheet: InvoiceSheet) -> str:
    """What the payer's bank writes into the payment; Russian in every language where banks read Russian."""
    if sheet.seller.country not in BANKS_READ_RUSSIAN:
        return f"Invoice {sheet.number} of {day_in_figures(sheet.issued_on)}"
    vat = f"В т.ч. НДС {sheet.vat}" if sheet.is_taxed else "Без НДС"
    return f"Оплата по счёту № {sheet.number} от {day_in_figures(sheet.issued_on)}. {vat}"


def verify_address(sheet: StatementSheet, sha256: str) -> str:
    """Where the statement is checked: the page, told the fingerprint behind a mark that browsers send to nobody."""
    return f"{sheet.verify_at}#statement={sha256}"


def qr_svg(payload: str) -> str:
    """The QR code as one SVG path, correction level M and UTF-8 as banks ask."""
    return _svg(segno.make(payload, error="m", micro=False, encoding="utf-8"))


def plain_qr_svg(payload: str, scale: int = 1) -> str:
    """A QR code for a clean page: level L and a mask that is not chosen among all eight cost half of the other."""
    return _svg(segno.make(payload, error="l", micro=False, mask=0, boost_error=False), scale)


def _svg(code: segno.QRCode, scale: int = 1) -> str:
    svg = io.BytesIO()
    code.save(svg, kind="svg", scale=scale, border=0, xmldecl=False, svgclass=None, lineclass=None)
    return svg.getvalue().decode()
