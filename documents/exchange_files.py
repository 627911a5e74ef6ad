"""The files of a month for an accounting program: CSV and XML of the same records, written as they are read."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date
from enum import Enum
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from billing.exchange import Records
from billing.exchanged_money import Value
from contracts.spreadsheet import harmless
from documents.words import printable

FORMAT = "1"
BLOCK_RECORDS = 500


def csv_file(records: Records) -> Iterator[bytes]:
    """The records as CSV: UTF-8, commas, the names of the fields first; no text becomes a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(records.fields)
    for number, row in enumerate(records.read(), 1):
        writer.writerow([harmless(said(value)) if isinstance(value, str) else said(value) for value in row])
        if number % BLOCK_RECORDS == 0:
            yield _taken(text).encode()
    yield _taken(text).encode()


def xml_file(all_records: Sequence[Records], about: dict[str, str]) -> Iterator[bytes]:
    """All records as one XML file: an element for each kind, in it one for each record, whose fields are attributes."""
    text = io.StringIO(newline="")
    xml = XMLGenerator(text, "UTF-8")
    xml.startDocument()
    xml.startElement("books", AttributesImpl({"format": FORMAT} | {k: printable(v) for k, v in about.items()}))
    for records in all_records:
        xml.startElement(records.name, AttributesImpl({}))
        for number, row in enumerate(records.read(), 1):
            fields = zip(records.fields, row, strict=True)
            known = {name: said(value) for name, value in fields if value is not None}
            xml.startElement(records.one, AttributesImpl(known))
            xml.endElement(records.one)
            if number % BLOCK_RECORDS == 0:
                yield _taken(text).encode()
        xml.endElement(records.name)
        yield _taken(text).encode()
    xml.endElement("books")
    xml.endDocument()
    yield _taken(text).encode()


def said(value: Value) -> str:
    """A value as it stands in either file: "33816.00", "2026-10-31"; what is not known is empty."""
    match value:
        case None:
            return ""
        case Enum():
            return str(value.value)
        case date():
            return value.isoformat()
    return printable(str(value))


def _taken(text: io.StringIO) -> str:
    content = text.getvalue()
    text.seek(0)
    text.truncate()
    return content
