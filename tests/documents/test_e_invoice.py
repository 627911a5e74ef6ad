"""The e-invoice: by the schema and the rules of EN 16931, and to the cent what the paper says (M1–M3, E4, P2, P7)."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction

import msgspec
import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.money import Money, divide
from contracts.tax_modes import TaxMode
from documents.correction import Correction
from documents.credit_note import CreditNoteSheet
from documents.e_invoice import NAME, DataBill, e_invoice, stored_e_invoice
from documents.invoice import InvoiceSheet
from documents.lines import LineKind, LineSheet, Unit
from documents.words import Language
from tests.documents import samples
from tests.documents.e_invoices import broken_rules, values
from tests.documents.reading import whole_text

Bill = InvoiceSheet | CreditNoteSheet


def taxed(line: LineSheet, rate: int | None, amount: int | None = None, currency: str = "EUR") -> LineSheet:
    """The line at another rate, in another currency."""
    gross = Money(line.amount.minor if amount is None else amount, currency)
    price = Money(line.price.minor, currency)
    return replace(line, price=price, amount=gross, vat=gross.share(rate or 0, 100 + (rate or 0)), vat_rate=rate)


def bill(*lines: LineSheet, **changes: object) -> InvoiceSheet:
    """An invoice of Berlin to Paris."""
    return samples.invoice(**({"seller": samples.BERLIN, "client": samples.PARIS, "lines": lines} | changes))


def work(minutes: int, rate: int = 19) -> LineSheet:
    """Work by the minute; less than none takes some back."""
    kind = LineKind.CREDIT if minutes < 0 else LineKind.PAID_WORK
    hour = Money(9_999, "EUR")
    line = LineSheet(kind, "VPN", minutes, Unit.MINUTES, hour, rate, hour, hour.for_minutes(minutes), samples.OCTOBER)
    return taxed(line, rate)


def credit(*lines: LineSheet) -> CreditNoteSheet:
    return samples.credit_note(seller=samples.BERLIN, client=samples.PARIS, lines=lines)


ONE, TWO, THREE = samples.lines(3)
FREE = replace(work(60), kind=LineKind.FORGIVEN, amount=Money(0, "EUR"), vat=Money(0, "EUR"), price=Money(0, "EUR"))
FURTHEST = next(gross for gross in range(1, 120) if gross * 19 % 119 == 59)
"""A gross amount in cents whose tax at 19 % is rounded down by nearly half a cent."""
NEARLY = next(gross for gross in range(1, 107) if 42 <= gross * 7 % 107 < 45)
"""A gross amount in cents whose tax at 7 % is rounded down by some 0.4 of a cent."""
CASES: dict[str, Bill] = {
    "standard": bill(taxed(ONE, 19), taxed(TWO, 19)),
    "reduced": bill(taxed(ONE, 7)),
    "mixed": bill(taxed(ONE, 19), taxed(TWO, 7), taxed(THREE, None), taxed(THREE, 0)),
    "exempt": bill(taxed(ONE, None)),
    "small enterprise": bill(taxed(ONE, None), tax_mode=TaxMode.SIMPLIFIED_EXEMPT),
    "zero total": bill(FREE),
    "some work taken back": bill(work(95), work(-35)),
    "more taken back than worked": bill(work(15), work(-60)),
    "200 lines": bill(*(taxed(samples.line(number), 19, 9_901 + 7 * number) for number in range(200))),
    "as far as rounding goes": bill(*(taxed(ONE, 19, FURTHEST) for _ in range(168))),
    "long names": bill(
        replace(taxed(ONE, 19), title="Ü" * 1000),
        replace(taxed(TWO, 19), title="<b>]]>&amp; \x00 {{ 7 * 7 }}"),
        seller=replace(samples.BERLIN, full_name="Nord & Söhne " * 70, address="«" * 900),
    ),
    "little known": bill(
        taxed(ONE, 19),
        seller=replace(samples.BERLIN, address="", city="", postcode="", bank=None, email="", phone=""),
        client=replace(samples.PARIS, address="", city="", postcode=""),
        contract=None,
        pay_by_on=None,
    ),
    "to a client in Russia": bill(taxed(ONE, 19), client=samples.CLIENT),
    "credit note": credit(taxed(ONE, 19), taxed(TWO, 7)),
    "corrected": bill(taxed(ONE, 19), correction=Correction(1, date(2026, 11, 26))),
    "tenge": bill(taxed(ONE, 16, currency="KZT"), seller=samples.ALMATY, client=samples.MINSK),
}


def data_of(sheet: Bill, language: Language = Language.EN) -> bytes:
    data = e_invoice(sheet, language)
    assert data is not None
    assert data.name == NAME
    return data.content


@pytest.mark.parametrize("case", CASES)
def test_the_data_keep_every_rule_of_en_16931_and_come_to_the_printed_total_e4(case: str) -> None:
    sheet = CASES[case]
    xml = data_of(sheet, Language.RU if case == "tenge" else Language.EN)
    assert broken_rules(xml) == set()
    assert values(xml, "GrandTotalAmount") == values(xml, "DuePayableAmount") == [str(sheet.total)]
    assert values(xml, "TaxTotalAmount") == [str(sheet.vat)]
    lines = list(map(Fraction, values(xml, "LineTotalAmount")))
    assert sum(lines[:-1]) == lines[-1]
    prices, quantities = values(xml, "ChargeAmount"), values(xml, "BilledQuantity")
    priced = zip(prices, quantities, values(xml, "BasisQuantity"), strict=True)
    assert [Fraction(price) * int(count) / int(base) for price, count, base in priced] == lines[:-1]


def test_the_checker_finds_what_is_wrong() -> None:
    xml = data_of(CASES["standard"]).decode()
    total = str(CASES["standard"].total)
    assert "BR-CO-15" in broken_rules(
        xml.replace(f"<ram:GrandTotalAmount>{total}", "<ram:GrandTotalAmount>1.00").encode()
    )
    assert "XSD" in broken_rules(xml.replace("ram:TypeCode", "ram:Kind").encode())
    assert "BR-CO-09" in broken_rules(xml.replace('"VA">DE', '"VA">136').encode())


def test_a_corrected_invoice_names_the_one_whose_place_it_takes_p2() -> None:
    xml = data_of(CASES["corrected"])
    assert values(xml, "TypeCode")[0] == "384"
    assert values(xml, "InvoiceReferencedDocument", "IssuerAssignedID") == [CASES["corrected"].number]


def test_an_exempt_line_is_not_one_of_nought_per_cent_and_says_why_m2() -> None:
    xml = data_of(CASES["mixed"])
    assert values(xml, "SpecifiedLineTradeSettlement", "ApplicableTradeTax", "CategoryCode") == ["S", "S", "E", "Z"]
    assert values(xml, "ExemptionReason") == ["exempt from VAT"]
    assert values(data_of(CASES["small enterprise"]), "ExemptionReason") == ["without VAT (simplified tax regime)"]
    russian = values(data_of(CASES["small enterprise"], Language.RU), "ExemptionReason")
    assert russian == ["без НДС (специальный налоговый режим)"]


def test_a_licence_names_the_law_by_which_it_is_exempt_m2() -> None:
    licence = replace(taxed(TWO, None), kind=LineKind.SUBSCRIPTION, term=samples.OCTOBER, exempt_ground="§ 4 UStG")
    xml = data_of(bill(taxed(ONE, 19), licence))
    assert broken_rules(xml) == set()
    assert values(xml, "ExemptionReason") == ["§ 4 UStG"]


def test_a_credit_note_names_the_invoice_that_it_reduces_m4() -> None:
    sheet = CASES["credit note"]
    xml = data_of(sheet)
    assert values(xml, "InvoiceReferencedDocument", "IssuerAssignedID") == [sheet.invoice_number]
    assert b"<ram:TypeCode>381</ram:TypeCode>" in xml
    assert values(xml, "IBANID") == []


@pytest.mark.parametrize(
    ("case", "code"), [("standard", ["58"]), ("tenge", ["30"]), ("little known", []), ("credit note", [])]
)
def test_the_data_say_how_to_pay(case: str, code: list[str]) -> None:
    assert values(data_of(CASES[case]), "SpecifiedTradeSettlementPaymentMeans", "TypeCode") == code


def test_where_the_tax_of_many_lines_would_be_refused_as_wrong_there_are_no_data_m3() -> None:
    """Each line is rounded as it is printed; the rules take a sum that is off by less than one whole unit of money."""
    assert e_invoice(bill(*(taxed(ONE, 19, FURTHEST) for _ in range(200))), Language.EN) is None


def test_data_go_out_just_where_the_rules_take_the_tax_of_the_sum_m3() -> None:
    """BR-S-09: "abs(CalculatedAmount) - 1 < round(abs(BasisAmount) * RateApplicablePercent) div 100", and + 1 >."""
    distances = {}
    for count in range(230, 245):
        sheet = bill(*(taxed(ONE, 7, NEARLY) for _ in range(count)))
        (tax,) = DataBill(sheet).taxes
        distances[abs(tax.tax.minor - divide(tax.basis.minor * 7, 100))] = e_invoice(sheet, Language.EN)
    assert {99, 100} <= set(distances)
    assert all((data is None) == (distance >= 100) for distance, data in distances.items())
    last = distances[99]
    assert last is not None
    assert broken_rules(last.content) == set()


@pytest.mark.parametrize("sheet", [samples.invoice(), samples.act(), samples.statement(4), samples.credit_note()])
def test_russian_sellers_and_other_papers_have_no_data(sheet: object) -> None:
    assert e_invoice(sheet, Language.RU) is None


def test_a_sheet_from_before_parties_had_a_country_is_russian_and_stays_as_it_was_p2() -> None:
    new = {"country", "postcode", "city", "exempt_ground"}

    def before(value: object) -> object:
        if isinstance(value, dict):
            return {name: before(one) for name, one in value.items() if name not in new}
        return [before(one) for one in value] if isinstance(value, list) else value

    old = json.dumps(before(json.loads(msgspec.json.encode(samples.invoice(3))))).encode()
    assert msgspec.json.decode(old, type=InvoiceSheet) == samples.invoice(3)
    assert stored_e_invoice("invoice", "ru", old.decode()) is None


@given(st.lists(st.tuples(st.integers(-99_999, 99_999), st.sampled_from([None, 0, 7, 12, 19, 22])), min_size=1))
def test_whatever_the_lines_are_the_sums_are_those_of_the_paper_e4(lines: list[tuple[int, int | None]]) -> None:
    sheet = bill(*(taxed(ONE, rate, amount) for amount, rate in lines))
    found = DataBill(sheet)
    assert found.net + sheet.vat == sheet.total
    assert Money.total(line.net for line in found.lines) == Money.total(tax.basis for tax in found.taxes) == found.net
    assert Money.total((tax.tax for tax in found.taxes), "EUR") == sheet.vat


@pytest.mark.parametrize("kind", ["invoice", "credit_note"])
def test_the_data_are_inside_the_paper_and_equal_sheets_give_equal_bytes_p2(
    render: Callable[..., bytes], kind: str
) -> None:
    sheet = CASES["standard" if kind == "invoice" else "credit note"]
    pdf = render(kind, sheet, "en")
    assert pdf == render(kind, sheet, "en")
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert reader.attachments[NAME] == [data_of(sheet)]
    (file,) = reader.root_object["/AF"]
    assert file.get_object()["/AFRelationship"] == "/Alternative"
    metadata = reader.root_object["/Metadata"].get_object().get_data().decode()
    assert metadata.count("<rdf:RDF") == 1
    for said in ("<fx:ConformanceLevel>EN 16931<", "<fx:DocumentFileName>factur-x.xml<", 'pdfaid:part="3"'):
        assert said in metadata
    assert "Nordlicht Softwaregesellschaft mbH" in whole_text(pdf)


def test_a_russian_invoice_carries_no_file(render: Callable[..., bytes]) -> None:
    reader = pypdf.PdfReader(io.BytesIO(render("invoice", samples.invoice())))
    assert "/AF" not in reader.root_object
    assert "factur-x" not in reader.root_object["/Metadata"].get_object().get_data().decode()
