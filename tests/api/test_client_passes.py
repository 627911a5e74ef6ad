"""A desk goes on while its server is away: by kept passes, with a queue of what was done, delivered once (D1, D5)."""

import io
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from api.client import DeskClient, Gate, Passes
from api.database import transaction
from api.recipes.mail import DONE, TRY_LATER, through
from api.recipes.passes import renew
from contracts.enrolling import add_contact
from entitlements.receipts import Kind, read_key_set, sign, verified
from tests.api.client_desk import server_of
from tests.api.conftest import House
from tests.builders import moment
from tests.loopback import nobody

OWN = "anna@romashka.example"
LETTER = f"From: {OWN}\r\nTo: help@desk.example\r\n\r\nText\r\n".encode()


@pytest.fixture
def port(house: House) -> int:
    """Where the server answers whenever it runs; the client's accountant has an address."""
    with transaction(house.engine) as session:
        add_contact(session, house.own.id, "Анна", at=moment("2026-01-01"), emails=(OWN,))
    return int(nobody().rpartition(":")[2])


@pytest.fixture
def desk(house: House, port: int) -> Iterator[DeskClient]:
    """A client of that place, patient while something answers there."""
    more: dict[str, Any] = {"patience_seconds": 60.0, "language": "en", "sleep": lambda _: None}
    with DeskClient(f"http://127.0.0.1:{port}", house.tokens["desk"], **more) as opened:
        yield opened


@pytest.fixture
def passes(house: House, tmp_path: Path) -> Passes:
    """An empty folder of passes, by the clock of the house."""
    return Passes(tmp_path / "passes", clock=house.clock)


def a_use(number: int = 1, minutes: int = 30) -> dict[str, Any]:
    """Half an hour of remote work on the day of the house."""
    event = {"source": "desk", "external_id": f"SD-{number}/1", "service": "remote_work"}
    return {"worked_minutes": minutes, "started_at": moment("2026-10-05 10:30"), **event}


def asked(gate: Gate, **more: Any) -> Any:
    """The passage of a caller who is known by the address."""
    return gate.check(**({"client": {"email": OWN}, "service": "remote_work"} | more))


def used(house: House) -> int:
    """The minutes that the server counts as used."""
    told = house.get("desk", f"/v1/clients/{house.own.id}/coverage").json()
    return int(told["hours"][str(house.seller.id)]["used"])


def test_a_desk_goes_by_passes_while_its_server_is_stopped_and_tells_all_of_it_once_when_it_is_back(
    house: House, port: int, desk: DeskClient, passes: Passes, tmp_path: Path
) -> None:
    gate = Gate(desk, on_unavailable="go_by_pass", passes=passes)
    with server_of(house, tmp_path, port):
        assert passes.keep(desk, [{"email": OWN}, {"id": house.foreign.id}]) == []
        online = asked(gate)
        assert (online.serve, online.answer.reason, online.verdict) == (True, "COVERED", None)

    offline = asked(gate, requested_minutes=60)
    assert (offline.serve, offline.answer, offline.verdict.reason) == (True, None, "COVERED")
    passes.log(offline.verdict, **a_use())
    assert [passes.deliver(desk).recorded, passes.deliver(desk).left] == [0, 1]

    again = Passes(passes.folder, clock=house.clock)  # as after a crash of the desk itself
    assert (again.verdict(client={"email": OWN}, requested_minutes=31), len(again.uses.waiting())) == (None, 1)
    assert again.verdict(client={"email": OWN}, requested_minutes=30) is not None
    house.clock.forward(days=2)
    with server_of(house, tmp_path, port):
        assert again.deliver(desk).recorded == 1
        passes.log(offline.verdict, **a_use())  # the same use under another key
        assert passes.deliver(desk).recorded == 1
        assert (passes.deliver(desk).recorded, passes.uses.waiting()) == (0, [])
    rows = house.rows()
    assert (rows["offline_use"], rows["work_entry"], used(house)) == (1, 1, 30)


def test_a_pass_says_nothing_of_what_it_does_not_know(
    house: House, port: int, desk: DeskClient, passes: Passes, tmp_path: Path
) -> None:
    gate = Gate(desk, on_unavailable="go_by_pass", passes=passes)
    assert passes.verdict(client={"email": OWN}) is None
    with server_of(house, tmp_path, port):
        passes.keep(desk, [{"email": OWN}])
    number = house.own.registrations[0]
    for known in ({"id": house.own.id}, {"registration_number": number}, {"email": OWN}):
        assert asked(gate, client=known, registration_number=number).verdict.client_id == house.own.id
    for unknown in (
        {"client": {"email": "nobody@elsewhere.example"}},
        {"client": {"id": house.own.id, "email": OWN}},
        {"client": {"id": house.foreign.id}},
        {"registration_number": "800999999"},
        {"service": "auditing"},
        {"service": None, "feature": "updates"},  # no part of the plan
        {"feature": "remote_work"},  # with a service: the server refuses to hear that
        {"channel": "pigeon"},
        {"line": 7},
        {"requested_minutes": 0},
        {"at": house.clock()},
        {"requested_minutes": 61},
    ):
        passage = asked(gate, **unknown)
        assert (passage.serve, passage.verdict) == (False, None), unknown
        assert passage.unavailable is not None


def test_a_pass_knows_its_client_in_every_writing_that_the_server_knows_d4(
    house: House, port: int, desk: DeskClient, passes: Passes, tmp_path: Path
) -> None:
    inn, number = house.own.entity.inn, house.own.registrations[0]
    with transaction(house.engine) as session:
        add_contact(session, house.own.id, "Анна", at=moment("2026-01-01"), phones=("84951234567",))
    kept: list[Any] = [{"email": OWN}, {"phone": "+7 495 123-45-67"}, {"inn": inn, "email": OWN}]
    others: list[Any] = [{"email": "Anna@Romashka.example"}, {"phone": "8 (495) 123-45-67"}]
    others += [{"inn": f" {inn[:4]} {inn[4:]}", "email": OWN.upper()}, {"email": OWN, "phone": None}]
    others += [{"registration_number": f"№ {number[:3]} {number[3:]}"}]
    wrong: list[Any] = [{"phone": "12"}, {"inn": "1"}, {"email": "anna"}, {"email": None}, {"ogrn": "1"}]
    with server_of(house, tmp_path, port):
        assert passes.keep(desk, kept) == []
        assert {desk.check(client=one).client_id for one in others} == {house.own.id}
    told = [passes.verdict(client=one) for one in kept + others]
    assert [one and one.client_id for one in told] == [house.own.id] * len(told)
    assert passes.verdict(client={"email": OWN}, registration_number=f"№{number}") is not None
    assert [passes.verdict(client=one) for one in wrong] == [None] * len(wrong)


def test_a_pass_is_believed_by_its_signature_and_until_its_end(
    house: House, port: int, desk: DeskClient, passes: Passes, tmp_path: Path
) -> None:
    with server_of(house, tmp_path, port):
        passes.keep(desk, [{"email": OWN}])
    kept, keys = (passes.folder / "passes.json").read_bytes(), (passes.folder / "keys.json").read_bytes()
    head, body, signature = kept.rsplit(b".", 2)
    for name, spoilt in (
        ("passes.json", b".".join([head, body[:-4] + b"AAAA", signature])),
        ("passes.json", b"["),
        ("keys.json", b'{"keys": []}'),
        ("keys.json", b""),
    ):
        (passes.folder / name).write_bytes(spoilt)
        assert passes.verdict(client={"email": OWN}) is None
        (passes.folder / "passes.json").write_bytes(kept)
        (passes.folder / "keys.json").write_bytes(keys)
    assert passes.verdict(client={"email": OWN}) is not None
    house.clock.forward(hours=24)
    assert passes.verdict(client={"email": OWN}) is None


def test_a_pass_of_which_not_all_is_known_says_nothing(
    house: House, port: int, desk: DeskClient, passes: Passes, tmp_path: Path
) -> None:
    with server_of(house, tmp_path, port):
        passes.keep(desk, [{"email": OWN}])
        signed = desk.offline_pass(house.own.id).offline_pass
    known = {"client": {"email": OWN}, "requested_minutes": 60}
    assert passes.verdict(**known) is not None
    (passes.folder / "uses.jsonl").unlink()  # and with it what was done since
    assert passes.verdict(**known) is None
    with server_of(house, tmp_path, port):
        passes.keep(desk, [{"email": OWN}])
    assert passes.verdict(**known) is not None
    passes.uses.add("k", {"client_id": house.own.id, "offline_pass": signed, "use": {"worked_minutes": 15}})
    assert passes.verdict(**known) is None


def test_a_pass_of_an_older_release_says_nothing_and_still_books(
    house: House, port: int, desk: DeskClient, passes: Passes, tmp_path: Path
) -> None:
    with server_of(house, tmp_path, port):
        passes.keep(desk, [{"email": OWN}])
        verdict = passes.verdict(client={"email": OWN})
        assert verdict is not None
        claims = verified(verdict.offline_pass, read_key_set(desk.public_keys())).claims
        claims = {name: said for name, said in claims.items() if name != "billing"}
        older = sign(house.app.state.signer.key_now(), Kind.PASS, claims)
        kept = (passes.folder / "passes.json").read_text()
        (passes.folder / "passes.json").write_text(kept.replace(verdict.offline_pass, older))
        assert passes.verdict(client={"email": OWN}) is None
        passes.log(replace(verdict, offline_pass=older), **a_use())
        assert passes.deliver(desk).recorded == 1


def test_a_suspended_client_loses_its_pass_and_an_absent_server_takes_none(
    house: House, port: int, desk: DeskClient, passes: Passes, tmp_path: Path
) -> None:
    tells, addresses = io.StringIO(), f"{OWN}\n\nnobody@elsewhere.example\n"
    with server_of(house, tmp_path, port):
        assert renew(passes, desk, io.StringIO(addresses), tells) == DONE
    assert renew(passes, desk, io.StringIO(addresses), tells) == TRY_LATER
    assert passes.verdict(client={"email": OWN}) is not None
    house.post("admin", "/v1/blocks", {"client_id": house.own.id, "reason": "Нет оплаты"})
    with server_of(house, tmp_path, port):
        [(_, withheld)] = passes.keep(desk, [{"email": OWN}])
        assert withheld is not None
        assert (withheld.status, withheld.code) == (409, "PASS_WITHHELD")
        assert renew(passes, desk, io.StringIO(addresses), tells) == DONE
    assert passes.verdict(client={"email": OWN}) is None
    assert "PASS_WITHHELD" in tells.getvalue()
    assert "nobody@elsewhere.example: CLIENT_UNKNOWN" in tells.getvalue()


def test_mail_is_answered_by_the_pass_while_the_server_is_stopped(
    house: House, port: int, desk: DeskClient, passes: Passes, tmp_path: Path
) -> None:
    with server_of(house, tmp_path, port):
        renew(passes, desk, io.StringIO(OWN), io.StringIO())
    gate, goes = Gate(desk, on_unavailable="go_by_pass", passes=passes), io.BytesIO()
    assert through(gate, "en", io.BytesIO(LETTER), goes) == DONE
    told = message_from_bytes(goes.getvalue(), policy=default)
    assert (told["X-Abonement-Serve"], told["X-Abonement-Reason"]) == ("yes", "COVERED")
    assert told["X-Abonement-Note"].startswith("Abonement: No answer, by the offline pass: Covered until ")


def test_passes_belong_to_one_choice(desk: DeskClient, passes: Passes) -> None:
    with pytest.raises(ValueError, match="go_by_pass"):
        Gate(desk, on_unavailable="go_by_pass")
    with pytest.raises(ValueError, match="go_by_pass"):
        Gate(desk, on_unavailable="refuse", passes=passes)
