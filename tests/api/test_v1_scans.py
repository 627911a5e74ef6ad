"""Scans over HTTP, on the command line, and in the ZIP of a month (P2, D2)."""

import io
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zipfile import ZipFile

import pytest
from sqlalchemy import Engine

from api.database import transaction
from api.journeys import renew_subscription
from api.papers_export import INDEX
from tests.api.conftest import House
from tests.api.test_cli import done, installed, opened
from tests.api.test_papers_export import listed
from tests.builders import moment
from tests.documents.test_scanning import JPEG, PDF, PNG

BY = ("--by", "Котова")


def send(house: House, content: bytes, role: str = "accountant", **query: Any) -> Any:
    asked = {"of": "contract", "subject_id": house.sold.sale.contract.id, "added_by": "Котова", **query}
    told = "&".join(f"{name}={quote(str(value))}" for name, value in asked.items())
    return house.call(role, "POST", f"/v1/scans?{told}", content=content)


def test_a_scan_is_added_listed_downloaded_and_packed_with_its_month_p2(house: House) -> None:
    first = send(house, PDF)
    assert (first.status_code, first.json()["revision"], first.json()["format"]) == (201, 1, "pdf")
    second = send(house, JPEG, signed_on="2026-10-05").json()
    contract_id = house.sold.sale.contract.id
    found = house.get("sales", f"/v1/scans?of=contract&subject_id={contract_id}").json()
    assert [(one["revision"], one["format"]) for one in found] == [(1, "pdf"), (2, "jpg")]
    file = house.get("sales", f"/v1/scans/{second['id']}/file")
    assert (file.content, file.headers["content-type"]) == (JPEG, "image/jpeg")
    assert file.headers["content-disposition"] == f'attachment; filename="contract-{contract_id}-2.jpg"'
    signed = house.post("sales", f"/v1/contracts/{contract_id}:mark-signed", {"recorded_by": "Котова"})
    assert signed.json()["code"] == "ALREADY_SIGNED"
    packed = house.get("sales", f"/v1/papers/2026-10.zip?seller_id={house.seller.id}&client_id={house.own.id}")
    with ZipFile(io.BytesIO(packed.content)) as month:
        name = "Ромашка — договор 2026-0001 — подписан.jpg"
        assert month.namelist() == [name, INDEX]
        assert month.read(name) == JPEG
        (row,) = [row for row in listed(month) if row["kind"] == "scan"]
    assert (row["file"], row["state"], row["revision"], row["sha256"]) == (name, "signed", "2", second["sha256"])


@pytest.mark.parametrize(
    ("content", "query", "code"),
    [
        (b"", {}, "FILE_EMPTY"),
        (b"hello", {}, "SCAN_UNREADABLE"),
        (PDF, {"subject_id": 999}, "CONTRACT_UNKNOWN"),
        (PDF, {"of": "invoice"}, "FIELD_WRONG"),
        (PDF, {"added_by": "a\nb"}, "TEXT_WRONG"),
        (PDF, {"signed_on": "2026-10-06"}, "DAY_IN_FUTURE"),
        (PDF, {"signed_on": "2026-02-30"}, "DATE_WRONG"),
    ],
)
def test_a_bad_scan_is_refused_and_nothing_is_written(
    common_house: House, content: bytes, query: dict[str, Any], code: str
) -> None:
    before = common_house.rows()
    assert send(common_house, content, **query).json()["code"] == code
    assert common_house.rows() == before


def test_an_id_of_nothing_has_no_scans_however_large_it_is(common_house: House) -> None:
    told = common_house.get("accountant", f"/v1/scans?of=statement&subject_id={2**63 - 1}")
    assert (told.status_code, told.json()) == (200, [])


def test_scans_are_for_staff_and_of_what_is_known(common_house: House) -> None:
    assert send(common_house, PDF, role="desk").json()["code"] == "ROLE_NOT_ALLOWED"
    assert common_house.get("client", "/v1/scans?of=contract&subject_id=1").status_code == 403
    assert common_house.get("sales", "/v1/scans/999/file").json()["code"] == "SCAN_UNKNOWN"


def test_a_renewal_is_signed_by_its_own_scan_in_its_own_month_p2(house: House) -> None:
    send(house, PDF)
    with transaction(house.engine) as session:
        renewed = renew_subscription(session, house.sold.sale.subscription.id, None, at=moment("2027-09-20 12:00"))
        subscription_id = renewed.sale.subscription.id

    def scans_in(month: str) -> list[str]:
        packed = house.get("sales", f"/v1/papers/{month}.zip?seller_id={house.seller.id}&client_id={house.own.id}")
        with ZipFile(io.BytesIO(packed.content)) as files:
            return [row["sha256"] for row in listed(files) if row["kind"] == "scan"]

    first = scans_in("2026-10")
    assert (len(first), scans_in("2027-09")) == (1, [])
    added = send(house, PNG, of="agreement", subject_id=subscription_id)
    assert (added.status_code, added.json()["of"], added.json()["revision"]) == (201, "agreement", 1)
    assert (scans_in("2026-10"), scans_in("2027-09")) == (first, [added.json()["sha256"]])


def test_the_same_key_adds_a_scan_once_and_no_other_scan(house: House) -> None:
    """D8."""
    path = f"/v1/scans?of=contract&subject_id={house.sold.sale.contract.id}&added_by=a"
    answers = [house.call("sales", "POST", path, content=content, once="k") for content in (PDF, PDF, PNG)]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    assert answers[2].json()["code"] == "KEY_REUSED"


def test_commands_add_list_and_give_back_a_scan(engine: Engine, tmp_path: Path) -> None:
    with installed(engine, tmp_path) as run:
        opened(run)
        (tmp_path / "1.pdf").write_bytes(PDF)
        words = ("scan", "add", "1.pdf", *BY)
        assert "редакция 1" in done(run(*words, "--contract", "2026-0001", "--signed-on", "2026-10-05"))
        assert "Котова" in done(run("scan", "list", "--contract", "2026-0001"))
        done(run("scan", "get", "1", "back.pdf"))
        assert (tmp_path / "back.pdf").read_bytes() == PDF
        done(run("renew", "1"))
        assert "редакция 1" in done(run(*words, "--agreement", "2"))
        assert "Котова" not in done(run("scan", "list", "--agreement", "3"))
        for wrong in (words, (*words, "--contract", "2026-0001", "--act", "1"), (*words, "--act", "99")):
            assert run(*wrong).exit_code == 2
        assert run("scan", "get", "1", "back.pdf").exit_code == 2
        assert run("scan", "get", "7", "other.pdf").exit_code == 2


def test_a_scan_is_listed_under_the_sellers_day_on_which_it_came_t4(engine: Engine, tmp_path: Path) -> None:
    with installed(engine, tmp_path) as run:
        opened(run)
        (tmp_path / "1.pdf").write_bytes(PDF)
        done(run("scan", "add", "1.pdf", *BY, "--contract", "2026-0001", at="2026-11-01 00:30"))
        listed = done(run("scan", "list", "--contract", "2026-0001"))
    assert ("2026-11-01" in listed, "2026-10-31" in listed) == (True, False)
