"""The Python client: every call against a real server, and everything that is no answer told apart from answers."""

import inspect
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from pydantic import ValidationError

import api.client
from api.client import (
    CallWrong,
    ClientKeys,
    ContactKeys,
    DeskClient,
    OfflineUse,
    Question,
    ReportedWork,
    Unavailable,
    Work,
)
from api.client.wire import ATTEMPTS, LARGEST_ANSWER
from api.telling import tell_changes
from api.v1 import asking as server
from api.v1 import work as server_work
from api.v1.holds import SettlementInput
from api.v1.offline_uses import OfflineUseInput
from entitlements.client_state import ChangeKind
from entitlements.hold_ends import HoldEnd
from entitlements.reasons import Reason, Verdict
from tests.api.client_desk import desk_of
from tests.api.conftest import House
from tests.loopback import Scripted, dripping, nobody, served, silent

HALF_AN_HOUR: dict[str, Any] = {"service": "remote_work", "requested_minutes": 30}
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def desk(house: House, tmp_path: Path) -> Iterator[DeskClient]:
    """A client of a real server, with a desk's key."""
    with desk_of(house, tmp_path) as opened:
        yield opened


def test_each_call_of_the_desk_is_answered_by_a_real_server(house: House, desk: DeskClient) -> None:
    own, inn = house.own.id, house.own.entity.inn
    answer = desk.check(client={"inn": inn}, at=house.clock(), explain="full", **HALF_AN_HOUR)
    assert (answer.decision, answer.reason, answer.client_id) == (Verdict.ALLOW, Reason.COVERED, own)
    assert desk.decision(answer.decision_id, locale="ru").text.startswith("Покрыто до ")
    known, unknown = desk.check_batch([{"client": {"id": own}}, {"client": {"inn": "7707083893"}}])
    assert (known.reason, unknown.reason) == (Reason.COVERED, Reason.CLIENT_UNKNOWN)
    held = desk.hold(client={"id": own}, hold_hours=5, ticket="SD-1", **HALF_AN_HOUR).hold
    assert held is not None
    assert held.expires_at - held.placed_at == timedelta(hours=5)
    longer = desk.extend(held.id, 9)
    assert (longer.successor_of, longer.minutes) == (held.id, 30)
    assert desk.release(longer.id).end is HoldEnd.RELEASED
    other = desk.hold(client={"id": own}, **HALF_AN_HOUR).hold
    assert other is not None
    work = {"client_id": own, "source": "desk", "external_id": "SD-1/1", "worked_minutes": 20}
    logged = desk.log_work(started_at=house.clock() - timedelta(hours=1), hold_id=other.id, **work)
    assert logged.hold is not None
    assert (logged.billed_minutes, logged.hold.end) == (30, HoldEnd.SETTLED)
    third = desk.hold(client={"id": own}, **HALF_AN_HOUR).hold
    assert third is not None
    assert desk.settle(third.id).end is HoldEnd.SETTLED
    covered = desk.coverage(own, at=house.clock())
    assert [cover.subscription_id for cover in covered.covers] == [house.sold.sale.subscription.id]
    assert covered.hours[house.seller.id].used == 30


def test_a_hold_is_settled_by_some_of_its_minutes_or_by_the_work_itself(house: House, desk: DeskClient) -> None:
    def held(ticket: str) -> int:
        placed = desk.hold(client={"id": house.own.id}, ticket=ticket, **HALF_AN_HOUR).hold
        assert placed is not None
        return placed.id

    first, second = held("SD-1"), held("SD-2")
    some = desk.settle(first, minutes=15, once="k")
    assert (some.end, some.settled_minutes, some.work) == (HoldEnd.SETTLED, 15, None)
    assert desk.settle(first, minutes=15, once="k") == some
    work: ReportedWork = {"source": "desk", "external_id": "SD-2/1", "worked_minutes": 20, "service": "remote_work"}
    worked = desk.settle(second, work={**work, "started_at": house.clock() - timedelta(hours=1)})
    assert worked.work is not None
    assert (worked.end, worked.settled_minutes, worked.work.billed_minutes) == (HoldEnd.SETTLED, 30, 30)
    with pytest.raises(CallWrong, match="SETTLED_BY_TWO"):
        desk.settle(second, minutes=15, work=work)


def test_the_changes_are_read_on_from_the_last_one_that_is_known_d12(house: House, desk: DeskClient) -> None:
    assert (desk.changes().changes, desk.changes().last) == ([], None)
    tell_changes(house.engine, house.clock)
    first = desk.changes(limit=1)
    assert [one.client_id for one in first.changes] == [house.own.id]
    assert first.changes[0].kinds[0] is ChangeKind.CLIENT_CHANGED
    assert first.changes[0].state.covers[0].subscription_id == house.sold.sale.subscription.id
    second = desk.changes(first.last)
    assert [one.client_id for one in second.changes] == [house.foreign.id]
    nothing = desk.changes(second.last, client_id=house.own.id)
    assert (nothing.changes, nothing.last) == ([], second.last)
    with pytest.raises(CallWrong, match="FIELD_WRONG") as wrong:
        desk.changes(limit=101)
    assert wrong.value.field == "limit"


def test_a_business_no_is_an_answer_and_no_exception(desk: DeskClient) -> None:
    answer = desk.check(client={"inn": "7707083893"})
    assert (answer.decision, answer.reason) == (Verdict.DENY, Reason.CLIENT_UNKNOWN)


def test_a_wrong_call_names_the_field_its_value_and_what_is_allowed(house: House, desk: DeskClient) -> None:
    with pytest.raises(CallWrong, match="KEY_OF_CLIENT_REQUIRED") as wrong:
        desk.check(client={})
    assert (wrong.value.status, wrong.value.field) == (422, "client")
    with pytest.raises(CallWrong) as wrong:
        desk.check(client={"id": house.own.id}, line=7)
    assert (wrong.value.field, wrong.value.value) == ("line", 7)
    assert wrong.value.allowed == "a whole number, 0 to 4"
    with pytest.raises(CallWrong, match="MOMENT_WRONG"):
        desk.check(client={"id": house.own.id}, at=house.clock().replace(tzinfo=None))
    with pytest.raises(CallWrong) as wrong:
        desk.decision("../clients/1")
    assert wrong.value.status in (404, 422)
    with pytest.raises(CallWrong) as wrong:
        desk.settle(1234)
    assert (wrong.value.status, wrong.value.code, wrong.value.title.count(".")) == (404, "HOLD_UNKNOWN", 2)


def test_a_verdict_key_is_answered_without_hours_and_a_wrong_key_is_refused(house: House, tmp_path: Path) -> None:
    with desk_of(house, tmp_path, "verdict") as desk:
        answer = desk.check(client={"id": house.own.id}, **HALF_AN_HOUR)
        assert (answer.decision, answer.hours, answer.client_id) == (Verdict.ALLOW, None, None)
        with pytest.raises(CallWrong, match="ROLE_NOT_ALLOWED"):
            desk.settle(1)


def test_the_same_key_holds_once_however_often_it_is_sent_d8(house: House, desk: DeskClient) -> None:
    first, again = (desk.hold(client={"id": house.own.id}, once="SD-7", **HALF_AN_HOUR) for _ in range(2))
    assert first == again
    assert first.hold is not None
    with pytest.raises(CallWrong, match="KEY_REUSED"):
        desk.hold(client={"id": house.own.id}, once="SD-7")
    assert desk.coverage(house.own.id).hours[house.seller.id].held == 30


def asked_of(script: Scripted, patience_seconds: float = 30) -> tuple[Any, list[float]]:
    """What a check came to, and the waits between its attempts."""
    waits: list[float] = []
    with served(script) as url, DeskClient(url, "abk_x", patience_seconds=patience_seconds, sleep=waits.append) as desk:
        try:
            return desk.check(client={"id": 1}), waits
        except (Unavailable, CallWrong) as outcome:
            return outcome, waits


AWAY = (503, b'{"code": "UNAVAILABLE", "title": "No."}', JSON | {"Retry-After": "2"})
NO_ANSWERS = {
    "unavailable": (AWAY, ATTEMPTS),
    "a fault of the server": ((500, b'{"code": "FAULT", "title": "A fault."}', JSON), 1),
    "a bad gateway": ((502, b"<html>", {}), ATTEMPTS),
    "too many calls": ((429, b"", {"Retry-After": "1"}), ATTEMPTS),
    "a page of somebody between": ((404, b"<html>Not found</html>", {}), 1),
    "a login of somebody between": ((403, b'{"error": "login"}', JSON), 1),
    "a problem of somebody between": ((403, b'{"title": "Log in."}', JSON), 1),
    "a redirect, which gets no key": ((302, b"", {"Location": "http://127.0.0.1:9/"}), 1),
    "an empty answer": ((200, b"", JSON), 1),
    "no content": ((204, b"", {}), 1),
    "no JSON": ((200, b"<html>", JSON), 1),
    "JSON of something else": ((200, b'{"decision": "allow"}', JSON), 1),
    "an unknown verdict": ((200, b'{"decision": "perhaps"}', JSON), 1),
    "half an answer": ((200, b'{"decision": "al', JSON), 1),
    "an endless answer": ((200, b" " * (LARGEST_ANSWER + 1), JSON), 1),
}


@pytest.mark.parametrize(("answer", "attempts"), NO_ANSWERS.values(), ids=NO_ANSWERS)
def test_whatever_is_no_answer_is_unavailable_and_never_a_yes_or_a_no(answer: Any, attempts: int) -> None:
    script = Scripted(answer)
    outcome, waits = asked_of(script)
    assert isinstance(outcome, Unavailable)
    assert (len(script.requests), len(waits)) == (attempts, attempts - 1)


def test_an_answer_that_never_ends_is_not_read_to_the_end() -> None:
    outcome, _ = asked_of(Scripted(NO_ANSWERS["an endless answer"][0]))
    assert outcome.why == "the answer is too large"


def test_the_wait_that_the_server_asks_for_is_kept_and_told() -> None:
    outcome, waits = asked_of(Scripted(AWAY))
    assert (outcome.retry_after, waits) == (2.0, [2.0] * (ATTEMPTS - 1))


def test_a_wait_longer_than_patience_is_not_waited() -> None:
    script = Scripted(AWAY)
    outcome, waits = asked_of(script, patience_seconds=1.5)
    assert (outcome.retry_after, waits, len(script.requests)) == (2.0, [], 1)


def test_repetitions_carry_the_same_key_and_the_same_body() -> None:
    script = Scripted(AWAY)
    with served(script) as url, DeskClient(url, "abk_x", patience_seconds=30, sleep=lambda _: None) as desk:
        for _ in range(2):
            with pytest.raises(Unavailable):
                desk.hold(client={"id": 1})
    keys = [headers["idempotency-key"] for _, _, headers, _ in script.requests]
    assert [keys.count(key) for key in keys] == [ATTEMPTS] * (2 * ATTEMPTS)
    assert len({body for *_, body in script.requests}) == 1


def test_silence_and_an_empty_place_are_unavailable_after_patience_is_over() -> None:
    with (
        silent() as url,
        DeskClient(url, "abk_x", patience_seconds=0.2) as desk,
        pytest.raises(Unavailable, match="Timeout"),
    ):
        desk.check(client={"id": 1})
    with (
        DeskClient(nobody(), "abk_x", patience_seconds=30, sleep=lambda _: None) as desk,
        pytest.raises(Unavailable, match="ConnectError"),
    ):
        desk.check(client={"id": 1})


DRIPS = {
    "its header": (b"HTTP/1.1 200 OK\r\nX-A: ", b"a"),
    "its body": (b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n", b" "),
    "hints": (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "no http": (b"", b"x"),
}


@pytest.mark.parametrize(("begins", "drop"), DRIPS.values(), ids=DRIPS)
def test_a_server_that_drips_is_unavailable_when_patience_is_over(begins: bytes, drop: bytes) -> None:
    with dripping(begins, drop) as url, DeskClient(url, "abk_x", patience_seconds=0.5) as desk:
        for _ in range(2):
            began = time.monotonic()
            with pytest.raises(Unavailable, match="Timeout"):
                desk.check(client={"id": 1})
            assert 0.4 < time.monotonic() - began < 2


def test_a_server_that_drips_is_given_up_over_tls_too(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)
    trusted = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr("httpx.create_ssl_context", lambda **_: trusted)
    began = time.monotonic()
    with dripping(*DRIPS["its header"], trust=server) as url:
        own = url.replace("127.0.0.1", "localhost")
        with DeskClient(own, "abk_x", patience_seconds=0.5) as desk, pytest.raises(Unavailable, match="ReadTimeout"):
            desk.check(client={"id": 1})
    with (
        silent() as url,
        DeskClient(url.replace("http", "https"), "abk_x", patience_seconds=0.5) as desk,
        pytest.raises(Unavailable, match="Timeout"),
    ):
        desk.check(client={"id": 1})
    assert 0.8 < time.monotonic() - began < 4


def test_a_connection_is_kept_for_the_next_call_which_has_patience_of_its_own() -> None:
    script = Scripted((404, b'{"code": "NO", "title": "No."}', JSON))
    with served(script) as url, DeskClient(url, "abk_x", patience_seconds=0.6) as desk:
        for _ in range(4):
            with pytest.raises(CallWrong):
                desk.settle(1)
            time.sleep(0.3)
    assert len(set(script.callers)) == 1


def test_a_newer_server_may_tell_more(house: House, desk: DeskClient) -> None:
    told = (
        desk.check(client={"id": house.own.id}).model_dump_json().replace('{"decision"', '{"novelty": [1], "decision"')
    )
    outcome, _ = asked_of(Scripted((200, told.encode(), JSON)))
    assert outcome.decision is Verdict.ALLOW


@pytest.mark.parametrize(
    "url",
    ["http://desk.example", "ftp://127.0.0.1", "https://user:secret@desk.example", "https://desk.example/?key=1", ""],
)
def test_a_key_is_not_sent_in_the_clear(url: str) -> None:
    with pytest.raises(ValueError, match="https://HOST"):
        DeskClient(url, "abk_x")


@pytest.mark.parametrize("key", ["", "abk_x\n", "abk_x\r\n", " abk_x", "abk x", "abk_x\x7f", "abk_ё"])
def test_a_key_that_no_header_can_carry_is_refused_and_no_outage(key: str) -> None:
    with pytest.raises(ValueError, match="key must be printable ASCII without spaces and line ends") as refused:
        DeskClient("https://desk.example", key)
    assert "abk" not in str(refused.value)


@pytest.mark.parametrize("once", ["SD-1\n", " SD-1", "Заявка-1"])
def test_a_key_of_a_call_that_no_header_can_carry_is_a_wrong_call_and_no_outage(once: str) -> None:
    with DeskClient(nobody(), "abk_x") as desk, pytest.raises(CallWrong, match="FIELD_WRONG") as wrong:
        desk.hold(client={"id": 1}, once=once)
    assert (wrong.value.field, wrong.value.value) == ("Idempotency-Key", once)


def test_the_key_is_shown_by_no_outcome() -> None:
    outcome, _ = asked_of(Scripted(AWAY))
    assert "abk_x" not in f"{outcome!r} {outcome.__cause__!r} {outcome.__context__!r}"


def test_the_client_can_say_all_that_the_server_hears() -> None:
    for said, heard, apart in (
        (Question, server.QuestionInput, {"mode", "hold_hours"}),
        (ClientKeys, server.ClientKeys, set()),
        (ContactKeys, server.ContactKeys, set()),
        (ReportedWork, server_work.ReportedWork, set()),
        (Work, server_work.WorkInput, set()),
        (OfflineUse, OfflineUseInput, set()),
    ):
        assert set(get_type_hints(said)) == set(heard.model_fields) - apart
        assert said.__required_keys__ == {name for name, field in heard.model_fields.items() if field.is_required()}
    assert set(SettlementInput.model_fields) <= set(inspect.signature(DeskClient.settle).parameters)
    assert "hold_hours" in inspect.signature(DeskClient.hold).parameters


def test_importing_the_client_loads_neither_database_nor_server() -> None:
    heavy = ["sqlalchemy", "sqlmodel", "fastapi", "starlette", "alembic", "weasyprint", "uvicorn", "jinja2"]
    code = f"import sys, api.client; print([name for name in {heavy} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def test_everything_that_the_client_offers_is_there() -> None:
    assert all(hasattr(api.client, name) for name in api.client.__all__)


def test_days_are_days_and_moments_are_moments_again(house: House, desk: DeskClient) -> None:
    cover = desk.coverage(house.own.id).covers[0]
    assert isinstance(cover.last_day, date)
    with pytest.raises(ValidationError):
        type(cover).model_validate(cover.model_dump() | {"days_left": "many"})
