"""Messages to a real receiver: once for each change, again after every fault, never to who was disabled (D12)."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from signal import SIGKILL
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session, col, func, select
from standardwebhooks import Webhook
from structlog.testing import capture_logs

from api.database import open_engine, reading, transaction
from api.notifying import Sent, notify
from api.telling import tell_changes
from api.webhook_sender import WebhookSender, new_secret
from api.worker import work
from contracts.locking import lock_client
from entitlements.changes import ClientChange
from entitlements.client_state import ChangeKind
from entitlements.webhook_queue import LASTING, LEASE, WAITS, claim, queue_messages
from entitlements.webhook_register import add_endpoint, disable_endpoint, enable_endpoint, resend, rotate_secret
from entitlements.webhooks import DeliveryState, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from tests.api.conftest import Clock, settings_for
from tests.builders import Customer, a_client, a_plan, a_sale, a_seller, held, its_catalogue, moment
from tests.journeys.faults import Faults, Point, run_processes, url_of
from tests.webhook_receiver import RESET, Fault, Receiver, status

AT = moment("2026-10-05 10:00")
LOOPBACK = [ip_network("127.0.0.0/8")]
SENDER = WebhookSender(LOOPBACK)
HASTY = WebhookSender(LOOPBACK, seconds=0.5)


def a_book(engine: Engine, clients: int = 1) -> list[Customer]:
    """Clients that are served, and told of in the feed."""
    with transaction(engine) as session:
        its_catalogue(session)
        a_plan(session)
        seller = a_seller(session)
        customers = [a_client(session, f"Клиент {n}") for n in range(clients)]
        for customer in customers:
            a_sale(session, seller, customer, at=AT)
    tell_changes(engine, Clock(AT))
    return customers


def endpoint(engine: Engine, url: str, *kinds: ChangeKind, secret: str | None = None) -> int:
    with transaction(engine) as session:
        wanted = kinds or (ChangeKind.CLIENT_CHANGED,)
        return add_endpoint(session, url, wanted, secret or new_secret(), plain_http=True, at=AT).id


def change(engine: Engine, customer: Customer, at: datetime = AT) -> None:
    with transaction(engine) as session:
        lock_client(session, customer.id)
    tell_changes(engine, Clock(at))


def sent(engine: Engine, at: datetime = AT, sender: WebhookSender = SENDER) -> Sent:
    return notify(engine, sender, Clock(at))


def rows(engine: Engine, table: Any) -> list[Any]:
    with reading(engine) as session:
        return list(session.exec(select(table).order_by(col(table.id))))


def states(engine: Engine) -> list[str]:
    return [one.state.value for one in rows(engine, WebhookDelivery)]


def test_a_change_is_told_once_signed_with_the_whole_state_d12(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    (own,), secret = a_book(engine), new_secret()
    with Receiver() as receiver:
        endpoint(engine, receiver.url, secret=secret)
        assert sent(engine) == Sent()
        with transaction(engine) as session:
            held(session, own, "2026-10-05 10:00", 15)
        tell_changes(engine, Clock(AT))
        assert sent(engine) == Sent(taken=1)
        assert sent(engine) == Sent()
        (came,) = receiver.came
    assert came.path == "/hooks?desk=1"
    assert came.data["kinds"] == ["client.changed", "hold.placed"]
    assert came.data["state_version"] == came.data["state"]["state_version"]
    assert [hours["held"] for hours in came.data["state"]["hours"].values()] == [15]
    assert int(came.headers["webhook-timestamp"]) == AT.timestamp()
    monkeypatch.setattr(Webhook, "_Webhook__verify_timestamp", lambda self, told: AT)
    assert Webhook(secret).verify(came.body, came.headers)["type"] == "client.changed"
    assert secret not in came.body


def test_an_endpoint_is_told_of_the_kinds_it_asked_for(engine: Engine) -> None:
    (own,) = a_book(engine)
    with Receiver() as all_of_it, Receiver() as holds:
        endpoint(engine, all_of_it.url)
        endpoint(engine, holds.url, ChangeKind.HOLD_PLACED)
        change(engine, own)
        with transaction(engine) as session:
            held(session, own, "2026-10-05 10:00", 15)
        tell_changes(engine, Clock(AT))
        assert sent(engine).taken == 3
        assert (len(all_of_it.came), len(holds.came)) == (2, 1)


FAULTS: dict[str, Fault] = {
    **{f"status {code}": status(code) for code in (301, 400, 401, 404, 422, 429, 500, 503)},
    "drops before the answer": lambda: RESET,
    "answers after the timeout": lambda: None,
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_after_every_fault_the_same_message_comes_again_d12(engine: Engine, fault: Fault) -> None:
    (own,) = a_book(engine)
    with Receiver() as receiver:
        receiver.faults.append(fault)
        endpoint(engine, receiver.url)
        change(engine, own)
        assert sent(engine, sender=HASTY if fault() is None else SENDER) == Sent(refused=1)
        assert sent(engine, AT + WAITS[0] / 2) == Sent()
        assert sent(engine, AT + WAITS[0]) == Sent(taken=1)
        first, second = receiver.came
    assert (first.id, first.body) == (second.id, second.body)
    assert states(engine) == ["taken"]
    assert len(rows(engine, WebhookAttempt)) == 2
    assert rows(engine, WebhookEndpoint)[0].failing_since is None


def test_a_message_that_is_always_refused_is_parked_and_stops_no_other_d12(engine: Engine) -> None:
    own, other = a_book(engine, 2)
    with Receiver(status(400)) as receiver:
        endpoint(engine, receiver.url)
        change(engine, own)
        at = AT
        sent(engine, at)
        for wait in WAITS:
            at += wait
            with transaction(engine) as session:  # something else is taken now and then, so it is not lasting
                session.get_one(WebhookEndpoint, 1).failing_since = at
            assert sent(engine, at).refused == 1
        assert states(engine) == ["parked"]
        assert sent(engine, at + timedelta(days=30)) == Sent()
        receiver.always = status(204)
        change(engine, other, at)
        assert sent(engine, at).taken == 1
        with transaction(engine) as session:
            resend(session, 1)
        assert sent(engine, at).taken == 1
    assert states(engine) == ["taken", "taken"]
    assert list(WAITS) == sorted(set(WAITS))


def test_an_endpoint_that_takes_nothing_for_days_is_disabled_with_the_reason_d12(engine: Engine) -> None:
    (own,) = a_book(engine)
    with Receiver(status(500)) as receiver:
        endpoint(engine, receiver.url)
        change(engine, own)
        sent(engine)
        change(engine, own, AT + LASTING)
        sent(engine, AT + LASTING)
        (told,) = rows(engine, WebhookEndpoint)
        assert told.disabled_at == AT + LASTING
        assert told.disabled_reason == "took nothing since 2026-10-05T07:00+00:00: 500"
        assert set(states(engine)) == {"withdrawn"}
        came = len(receiver.came)
        change(engine, own, AT + LASTING)
        assert sent(engine, AT + 2 * LASTING) == Sent()
        assert len(receiver.came) == came


def test_an_endpoint_that_is_gone_is_disabled_at_once(engine: Engine) -> None:
    (own,) = a_book(engine)
    with Receiver(status(410)) as receiver:
        endpoint(engine, receiver.url)
        change(engine, own)
        sent(engine)
    assert rows(engine, WebhookEndpoint)[0].disabled_reason == "410 Gone"
    assert states(engine) == ["withdrawn"]


def test_an_endpoint_that_is_disabled_gets_nothing_more_not_even_what_is_claimed_d12(engine: Engine) -> None:
    (own,) = a_book(engine)
    with Receiver() as receiver:
        one = endpoint(engine, receiver.url)
        change(engine, own)
        change(engine, own)

        def disabling() -> bytes | None:
            with transaction(engine) as session:
                disable_endpoint(session, one, "Заменён", at=AT)
            return status(204)()

        receiver.faults.append(disabling)
        assert sent(engine) == Sent(taken=1)
        assert len(receiver.came) == 1
        change(engine, own)
        assert sent(engine) == Sent()
        with transaction(engine) as session:
            enable_endpoint(session, one)
        assert sent(engine) == Sent()
        change(engine, own)
        assert sent(engine) == Sent(taken=1)


def test_an_endpoint_that_is_away_keeps_no_other_waiting_d12(engine: Engine) -> None:
    """Of many messages it costs one attempt, then a pause; what waits for it is no attempt."""
    customers = a_book(engine, 5)
    with Receiver(status(503)) as away, Receiver() as well:
        endpoint(engine, away.url)
        endpoint(engine, well.url)
        for customer in customers:
            change(engine, customer)
        assert sent(engine) == Sent(taken=5, refused=1)
        assert sent(engine) == Sent()
        assert (len(away.came), len(well.came)) == (1, 5)
        away.always = status(204)
        assert sent(engine, AT + timedelta(minutes=1)).taken == 5
    assert {one.attempts for one in rows(engine, WebhookDelivery)} == {0, 1}


def kill_before_the_record(url: str) -> None:
    engine = open_engine(url)
    with Faults(Point("before INSERT webhook_attempt")).watching(engine):
        sent(engine)


def test_a_worker_killed_between_sending_and_recording_sends_again_under_the_same_id_d12(engine: Engine) -> None:
    (own,) = a_book(engine)
    with Receiver() as receiver:
        endpoint(engine, receiver.url)
        change(engine, own)
        assert run_processes(kill_before_the_record, [(url_of(engine),)]) == [-SIGKILL]
        assert (len(receiver.came), states(engine)) == (1, ["queued"])
        assert sent(engine) == Sent()
        assert sent(engine, AT + LEASE) == Sent(taken=1)
        assert len(receiver.ids) == 2
        assert len(set(receiver.ids)) == 1
    assert states(engine) == ["taken"]


def test_messages_that_arrive_out_of_order_leave_the_newest_state_d12(engine: Engine) -> None:
    """A receiver keeps the state of the greatest change: the one that was refused first comes last."""
    (own,) = a_book(engine)
    with Receiver() as receiver:
        receiver.faults.append(status(500))
        endpoint(engine, receiver.url)
        change(engine, own)
        with transaction(engine) as session:
            held(session, own, "2026-10-05 10:00", 15)
        tell_changes(engine, Clock(AT))
        sent(engine)
        sent(engine, AT + WAITS[0])
        arrived = [came.data for came in receiver.came[1:]]
    assert [one["id"] for one in arrived] == sorted((one["id"] for one in arrived), reverse=True)
    kept: dict[str, Any] = {"id": 0}
    for one in arrived:
        kept = one if one["id"] > kept["id"] else kept
    assert [hours["held"] for hours in kept["state"]["hours"].values()] == [15]


def test_many_workers_send_each_message_once(engine: Engine) -> None:
    customers = a_book(engine, 10)
    with Receiver() as receiver, ThreadPoolExecutor(4) as workers:
        endpoint(engine, receiver.url)
        with transaction(engine) as session:
            for customer in customers:
                lock_client(session, customer.id)
        tell_changes(engine, Clock(AT))
        assert sum(one.taken for one in workers.map(lambda _: sent(engine), range(4))) == 10
        assert len(receiver.ids) == len(set(receiver.ids)) == 10


def test_a_long_feed_is_queued_to_its_end_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("entitlements.webhook_queue.CHANGES_AT_ONCE", 2)
    customers = a_book(engine, 5)
    with Receiver() as receiver:
        endpoint(engine, receiver.url)
        for customer in customers:
            change(engine, customer)
        assert sent(engine).taken == 5
        assert len(set(receiver.ids)) == 5
    with reading(engine) as session:
        newest = session.exec(select(func.max(ClientChange.id))).one()
        assert session.get_one(WebhookEndpoint, 1).queued_until == newest


def test_during_a_rotation_both_secrets_sign_and_afterwards_one(engine: Engine) -> None:
    (own,) = a_book(engine)
    with Receiver() as receiver:
        one = endpoint(engine, receiver.url)
        for _ in range(2):  # an answer was lost, and the rotation done again: receivers still know the first
            with transaction(engine) as session:
                rotate_secret(session, one, new_secret(), at=AT)
        for at in (AT, AT + timedelta(days=1)):
            change(engine, own, at)
            sent(engine, at)
        signatures = [came.headers["webhook-signature"].split() for came in receiver.came]
    assert [len(each) for each in signatures] == [2, 1]


def test_a_worker_tells_endpoints(engine: Engine, tmp_path: Path) -> None:
    (own,) = a_book(engine)
    with Receiver() as receiver:
        endpoint(engine, receiver.url)
        with transaction(engine) as session:
            lock_client(session, own.id)
        allowed = settings_for(engine, tmp_path).model_copy(update={"webhook_networks": "127.0.0.0/8"})
        work(engine, allowed, Event(), once=True, clock=Clock(AT))
        assert len(receiver.came) == 1


def test_without_a_setting_no_address_inside_is_reached(engine: Engine, tmp_path: Path) -> None:
    (own,) = a_book(engine)
    with Receiver() as receiver:
        endpoint(engine, receiver.url)
        with transaction(engine) as session:
            lock_client(session, own.id)
        work(engine, settings_for(engine, tmp_path), Event(), once=True, clock=Clock(AT))
        assert receiver.came == []
    (attempt,) = rows(engine, WebhookAttempt)
    assert attempt.problem == "http to 127.0.0.1 is not allowed"


def test_no_secret_and_no_address_is_in_the_log(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    (own,), secret = a_book(engine), new_secret()
    with Receiver(status(500)) as receiver, capture_logs() as logs:
        endpoint(engine, receiver.url, secret=secret)
        change(engine, own)
        sent(engine)
    assert "webhooks sent" in str(logs)
    assert "/hooks" not in str(logs)
    assert secret not in f"{logs} {caplog.text}"
    assert secret not in "".join(str(row.model_dump()) for row in rows(engine, WebhookAttempt))


def test_a_claim_is_one_workers_alone(engine: Engine) -> None:
    (own,) = a_book(engine)
    endpoint(engine, "http://127.0.0.1:9/")
    change(engine, own)
    with transaction(engine) as session:
        queue_messages(session)
        assert len(claim(session, 10, at=AT)) == 1
    with Session(engine) as session:
        assert claim(session, 10, at=AT) == []
        assert len(claim(session, 10, at=AT + LEASE)) == 1
    assert [one.state for one in rows(engine, WebhookDelivery)] == [DeliveryState.QUEUED]


def test_however_many_messages_are_claimed_at_once_they_are_read_together(engine: Engine) -> None:
    own = a_book(engine)[0]
    endpoint(engine, "http://127.0.0.1:9/")
    for _ in range(3):
        change(engine, own)
    asked: list[str] = []
    with Session(engine) as session:
        queue_messages(session)
        event.listen(engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
        claimed = claim(session, 10, at=AT)
    assert len({message.change.id for message in claimed}) == 3
    assert len([one for one in asked if one.startswith("SELECT")]) == 1
