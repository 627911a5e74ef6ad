"""Dunning over HTTP, from the command line, and by the worker (S8, S10)."""

from pathlib import Path
from threading import Event

from sqlalchemy import Engine
from sqlmodel import Session, select

from api.worker import work
from billing.dunning import DunningTaken
from tests.api.conftest import Clock, House, settings_for
from tests.api.test_cli import done, installed, opened
from tests.builders import moment
from tests.journeys.books import rows

STEPS = [
    {"working_days": 3, "notice": "reminder"},
    {"working_days": 10, "notice": "last_notice", "effect": "block"},
]


def test_a_ladder_is_chosen_and_the_worker_takes_its_steps_without_any_mail_server_s10(
    house: House, tmp_path: Path
) -> None:
    path = f"/v1/sellers/{house.seller.id}:choose-dunning"
    made = house.post("admin", path, {"valid_from": "2026-10-01", "steps": STEPS}, once="a")
    assert (made.status_code, made.json()["steps"][1]["effect"]) == (201, "block")
    assert house.post("admin", path, {"valid_from": "2026-10-01", "steps": STEPS}, once="a").json() == made.json()
    assert (
        house.post("accountant", path, {"valid_from": "2026-10-01", "steps": []}).json()["code"] == "ROLE_NOT_ALLOWED"
    )
    told = f"/v1/invoices/{house.sold.invoice.id}/dunning"
    assert house.get("sales", told).json() == []
    clock = Clock(moment("2026-10-15 10:00"))
    for day, taken in (("2026-10-15 10:00", 1), ("2026-10-15 11:00", 1), ("2026-10-26 10:00", 2)):
        clock.at = moment(day)
        work(house.engine, settings_for(house.engine, tmp_path), Event(), once=True, clock=clock)
        assert len(house.get("sales", told).json()) == taken
    last = house.get("sales", told).json()[-1]
    assert (last["working_days"], last["effect"], last["is_sent"], last["left"]) == (10, "block", False, "12000.00")
    card, number = f"/v1/clients/{house.own.id}/coverage", house.sold.invoice.number
    reasons = [
        house.get("desk", f"{card}?at=2026-10-26T12:00:00Z", headers={"Accept-Language": one}) for one in ("ru", "en")
    ]
    told = [f"Не оплачен счёт {number}", f"Invoice {number} is not paid"]
    assert [one.json()["blocks"][0]["reason"] for one in reasons] == told
    block = house.post("admin", f"/v1/blocks/{last['block_id']}:lift").json()
    assert block["reason"] == f"Invoice {house.sold.invoice.number} is not paid"
    assert house.get("sales", "/v1/invoices/999/dunning").json()["code"] == "INVOICE_UNKNOWN"


def test_steps_are_chosen_shown_and_taken_by_commands_s8(engine: Engine, tmp_path: Path) -> None:
    with installed(engine, tmp_path) as run:
        opened(run)
        ladder = ["--step", "3:reminder", "--step", "10:last_notice:block"]
        said = done(run("seller", "dunning", "north", "--from", "2026-09-01", *ladder))
        assert "10:last_notice:block" in said
        before = rows(engine)
        shown = done(run("dun", "--dry-run"))  # on 15.10.2026, the invoice was due on 08.09.2026
        assert rows(engine) == before
        assert shown.count("2026-0001") == 2
        assert "Шагов: 2, из них с письмом: 1." in done(run("dun"))
        assert done(run("dun", "--dry-run")).strip() == "Ничего нет."
        assert "Шагов: 0" in done(run("dun"))
        with Session(engine) as session:
            assert [one.is_sent for one in session.exec(select(DunningTaken))] == [False, True]
        for wrong in ("5", "5:shout", "x:reminder", "5:reminder:demand", "0:reminder"):
            refused = run("seller", "dunning", "north", "--from", "2026-09-01", "--step", wrong)
            assert (refused.exit_code, "--step" in refused.stderr) == (2, True), wrong
        assert "никогда" in done(run("seller", "dunning", "north", "--from", "2026-09-01"))
