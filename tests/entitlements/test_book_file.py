"""What a row of a book says: numbers that lost their zeros, days as serials, addresses, faults by head."""

import io
from datetime import date
from typing import Any

import pytest
import xlsxwriter

from contracts.book import BookRow
from contracts.errors import Refusal
from contracts.money import Money
from contracts.policies import Purchase
from contracts.spreadsheet import Spreadsheet, read_spreadsheet
from entitlements.book_file import BookFile, read_book
from entitlements.book_mapping import USUAL_HEADS, BookMapping

INN = "7707083893"
SOLD = {"client": "Ромашка", "contract": "15", "plan": "its-prof", "starts_on": "2026-04-01", "price": "1,00"}


def read(*rows: dict[str, str], **mapping: Any) -> BookFile:
    heads = tuple(dict.fromkeys(name for row in rows for name in row))
    cells = tuple(tuple(row.get(head, "") for head in heads) for row in rows)
    return read_book(Spreadsheet((heads, *cells), "CSV"), BookMapping(**mapping))


def row(**cells: str) -> BookRow:
    file = read({"client": "Ромашка", **cells})
    assert file.faults == ()
    return file.rows[0]


def faults(file: BookFile) -> list[tuple[int, str, str, str]]:
    return [(fault.row, fault.column, fault.value, fault.refusal.code) for fault in file.faults]


def a_workbook(*rows: tuple[object, ...]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        page, day = book.add_worksheet("Клиенты"), book.add_format({"num_format": "dd.mm.yyyy"})
        for number, cells in enumerate(rows):
            for place, cell in enumerate(cells):
                page.write(number, place, cell, *([day] if isinstance(cell, date) else []))
    return content.getvalue()


def test_every_usual_head_is_known_in_both_languages_and_means_one_thing() -> None:
    known = [head for heads in USUAL_HEADS.values() for head in heads]
    assert len(set(known)) == len(known)
    for name, heads in USUAL_HEADS.items():
        assert any("а" <= head[0].lower() <= "я" for head in heads), name
        assert any("a" <= head[0].lower() <= "z" for head in heads), name


def test_a_workbook_typed_by_a_person_is_read_as_it_was_meant() -> None:
    heads = ("Клиент", "ИНН", "КПП", "Рег. номер", "Договор", "Тариф", "Дата начала", "Срок", "Цена")
    numbers = ("Ромашка", 105001234, 10501001, 800123456, 15, "its-prof", date(2026, 4, 1), 12, 33816.5)
    texts = ("Ромашка", "0105001234", "010501001", "800123456", "15", "its-prof", 46113, "12 мес.", "33816,50")
    first, second = (read_book(read_spreadsheet(a_workbook(heads, one)), BookMapping()) for one in (numbers, texts))
    assert (first.faults, second.faults) == ((), ())
    assert first.rows == second.rows
    (told,) = first.rows
    assert (told.entity["inn"], told.entity["kpp"]) == ("0105001234", "010501001")
    assert (told.registration["number"], told.contract["number"]) == ("800123456", "15")
    assert told.subscription["starts_on"] == date(2026, 4, 1)
    assert (told.subscription["term_months"], told.subscription["price"]) == (12, Money(33_816_50))


def test_zeros_before_a_number_come_back_when_it_is_said_how_many_digits_it_has() -> None:
    file = read({"client": "Ромашка", "registration": "123456", "product": "x"}, digits={"registration": 9})
    assert file.rows[0].registration["number"] == "000123456"
    assert read({"client": "Ромашка", "registration": "123456"}).rows[0].registration["number"] == "123456"


@pytest.mark.parametrize("name", ["registration", "external_id"])
def test_a_number_that_lost_its_digits_is_a_fault(name: str) -> None:
    (fault,) = read({"client": "Ромашка", name: "1.2345678901234567e+19"}).faults
    assert (fault.column, fault.refusal.code) == (name, "CELL_BROKEN")


def test_parties_of_other_countries_are_read_by_their_own_rules() -> None:
    minsk = row(country="BY", унп="200988541", iban="BY57NBRB3600900000002Z00AB7Y", city="Минск").entity
    assert (minsk["country"], minsk["inn"], minsk["city"]) == ("BY", "200988541", "Минск")
    almaty = row(country="KZ", бин="40940001235").entity  # the zero before it was lost
    assert almaty["inn"] == "040940001235"
    wrong = read({"client": "Nord", "country": "DE", "vat number": "DE136695977"}, {"client": "Ост", "country": "XX"})
    assert [code for *_, code in faults(wrong)] == ["TAX_NUMBER_WRONG", "VALUE_REQUIRED"]


def test_several_addresses_stand_in_one_cell() -> None:
    phones, emails = "8 (495) 123-45-67, д. 12; +7 495 123-45-68, доб. 1", "A@example.org, b@example.org"
    told = row(contact="Анна", phone=phones, email=emails)
    assert told.contact == {
        "name": "Анна",
        "emails": ["a@example.org", "b@example.org"],
        "phones": ["+74951234567", "+74951234568"],
    }


def test_an_address_without_a_person_is_the_clients() -> None:
    assert row(phone="84951234567").contact["name"] == "Ромашка"


def test_a_text_that_was_kept_from_being_a_formula_is_as_it_was() -> None:
    assert row(client="'=Ромашка").client["name"] == "=Ромашка"


@pytest.mark.parametrize(
    ("word", "purchase"), [("box", Purchase.BOX), ("Апгрейд", Purchase.UPGRADE), ("+ИТС", Purchase.PLUS_ITS)]
)
def test_a_purchase_is_said_in_words(word: str, purchase: Purchase) -> None:
    assert row(registration="1", purchase=word).registration["purchase"] is purchase


def test_a_last_day_stands_for_the_months() -> None:
    told = row(**{name: cell for name, cell in SOLD.items() if name != "client"}, last_day="31.03.2027")
    assert (told.subscription["term_months"], told.subscription["last_day"]) == (None, date(2027, 3, 31))


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"client": "", "contact": "Анна"}, "client", "VALUE_REQUIRED"),
        ({"inn": "7707083890"}, "inn", "INN_WRONG"),
        ({"inn": INN, "kpp": "1"}, "kpp", "KPP_WRONG"),
        ({"address": "Москва"}, "inn", "VALUE_REQUIRED"),
        ({"inn": INN, "entity_email": "nobody"}, "entity_email", "EMAIL_WRONG"),
        ({"inn": INN, "bic": "044525225", "bank_account": "4.07028104380001e+19"}, "bank_account", "ACCOUNT_WRONG"),
        ({"phone": "123"}, "phone", "PHONE_WRONG"),
        ({"email": "nobody"}, "email", "EMAIL_WRONG"),
        ({"language": "de"}, "language", "FIELD_WRONG"),
        ({"product": "accounting-prof"}, "registration", "VALUE_REQUIRED"),
        ({"registration": "1", "purchase": "gift"}, "purchase", "FIELD_WRONG"),
        ({"registration": "1", "bought_on": "31.02.2026"}, "bought_on", "DAY_UNREADABLE"),
        ({"registration": "1", "bought_on": "01.01.0202"}, "bought_on", "DAY_UNREADABLE"),
        ({"registration": "1", "free_from": "01.01.2026"}, "free_until", "VALUE_REQUIRED"),
        ({**SOLD, "price": ""}, "price", "VALUE_REQUIRED"),
        ({**SOLD, "months": ""}, "months", "VALUE_REQUIRED"),
        ({**SOLD, "months": "61"}, "months", "FIELD_WRONG"),
        ({**SOLD, "months": "1.5"}, "months", "FIELD_WRONG"),
        ({**SOLD, "months": "12", "price": "1e3"}, "price", "AMOUNT_UNREADABLE"),
        ({**SOLD, "months": "12", "hours_left": "1:75"}, "hours_left", "DURATION_UNREADABLE"),
        ({"hours_left": "1:00"}, "hours_until", "VALUE_REQUIRED"),
        ({"hours_until": "2027-01-01"}, "hours_left", "VALUE_REQUIRED"),
    ],
)
def test_what_cannot_be_read_is_a_fault_under_its_head(cells: dict[str, str], column: str, code: str) -> None:
    file = read({**dict.fromkeys(USUAL_HEADS, ""), "client": "Ромашка", **cells})
    assert (column, code) in [(over, found) for _, over, _, found in faults(file)]
    assert file.rows == ()


def test_empty_rows_are_passed_over_and_unread_columns_are_named() -> None:
    table = Spreadsheet((("", ""), ("Клиент", "Примечание"), ("", ""), ("Ромашка", "x")), "CSV")
    file = read_book(table, BookMapping())
    assert ([told.row for told in file.rows], file.unread) == ([4], ("Примечание",))


def test_columns_and_values_are_told_by_the_mapping() -> None:
    mapping = {"columns": {"client": ("Фирма",)}, "values": {"plan": {"Профи": "its-prof"}}}
    cells = {"Фирма" if name == "client" else name: cell for name, cell in SOLD.items()}
    file = read({**cells, "plan": "Профи", "months": "12"}, **mapping)
    assert (file.rows[0].client["name"], file.rows[0].subscription["plan"]) == ("Ромашка", "its-prof")


def test_a_workbook_of_several_sheets_is_read_only_by_the_sheet_that_is_chosen() -> None:
    table = Spreadsheet((("Клиент",), ("Ромашка",)), "XLSX, Май", ("Июнь",))
    with pytest.raises(Refusal, match="SHEET_REQUIRED") as caught:
        read_book(table, BookMapping())
    assert caught.value.facts["allowed"] == ["Май", "Июнь"]


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        ({"columns": {"colour": ("Цвет",)}}, "MAPPING_WRONG"),
        ({"digits": {"inn": 10}}, "MAPPING_WRONG"),
        ({"columns": {"client": ("Фирма",)}}, "COLUMN_UNKNOWN"),
    ],
)
def test_a_mapping_that_fits_nothing_is_refused(mapping: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal, match=code):
        read({"client": "Ромашка"}, **mapping)


def test_a_file_that_names_no_client_is_refused() -> None:
    with pytest.raises(Refusal, match="COLUMN_REQUIRED"):
        read({"registration": "1"})
