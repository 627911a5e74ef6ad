"""Files for accounting programs: well-formed, the same values in CSV and XML, whatever a text holds (P7)."""

import csv
import io
from datetime import date
from xml.etree import ElementTree

import pytest

from billing.exchange import Records
from contracts.money import Money
from documents.exchange_files import BLOCK_RECORDS, csv_file, xml_file

NASTY = 'ООО "Ромашка" & <b>Ко</b>\x00\u202e, «Юг»\nвторая строка'
CLEAN = 'ООО "Ромашка" & <b>Ко</b> , «Юг» вторая строка'


def some(*rows: tuple[object, ...]) -> Records:
    return Records("bill", "bills", ("name", "on", "amount", "rate"), len(rows), lambda: rows)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "in_csv", "in_xml"),
    [(NASTY, CLEAN, CLEAN), ("=1+2", "'=1+2", "=1+2"), ("+74951234567", "+74951234567", "+74951234567"), ("", "", "")],
)
def test_a_text_stays_the_text_it_is_p7(name: str, in_csv: str, in_xml: str) -> None:
    records = some((name, date(2026, 10, 31), Money(-27_005), None))
    (row,) = csv.DictReader(io.StringIO(b"".join(csv_file(records)).decode()))
    assert row == {"name": in_csv, "on": "2026-10-31", "amount": "-270.05", "rate": ""}
    books = ElementTree.fromstring(b"".join(xml_file([records], {"seller": NASTY})))
    assert books.attrib == {"format": "1", "seller": CLEAN}
    assert [one.attrib for one in books.iter("bill")] == [{"name": in_xml, "on": "2026-10-31", "amount": "-270.05"}]


def test_many_records_come_in_pieces() -> None:
    records = some(*[(str(n), None, None, 22) for n in range(2 * BLOCK_RECORDS + 1)])
    pieces = list(csv_file(records))
    assert len(pieces) == 3
    assert b"".join(pieces).decode().splitlines()[-1] == f"{2 * BLOCK_RECORDS},,,22"
    assert len(ElementTree.fromstring(b"".join(xml_file([records], {})))[0]) == 2 * BLOCK_RECORDS + 1
