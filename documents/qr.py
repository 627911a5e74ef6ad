"""QR codes: the payment of an invoice, ST00012 in UTF-8, sum in integer kopecks (P1, E4); a statement's check (P5)."""

import io

import segno

from documents.invoice import InvoiceSheet
from documents.statement import StatementSheet
from documents.words import day_in_figures, printable


def payment_payload(sheet: InvoiceSheet) -> str | None:
    """The ST00012 text of an invoice; None when it is not in roubles or the seller has no account to pay to.

    Fields longer than the standard allows are cut, and the separator "|" inside a value becomes a space.
    """
    bank = sheet.seller.bank
    if bank is None or sheet.total.currency != "RUB" or sheet.total.minor <= 0:
        return None
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


def payment_purpose(sheet: InvoiceSheet) -> str:
    """What the payer's bank writes into the payment; Russian in every language, since Russian banks read it."""
    vat = "Без НДС" if sheet.vat.minor == 0 else f"В т.ч. НДС {sheet.vat}"
    return f"Оплата по счёту № {sheet.number} от {day_in_figures(sheet.issued_on)}. {vat}"


def verify_address(sheet: StatementSheet, sha256: str) -> str:
    """Where the statement is checked: the page, told the fingerprint behind a mark that browsers send to nobody."""
    return f"{sheet.verify_at}#statement={sha256}"


def qr_svg(payload: str) -> str:
    """The QR code as one SVG path, correction level M as banks ask."""
    return _svg(segno.make(payload, error="m", micro=False))


def plain_qr_svg(payload: str) -> str:
    """A QR code for a clean page: level L and a mask that is not chosen among all eight cost half of the other."""
    return _svg(segno.make(payload, error="l", micro=False, mask=0, boost_error=False))


def _svg(code: segno.QRCode) -> str:
    svg = io.BytesIO()
    code.save(svg, kind="svg", border=0, xmldecl=False, svgclass=None, lineclass=None)
    return svg.getvalue().decode()
