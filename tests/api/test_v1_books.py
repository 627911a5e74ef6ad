"""Books and exports over HTTP: a preview with every fault, an import once, limits, a saved mapping, one file out."""

import io
from zipfile import ZipFile

import pytest
from sqlmodel import select

from api import inputs
from api.database import reading
from contracts.parties import Client
from tests.api.conftest import House
from tests.api.test_book import a_row, lines

ROW = a_row(signed_on="10.03.2022", starts_on="2026-04-01", registration="8009")


def send(house: House, content: bytes, path: str = "/v1/books", role: str = "admin", **query: str) -> object:
    told = "&".join(f"{name}={value}" for name, value in {"seller_id": str(house.seller.id), **query}.items())
    return house.call(role, "POST", f"{path}?{told}", content=content)


def test_a_book_is_shown_then_taken_over_and_again_changes_nothing(house: House) -> None:
    before = house.rows()
    shown = send(house, lines(ROW), "/v1/books:preview")
    assert (shown.status_code, house.rows()) == (200, before)
    done = send(house, lines(ROW))
    assert (done.status_code, done.json()) == (201, shown.json())
    assert done.json()["kinds"]["subscriptions"] == {"known": 0, "new": 1}
    assert (done.json()["opening_minutes"], done.json()["faults"]) == (25, [])
    after = house.rows()
    again = send(house, lines(ROW)).json()
    assert {name for name, counted in again["kinds"].items() if counted["new"]} == set()
    assert {name: count for name, count in house.rows().items() if name != "call_answer"} == {
        name: count for name, count in after.items() if name != "call_answer"
    }


def test_the_same_key_takes_a_book_over_once_and_no_other_book(house: House) -> None:
    """D8."""
    path = f"/v1/books?seller_id={house.seller.id}"
    first = house.call("admin", "POST", path, content=lines(ROW), once="book-1")
    again = house.call("admin", "POST", path, content=lines(ROW), once="book-1")
    assert (again.status_code, again.json(), again.headers["idempotent-replayed"]) == (201, first.json(), "true")
    other = house.call("admin", "POST", path, content=lines(a_row(client="Лютик")), once="book-1")
    assert (other.status_code, other.json()["code"]) == (409, "KEY_REUSED")


def test_every_fault_is_told_by_row_column_and_code_and_nothing_is_written(house: House) -> None:
    book = lines(ROW, a_row(registration="2", plan="its-gold"), a_row(registration="3", price="дорого"))
    before = house.rows()
    shown = send(house, book, "/v1/books:preview").json()
    assert [(fault["row"], fault["column"], fault["code"]) for fault in shown["faults"]] == [
        (3, "plan", "PLAN_UNKNOWN"),
        (4, "price", "AMOUNT_UNREADABLE"),
    ]
    assert shown["faults"][0]["text"].startswith("No such plan")
    refused = send(house, book)
    assert (refused.status_code, refused.json()["code"], refused.json()["fault_count"]) == (422, "BOOK_WRONG", 2)
    assert refused.json()["errors"] == shown["faults"]
    assert house.rows() == before


def test_a_mapping_that_was_saved_reads_the_next_file(house: House) -> None:
    mapping = {"name": "crm", "columns": {"client": ["Фирма"]}, "values": {"plan": {"Профи": "its-prof"}}}
    assert house.post("admin", "/v1/mappings", mapping).status_code == 201
    book = lines(ROW | {"plan": "Профи"}).replace(b'"client"', '"Фирма"'.encode(), 1)
    assert send(house, book, mapping="crm").json()["kinds"]["subscriptions"]["new"] == 1
    with reading(house.engine) as session:
        assert "Ромашка" in session.exec(select(Client.name)).all()
    unknown = send(house, book, mapping="cmr")
    assert (unknown.status_code, unknown.json()["code"], unknown.json()["allowed"]) == (422, "MAPPING_UNKNOWN", ["crm"])


def test_a_book_of_another_day_and_of_nobody_is_refused(house: House) -> None:
    assert send(house, lines(ROW), on="2030-01-01").json()["code"] == "DAY_OUT_OF_RANGE"
    assert send(house, lines(ROW), on="01.01.2026").json()["field"] == "on"
    assert send(house, lines(ROW), seller_id="999").json()["code"] == "SELLER_UNKNOWN"


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "FILE_EMPTY"),
        (b"client\n", 422, "FILE_EMPTY"),
        (b"PK\x03\x04", 422, "FILE_UNREADABLE"),
        (b'client,price\n"a', 422, "FILE_UNREADABLE"),
        (b"colour\nred\n", 422, "COLUMN_REQUIRED"),
    ],
)
def test_what_is_no_book_is_refused(house: House, content: bytes, status: int, code: str) -> None:
    before = house.rows()
    for path in ("/v1/books", "/v1/books:preview"):
        refused = send(house, content, path)
        assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert house.rows() == before


def test_a_file_that_is_too_large_is_refused_while_it_is_read(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "LARGEST_FILE", 10)
    refused = send(house, lines(ROW))
    assert (refused.status_code, refused.json()["code"], refused.json()["allowed"]) == (413, "BODY_TOO_LARGE", 10)


def test_the_export_is_one_whole_file(house: House) -> None:
    answer = house.get("admin", "/v1/export")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    with ZipFile(io.BytesIO(answer.content)) as packed:
        assert packed.testzip() is None
        assert "manifest.json" in packed.namelist()
    assert house.get("sales", "/v1/export").status_code == 403
