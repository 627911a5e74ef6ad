"""The keys that sign: one at a time, several proven at once, and none lost (D1)."""

from datetime import timedelta
from multiprocessing.synchronize import Barrier

import pytest
from joserfc.jwk import OKPKey
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from api.database import open_engine, reading, transaction
from api.signing import Signer, open_signer, stored_key
from contracts.errors import Refusal
from entitlements.key_rotation import first_key, published, rotate, signing_key, withdraw
from entitlements.receipt_keys import ReceiptKey
from entitlements.receipts import PublishedKey, new_pair, receipt, require_good, verified
from tests.builders import moment
from tests.journeys.faults import PROCESSES, run_processes, url_of

AT = moment("2026-10-05 10:00")
PROCESSES_AT_ONCE = 4


def keys(session: Session) -> dict[str, PublishedKey]:
    return {key.kid: key for key in published(session)}


def signed(session: Session) -> str:
    key = signing_key(session)
    assert key is not None
    return receipt(key, AT, None, {"decision": "allow"})


def test_the_id_of_a_key_is_no_option_of_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    made = [new_pair()]
    while not made[-1].thumbprint().startswith("-"):  # as one of 64 does
        made.append(OKPKey.generate_key("Ed25519"))
    monkeypatch.setattr(OKPKey, "generate_key", lambda _: made.pop())
    assert not new_pair().thumbprint().startswith("-")


def test_the_first_key_is_made_once(engine: Engine) -> None:
    made = stored_key(engine, at=AT)
    assert stored_key(engine, at=AT + timedelta(days=1)).kid == made.kid
    with transaction(engine) as session:
        assert first_key(session, at=AT).kid == made.kid
        assert session.exec(select(ReceiptKey.number)).all() == [1]


def test_a_rotation_breaks_no_receipt_and_forgets_the_old_private_part(engine: Engine) -> None:
    with transaction(engine) as session:
        first_key(session, at=AT)
        old = signed(session)
        rotate(session, at=AT + timedelta(days=1))
        new = signed(session)
        known = keys(session)
        assert len(known) == 2
        assert verified(old, known).key.kid != verified(new, known).key.kid
        assert [row.private_key is None for row in session.exec(select(ReceiptKey).order_by("number"))] == [True, False]


def test_a_withdrawn_key_signs_no_more_and_the_earliest_day_holds(engine: Engine) -> None:
    with transaction(engine) as session:
        kid = first_key(session, at=AT).kid
        old = signed(session)
        withdraw(session, kid, from_at=AT, at=AT)
        withdraw(session, kid, from_at=AT + timedelta(days=9), at=AT)
        assert keys(session)[kid].withdrawn_from == AT
        with pytest.raises(Refusal, match="RECEIPT_KEY_WITHDRAWN"):
            require_good(verified(old, keys(session)), at=AT)
        require_good(verified(signed(session), keys(session)), at=AT)
        assert len(keys(session)) == 2


def test_an_old_key_is_withdrawn_without_another_rotation(engine: Engine) -> None:
    with transaction(engine) as session:
        kid = first_key(session, at=AT).kid
        rotate(session, at=AT)
        withdraw(session, kid, from_at=AT, at=AT)
        assert len(keys(session)) == 2


def test_an_unknown_key_cannot_be_withdrawn(engine: Engine) -> None:
    with transaction(engine) as session, pytest.raises(Refusal, match="RECEIPT_KEY_UNKNOWN"):
        withdraw(session, "nobody", from_at=AT, at=AT)


def test_the_private_part_is_not_shown_where_a_key_is_printed(engine: Engine) -> None:
    with transaction(engine) as session:
        row = first_key(session, at=AT)
        assert row.private_key
        assert row.private_key not in repr(row)
        assert row.private_key not in str(published(session))


def make_in_a_process(url: str, rotates: bool, start: Barrier) -> None:
    """Make the next key as soon as the others are ready too."""
    engine = open_engine(url)
    with reading(engine) as session:
        session.exec(select(ReceiptKey)).all()
    start.wait(60)
    if rotates:
        with transaction(engine) as session:
            rotate(session, at=AT)
    else:
        stored_key(engine, at=AT)


@pytest.mark.parametrize("rotates", [False, True])
def test_processes_that_make_a_key_at_the_same_moment_make_one_that_signs(engine: Engine, rotates: bool) -> None:
    start = PROCESSES.Barrier(PROCESSES_AT_ONCE)
    arguments = (url_of(engine), rotates, start)
    assert run_processes(make_in_a_process, [arguments] * PROCESSES_AT_ONCE) == [0] * PROCESSES_AT_ONCE
    with reading(engine) as session:
        rows = session.exec(select(ReceiptKey).order_by("number")).all()
        assert [row.number for row in rows] == list(range(1, len(rows) + 1))
        assert [row.private_key is not None for row in rows] == [False] * (len(rows) - 1) + [True]
        if not rotates:
            assert len(rows) == 1


def test_a_rotation_elsewhere_is_seen_within_a_second(engine: Engine) -> None:
    seconds = [0.0]
    signer = Signer(engine, lambda: AT, lambda: seconds[0])
    old = signer.key_now()
    with transaction(engine) as session:
        kid = rotate(session, at=AT).kid
    seconds[0] = 0.9
    assert signer.key_now() is old
    seconds[0] = 1.0
    assert signer.key_now().kid == kid


def test_a_server_starts_without_a_key_when_the_database_takes_none(engine: Engine) -> None:
    def away(*given: object, **named: object) -> None:
        raise OperationalError("INSERT", None, Exception("read-only"))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("api.signing.first_key", away)
        signer = open_signer(engine, lambda: AT)
        with pytest.raises(OperationalError):
            signer.key_now()
    assert signer.key_now().kid == stored_key(engine, at=AT).kid
