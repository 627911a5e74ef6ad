"""The papers of a month in one ZIP: the archived bytes under readable names, and a list of all (P2)."""

import csv
import hashlib
import io
from pathlib import Path
from zipfile import ZipFile

from sqlalchemy import Engine

from api.database import transaction
from api.papers_export import INDEX
from documents.archive import keep, record
from documents.papers import Paper, PaperState
from tests.api.conftest import House
from tests.api.test_cli import done, installed, opened

PDF = b"%PDF-1.7 of the invoice"


def listed(packed: ZipFile) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(packed.read(INDEX).decode("utf-8-sig"))))


def test_printed_papers_are_packed_and_all_are_listed_p2(house: House) -> None:
    with transaction(house.engine) as session:
        paper = session.get_one(Paper, house.sold.papers[1].id)
        record(session, paper.id, keep(house.app.state.store, paper, PDF), len(PDF), at=house.clock())
    answer = house.get("sales", f"/v1/papers/2026-10.zip?seller_id={house.seller.id}&client_id={house.own.id}")
    assert answer.headers["content-type"] == "application/zip"
    with ZipFile(io.BytesIO(answer.content)) as packed:
        assert packed.namelist() == ["Ромашка — счёт 2026-0001.pdf", INDEX]
        assert packed.read("Ромашка — счёт 2026-0001.pdf") == PDF
        rows = {row["kind"]: row for row in listed(packed)}
    assert set(rows) == {"contract", "invoice"}
    assert (rows["contract"]["file"], rows["contract"]["state"]) == ("", PaperState.QUEUED)
    assert rows["invoice"]["sha256"] == hashlib.sha256(PDF).hexdigest()
    whole = house.get("sales", f"/v1/papers/2026-10.zip?seller_id={house.seller.id}")
    with ZipFile(io.BytesIO(whole.content)) as packed:
        assert {row["client"] for row in listed(packed)} == {"Ромашка", "Василёк"}


def test_the_papers_of_a_month_are_for_staff_and_of_who_is_known(house: House) -> None:
    path = f"/v1/papers/2026-10.zip?seller_id={house.seller.id}"
    for role in ("client", "desk", "own verdict"):
        assert house.get(role, path).json()["code"] == "ROLE_NOT_ALLOWED"
    assert house.get("sales", f"{path}&client_id=999").json()["code"] == "CLIENT_UNKNOWN"
    assert house.get("sales", "/v1/papers/2026-10.zip?seller_id=999").json()["code"] == "SELLER_UNKNOWN"


def test_a_command_packs_the_papers_of_a_month_once(engine: Engine, tmp_path: Path) -> None:
    with installed(engine, tmp_path) as run:
        opened(run)
        words = ("papers", "zip", "2026-09", "a.zip", "--inn", "7707083893")
        assert done(run(*words)).splitlines() == ["Записано: a.zip"]
        with ZipFile(tmp_path / "a.zip") as packed:
            assert {"contract", "invoice"} <= {row["kind"] for row in listed(packed)}
        assert run(*words).exit_code == 2
