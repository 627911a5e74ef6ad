"""The audit: what a command leaves, what is noted of rows that no unit of work watches, how it is searched."""

import json
import os
import pwd
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, update
from sqlmodel import Session, col, select

from api.audit import MOST_CHANGES, AuditedTable, AuditEntry, audited
from api.audit_search import EntriesWanted, entries_found, rows_changed
from api.calls import Answered, answer_once
from api.database import reading, transaction
from contracts.appending import append_all
from contracts.locking import lock_client
from contracts.parties import Client, ClientWord
from entitlements.work import WorkEntry
from tests.api.test_cli import BLOCK, INN, SELL, Run, done, run, shop  # noqa: F401
from tests.rows import put_row

AT = datetime(2026, 10, 5, 10, tzinfo=UTC)


def noted(session: Session, **by: str) -> list[AuditEntry]:
    own = select(AuditEntry).order_by(col(AuditEntry.id))
    return list(session.exec(own.filter_by(**by)).all())


def test_a_command_leaves_an_entry_with_its_user_and_a_refused_or_repeated_one_none(
    shop: Run,  # noqa: F811
    engine: Engine,
) -> None:
    done(shop(*BLOCK))
    assert shop("block", "lift", "99").exit_code == 2
    for _ in range(2):
        done(shop(*SELL, "--months", "3", "--starts-on", "01.10.2027", "--key", "one-sale-only"))
    done(shop("paid", "--help"))
    with Session(engine) as session:
        entries = noted(session)
        told = set(rows_changed(session, entries)[entries[-1].id])
        change = json.loads(noted(session, action="abonement block raise")[0].changes)[-1]
    typed = ["init", "seller add", "client add", "registration add", "sell", "block raise", "sell"]
    assert [one.action for one in entries] == [f"abonement {one}" for one in typed]
    assert {(one.caller, one.name) for one in entries} == {("command", pwd.getpwuid(os.getuid()).pw_name)}
    assert {"subscription", "invoice", "invoice_line", "paper"} <= told
    assert (change["table"], change["before"], change["after"]["reason"]) == ("block", None, "Не оплачен счёт")
    assert INN not in "".join(one.action for one in entries)


def noting(session: Session) -> AbstractContextManager[None]:
    return audited(session, caller="person:1", name="Котова", action="POST /x", at=AT)


def test_rows_that_no_unit_of_work_watches_are_noted_and_counted(engine: Engine) -> None:
    many = MOST_CHANGES + 5
    with transaction(engine) as session, noting(session):
        put = put_row(session, WorkEntry, summary="Звонок")
        row = put.model_dump(exclude={"id"}) | {"source": "x"}
        append_all(session, WorkEntry, [row | {"external_id": f"{number}"} for number in range(many)])
        session.execute(update(Client).where(col(Client.id) == put.client_id).values(manager="Орлова"))
        with session.begin_nested() as undone:
            append_all(session, WorkEntry, [row | {"external_id": "undone"}])
            undone.rollback()
    with reading(engine) as session:
        (entry,) = noted(session)
        counts = rows_changed(session, [entry])[entry.id]
    changes = json.loads(entry.changes)
    assert len(changes) == MOST_CHANGES
    assert (changes[-1]["id"], changes[-1]["before"], changes[-1]["after"]["summary"]) == (None, None, "Звонок")
    assert "undone" not in entry.changes
    assert (counts["work_entry"], counts["client"]) == (many + 1, 2)
    assert [name for name in counts if name.startswith("audit")] == []


def test_nothing_is_left_of_what_changed_nothing(engine: Engine) -> None:
    with transaction(engine) as session:
        client_id = put_row(session, Client).id
    with transaction(engine) as session, noting(session):
        session.execute(update(Client).where(col(Client.id) == 999).values(manager="Орлова"))
        lock_client(session, client_id)
        append_all(session, ClientWord, [{"client_id": client_id, "word": "полдень"}])
        answer_once(session, "key:1", "k-1", "asked", lambda: Answered(201, "{}"), at=AT)
    with reading(engine) as session:
        assert noted(session) == []


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (EntriesWanted(), [6, 5, 4, 3, 2, 1]),
        (EntriesWanted(caller="key:1"), [6, 4, 2]),
        (EntriesWanted(table="payment"), [6, 3]),
        (EntriesWanted("key:1", "payment"), [6]),
        (EntriesWanted(from_at=AT + timedelta(hours=3)), [6, 5, 4, 3]),
        (EntriesWanted(until_at=AT + timedelta(hours=3)), [2, 1]),
        (EntriesWanted("person:1", "client", AT + timedelta(hours=2), AT + timedelta(hours=5)), []),
        (EntriesWanted("person:1", "client", AT + timedelta(hours=1), AT + timedelta(hours=6)), [5, 1]),
        (EntriesWanted("person:2"), []),
    ],
)
def test_entries_are_found_by_who_table_and_days_page_by_page(
    session: Session, wanted: EntriesWanted, found: list[int]
) -> None:
    ids = {}
    for number in range(1, 7):
        by = {"caller": "person:1" if number % 2 else "key:1", "done_at": AT + timedelta(hours=number)}
        entry = put_row(session, AuditEntry, **by)
        for table in ["payment"] if number % 3 == 0 else ["client", "contact"]:
            put_row(session, AuditedTable, entry_id=entry.id, table_name=table, **by)
        ids[entry.id] = number
    seen: list[int] = []
    before = None
    while some := entries_found(session, wanted, before=before, limit=2):
        seen += [ids[one.id] for one in some]
        before = some[-1].id
    assert seen == found
