"""The payment code of an invoice (P1, E4), and the code of a statement that leads to its check (P5)."""

import hashlib
from collections.abc import Callable
from dataclasses import replace

import msgspec
import pypdfium2
import pytest
import zxingcpp

from contracts.money import Money
from documents.invoice import InvoiceSheet
from documents.lines import LineSheet
from documents.qr import asked_by, payment_payload, payment_purpose
from documents.statement import ChainSheet
from tests.documents.reading import whole_text
from tests.documents.samples import ALMATY, BERLIN, CLIENT, PARIS, SELLER, SOLE_TRADER, invoice, line, statement


def test_the_sum_is_the_total_in_whole_kopecks_e4() -> None:
    payload = payment_payload(invoice(3))
    assert payload is not None
    assert payload.startswith("ST00012|Name=ООО «Меридиан-Сервис»|PersonalAcc=40702810300000012345|")
    assert f"|Sum={3_381_600 + 2 * 100_010}|" in payload


def test_a_separator_in_a_name_opens_no_new_field() -> None:
    payload = payment_payload(invoice(seller=_named("ООО «А|Sum=1»")))
    assert payload is not None
    assert payload.count("|Sum=") == 1


@pytest.mark.parametrize(
    "sheet",
    [
        invoice(seller=SOLE_TRADER),
        invoice(lines=(line(amount=Money(100, "EUR"), vat=Money(18, "EUR"), price=Money(100, "EUR")),)),
        invoice(lines=(line(amount=Money(0), vat=Money(0)),)),
        invoice(seller=BERLIN),
        invoice(seller=ALMATY, lines=(line(amount=Money(100, "EUR"), vat=Money(18, "EUR"), price=Money(100, "EUR")),)),
        invoice(
            seller=replace(BERLIN, bank=None),
            lines=(line(amount=Money(100, "EUR"), vat=Money(18, "EUR"), price=Money(100, "EUR")),),
        ),
    ],
    ids=[
        *("no account", "euro to no IBAN", "nothing to pay", "roubles to an IBAN", "euro to a bank outside SEPA"),
        "no bank",
    ],
)
def test_without_an_account_or_a_sum_that_banks_take_there_is_no_code(sheet: object) -> None:
    assert payment_payload(sheet) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_printed_code_reads_as_the_payload_e4(render: Callable[..., bytes], language: str) -> None:
    sheet = invoice(2, client=CLIENT)
    with pypdfium2.PdfDocument(render("invoice", sheet, language)) as document:
        page = document[0].render(scale=2.5).to_pil()
    (code,) = zxingcpp.read_barcodes(page)
    assert code.text == payment_payload(sheet)


def euros(cents: int, **changes: object) -> InvoiceSheet:
    """An invoice of Berlin in euro."""
    amount = Money(cents, "EUR")
    only = line(amount=amount, price=amount, vat=amount.share(19, 119), vat_rate=19)
    return invoice(lines=(only,), **({"seller": BERLIN, "client": PARIS} | changes))


def test_an_invoice_in_euro_is_paid_by_a_credit_transfer_of_its_total_e4() -> None:
    payload = payment_payload(euros(123_405))
    assert payload is not None
    assert payload.split("\n") == [
        *("BCD", "002", "1", "SCT", "COBADEFF", "Nordlicht GmbH", "DE89370400440532013000", "EUR1234.05"),
        *("", "", "Invoice СЧ-2026/87 of 05.03.2026"),
    ]


@pytest.mark.parametrize(
    ("only", "said"),
    [
        (line(amount=Money(0), price=Money(0), vat=Money(0)), "В т.ч. НДС 0.00"),
        (line(amount=Money(2), price=Money(2), vat=Money(0)), "В т.ч. НДС 0.00"),
        (line(vat_rate=0, vat=Money(0)), "В т.ч. НДС 0.00"),
        (line(vat_rate=None, vat=Money(0)), "Без НДС"),
    ],
    ids=["nothing to pay", "less than a kopeck of tax", "0 per cent", "without VAT"],
)
def test_only_what_is_without_vat_says_so_to_the_bank_m2(only: LineSheet, said: str) -> None:
    assert payment_purpose(invoice(lines=(only,))) == f"Оплата по счёту № СЧ-2026/87 от 05.03.2026. {said}"


def test_what_a_code_asks_for_is_read_out_of_it_e4() -> None:
    """So that reconcile compares it with the total, in roubles and in euro."""
    codes = [payment_payload(sheet) for sheet in (invoice(), euros(123_405))]
    assert [asked_by(code) for code in codes if code] == [f"{invoice().total} RUB", "1234.05 EUR"]


@pytest.mark.parametrize("letter", ["N", "Ü", "Ж", "中", "👩"])
def test_a_code_for_a_transfer_is_never_longer_than_banks_read(letter: str) -> None:
    sheet = euros(99_999_999_999, seller=replace(BERLIN, name=letter * 300), number="№" * 60)
    payload = payment_payload(sheet)
    assert payload is not None
    assert len(payload.encode()) <= 331
    *_, name, account, amount, _, _, purpose = payload.split("\n")
    assert (account, amount) == ("DE89370400440532013000", "EUR999999999.99")
    assert purpose == f"Invoice {'№' * 60} of 05.03.2026"
    assert 0 < len(name) <= 70
    assert set(name) == {letter}


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_printed_code_of_a_transfer_reads_as_the_payload_e4(render: Callable[..., bytes], language: str) -> None:
    sheet = euros(123_405, seller=replace(BERLIN, name="Größe & Söhne GmbH"))
    with pypdfium2.PdfDocument(render("invoice", sheet, language)) as document:
        page = document[0].render(scale=2.5).to_pil()
    (code,) = zxingcpp.read_barcodes(page)
    assert code.bytes.decode() == payment_payload(sheet)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_code_of_a_statement_leads_to_its_fingerprint_p5(render: Callable[..., bytes], language: str) -> None:
    sheet = statement(4, verify_at="https://desk.example/abonement/verify", chain=ChainSheet("0" * 64))
    pdf = render("statement", sheet, language)
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0].render(scale=3).to_pil()
    (code,) = zxingcpp.read_barcodes(page)
    fingerprint = hashlib.sha256(msgspec.json.encode(sheet)).hexdigest()
    assert code.text == f"https://desk.example/abonement/verify#statement={fingerprint}"
    assert "https://desk.example/abonement/verify" in whole_text(pdf)


def test_a_statement_of_a_server_that_nobody_reaches_carries_no_code(render: Callable[..., bytes]) -> None:
    with pypdfium2.PdfDocument(render("statement", statement(4))) as document:
        assert zxingcpp.read_barcodes(document[0].render(scale=3).to_pil()) == []


def _named(name: str) -> object:
    return type(SELLER)(name=name, inn=SELLER.inn, bank=SELLER.bank)
