"""Bringing a database to the schema of the code, and knowing when it is not there, on both databases."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session, col, select

import api.migrations
from api.audit import AuditedTable, AuditEntry
from api.audit_search import rows_changed
from api.database import open_engine, reading, transaction
from api.journeys import amend_subscription, cancel_subscription, sell_subscription
from api.migrations import differences, downgrade, migrate, require_current_schema
from api.people import Person
from api.schema import Rule, metadata, rules
from billing.bills import Act, ActLine, CreditNote, CreditNoteLine
from billing.money_equations import journal_breaches, payment_breaches
from billing.paying_back import pay_back
from billing.payments import Payment, PaymentPart
from billing.taking_payments import Put, Received, take_payment
from contracts.amending import Change
from contracts.catalogue import Plan, PlanPromotion, Registration
from contracts.enrolling import add_contact
from contracts.errors import Refusal
from contracts.introducing import withdraw_contact
from contracts.money import Money
from contracts.parties import (
    Client,
    ClientContact,
    ClientDomain,
    Contact,
    ContactAddress,
    Entity,
    ManagerAddress,
    PaperAddress,
    Seller,
)
from contracts.recording_domains import record_domain, withdraw_domain
from contracts.register_answers import VendorCode
from contracts.selling import sell
from contracts.subscriptions import Coverage, Specification, Subscription
from documents.bounces import AddressClearance, MailBounce
from documents.letters import Letter, OwnPurchase
from documents.mailings import MailedPaper, PaperLink, PaperMailing
from documents.objection_reminders import ObjectionReminder
from documents.paper_kinds import PaperKind
from documents.papers import Paper, digest_of
from documents.scans import ScanOf, SignedScan
from documents.sealing import seal_breaches
from documents.seals import StatementSeal
from entitlements.client_facts import ClientSnapshot
from entitlements.grants import Grant
from entitlements.objection_days import ObjectionNews
from tests.builders import a_client, a_plan, a_seller, an_order, closed, its_catalogue, moment
from tests.databases import PostgresTemplates
from tests.documents.market import NOVEMBER, Market
from tests.rows import put_row

ROOT = Path(__file__).resolve().parents[2]
HEAD = ScriptDirectory.from_config(api.migrations._config()).get_current_head()
"""The last migration of this release."""
EVER = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database that was never migrated."""
    if request.param == "sqlite":
        engine = open_engine(f"sqlite:///{tmp_path}/empty.db")
        yield engine
        engine.dispose()
    else:
        templates: PostgresTemplates = request.getfixturevalue("postgresql_templates")
        with templates.empty() as engine:
            yield engine


def everything_in(engine: Engine) -> dict[str, Any]:
    """All that the database says about its schema, as SQLAlchemy reads it, and its triggers and constraints as text."""
    catalogue = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal UNION ALL"
        " SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype IN ('c', 'x') AND conrelid > 0",
    }
    with engine.connect() as connection:
        found = inspect(connection)
        tables = sorted(set(found.get_table_names()) - {"alembic_version"})
        readers: dict[str, Callable[[str], Any]] = {
            "columns": lambda table: [column | {"type": repr(column["type"])} for column in found.get_columns(table)],
            "primary key": found.get_pk_constraint,
            "foreign keys": lambda table: by_name(found.get_foreign_keys(table)),
            "unique": lambda table: by_name(found.get_unique_constraints(table)),
            "checks": lambda table: by_name(found.get_check_constraints(table)),
            "indexes": lambda table: by_name([one | in_words(one) for one in found.get_indexes(table)]),
        }
        schema: dict[str, Any] = {table: {name: read(table) for name, read in readers.items()} for table in tables}
        rows = connection.exec_driver_sql(catalogue[engine.dialect.name]).all()
    return schema | {"rules": sorted(tuple(row) for row in rows)}


def in_words(index: Any) -> dict[str, Any]:
    """The options of an index, which may be SQL that equals nothing else."""
    return {"dialect_options": {name: str(option) for name, option in index.get("dialect_options", {}).items()}}


def by_name(things: list[Any]) -> list[Any]:
    return sorted(things, key=lambda thing: str(thing["name"]))


def create_without_migrations(engine: Engine) -> None:
    with engine.begin() as connection:
        metadata.create_all(connection)
        for rule in rules():
            for statement in rule.imposing(engine.dialect.name).values():
                connection.execute(text(statement))


def test_every_file_with_a_table_is_part_of_the_schema() -> None:
    """A table that nobody imports is in no migration, and no comparison misses it."""
    packages = ("contracts", "entitlements", "billing", "documents", "api")
    files = (file for package in packages for file in (ROOT / package).rglob("*.py"))
    with_tables = {file for file in files if "table=True)" in file.read_text("utf-8")}
    modules = {".".join(file.relative_to(ROOT).with_suffix("").parts) for file in with_tables}
    imported = re.findall(r"^import (\S+\.\S+)$", (ROOT / "api/schema.py").read_text("utf-8"), re.MULTILINE)
    assert set(imported) == modules


def test_the_migrated_database_is_what_the_code_says(engine: Engine) -> None:
    assert differences(engine) == []


def test_a_migrated_database_goes_down_and_up_again(empty: Engine) -> None:
    migrate(empty)
    migrated = everything_in(empty)
    downgrade(empty)
    assert everything_in(empty) == {"rules": []}
    migrate(empty)
    assert everything_in(empty) == migrated


def test_the_migrations_leave_out_no_check_and_no_rule(empty: Engine) -> None:
    migrate(empty)
    migrated = everything_in(empty)
    downgrade(empty)
    create_without_migrations(empty)
    assert everything_in(empty) == migrated


def test_what_was_sold_before_promotions_stays_and_papers_of_later_kinds_are_forgotten_on_the_way_down(
    engine: Engine,
) -> None:
    with transaction(engine) as session:
        sold = put_row(session, Subscription, promotion_id=put_row(session, PlanPromotion).id)
        kept = put_row(session, Paper, kind=PaperKind.CONTRACT, number="1")
        put_row(session, Paper, kind=PaperKind.OFFER, number="2")
    downgrade(engine, "0003")
    migrate(engine)
    with reading(engine) as session:
        assert session.exec(select(Subscription.id, Subscription.promotion_id)).all() == [(sold.id, None)]
        assert session.exec(select(Paper.id)).all() == [kept.id]
        assert session.exec(select(PlanPromotion)).all() == []


def test_papers_from_before_are_kept_as_they_stand_with_the_digest_of_what_they_say_p2(engine: Engine) -> None:
    with transaction(engine) as session:
        issued = put_row(session, Paper, number="2026-0001/ё", sheet='{"тема": "Сбой; \\n"}', language="ru")
        queued = (issued.kind, issued.subject_id, issued.number, issued.language, issued.revision, issued.sheet)
    downgrade(engine, "0067")
    migrate(engine)
    with reading(engine) as session:
        assert session.exec(select(Paper.issued_sha256)).one() == digest_of(*queued)
    require_current_schema(engine)


def test_letters_about_objections_are_forgotten_on_the_way_down_with_what_came_back_p6(engine: Engine) -> None:
    with transaction(engine) as session:
        kept, told = put_row(session, Letter), put_row(session, ObjectionReminder, news=ObjectionNews.LAST_DAY)
        forgotten = put_row(session, Letter, reminder_id=None, objection_reminder_id=told.id)
        for letter in (kept, forgotten):
            put_row(session, AddressClearance, bounce_id=put_row(session, MailBounce, letter_id=letter.id).id)
    downgrade(engine, "0050")
    migrate(engine)
    with reading(engine) as session:
        assert session.exec(select(Letter.id)).all() == [kept.id]
        assert session.exec(select(MailBounce.letter_id).join(AddressClearance)).all() == [kept.id]
    require_current_schema(engine)


def test_what_was_sold_before_serves_from_its_first_day_and_paid_for_no_gap_s5(engine: Engine) -> None:
    with transaction(engine) as session:
        sold = put_row(session, Subscription)
    downgrade(engine, "0001")
    migrate(engine)
    with reading(engine) as session:
        assert session.exec(select(Subscription.serves_from, Subscription.gap_minor)).all() == [(sold.starts_on, 0)]
    require_current_schema(engine)


@pytest.mark.parametrize("rule", [Rule("append_only", "grant"), Rule("no_overlap", "coverage")], ids=str)
def test_a_rule_that_was_lifted_is_noticed(engine: Engine, rule: Rule) -> None:
    with transaction(engine) as session:
        for statement in rule.lifting(engine.dialect.name):
            session.execute(text(statement))
    assert differences(engine) == [("impose", rule.kind, rule.table)]


@pytest.mark.long
def test_two_processes_that_migrate_at_once_do_it_once(empty: Engine, tmp_path: Path) -> None:
    script = "import sys, api.database, api.migrations as m; m.migrate(api.database.open_engine(sys.argv[1]))"
    command = [sys.executable, "-c", script, empty.url.render_as_string(hide_password=False)]
    both = [subprocess.Popen(command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert differences(empty) == []


# Standing: is the database the one that this code needs?


def test_a_database_of_this_release_is_taken(engine: Engine) -> None:
    require_current_schema(engine)


def test_a_database_without_tables_is_refused(empty: Engine) -> None:
    with pytest.raises(Refusal) as refusal:
        require_current_schema(empty)
    assert refusal.value.code == "SCHEMA_MISSING"
    assert refusal.value.facts == {"database": None, "expected": HEAD, "mend": "abonement migrate"}


def test_asking_for_a_file_that_is_not_there_does_not_make_it(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="SCHEMA_MISSING"):
        require_current_schema(open_engine(f"sqlite:///{tmp_path}/typo.db"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ask", [require_current_schema, migrate])
@pytest.mark.parametrize("url", ["postgresql://user:secret@127.0.0.1:1/name", "sqlite:////nowhere/at/all.db"])
def test_a_database_out_of_reach_is_refused_without_its_password(ask: Callable[[Engine], None], url: str) -> None:
    with pytest.raises(Refusal) as refusal:
        ask(open_engine(url))
    assert refusal.value.code == "DATABASE_UNREACHABLE"
    assert "secret" not in str(refusal.value)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear Sirs, " * 100)
    with pytest.raises(Refusal, match="DATABASE_UNREACHABLE"):
        require_current_schema(open_engine(f"sqlite:///{file}"))


# A later release


LATER = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "later", "{head}", None, None


def upgrade():
    with op.batch_alter_table("client") as client:
        client.alter_column("locale", type_=sa.String(5))
    {more}
"""


@contextmanager
def later_release(folder: Path, more: str = "") -> Iterator[None]:
    """The code of a later release, whose migration on SQLite rebuilds a table that others refer to."""
    (folder / "versions").mkdir()
    (folder / "versions" / "later.py").write_text(LATER.format(head=HEAD, more=more))
    this_release = api.migrations._config

    def config(**attributes: Any) -> Config:
        found = this_release(**attributes)
        found.set_main_option("path_separator", "newline")
        found.set_main_option("version_locations", f"api:migrations/versions\n{folder / 'versions'}")
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api.migrations, "_config", config)
        api.migrations._revisions.cache_clear()
        try:
            yield
        finally:
            api.migrations._revisions.cache_clear()


def test_a_later_release_asks_for_its_migration_and_keeps_every_row(engine: Engine, tmp_path: Path) -> None:
    with transaction(engine) as session:
        grant = put_row(session, Grant)
    with later_release(tmp_path):
        with pytest.raises(Refusal) as refusal:
            require_current_schema(engine)
        assert refusal.value.code == "SCHEMA_OLDER"
        assert refusal.value.facts == {"database": HEAD, "expected": "later", "mend": "abonement migrate"}
        migrate(engine)
        require_current_schema(engine)
    with reading(engine) as session:
        assert session.exec(select(Grant.id).join(Client)).all() == [grant.id]
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"), transaction(engine) as session:
        session.execute(text("DELETE FROM client"))


@pytest.mark.parametrize("ask", [require_current_schema, migrate])
def test_a_database_of_a_later_release_is_refused(
    engine: Engine, tmp_path: Path, ask: Callable[[Engine], None]
) -> None:
    with later_release(tmp_path):
        migrate(engine)
    with pytest.raises(Refusal) as refusal:
        ask(engine)
    assert refusal.value.code == "SCHEMA_NEWER"
    assert (refusal.value.facts["database"], refusal.value.facts["expected"]) == ("later", HEAD)


def test_a_migration_that_breaks_a_reference_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    with transaction(engine) as session:
        put_row(session, Grant)
    before = everything_in(engine)
    with later_release(tmp_path, "op.execute('DELETE FROM client')"), pytest.raises((Refusal, IntegrityError)):
        migrate(engine)
    require_current_schema(engine)
    assert everything_in(engine) == before
    with reading(engine) as session:
        assert len(session.exec(select(Client.id)).all()) > 0


def test_what_was_sold_before_is_one_specification_over_its_term_s9(engine: Engine) -> None:
    with transaction(engine) as session:
        its_catalogue(session)
        order = an_order(a_seller(session), a_client(session), "its-prof", starts_on=date(2026, 4, 1))
        sell(session, order, at=moment("2026-03-20 10:00"))
        before = whole(session)
    downgrade(engine, "0003")
    migrate(engine)
    with reading(engine) as session:
        assert whole(session) == before != []


def test_what_was_noted_before_is_found_by_its_tables_and_own_purchases_are_forgotten_on_the_way_down(
    engine: Engine,
) -> None:
    changes = [{"table": name, "id": 1, "before": None, "after": {}} for name in ("client", "contact", "contact")]
    with transaction(engine) as session:
        entry = put_row(session, AuditEntry, changes=json.dumps(changes), caller="key:3")
        put_row(session, AuditEntry, changes="[]")
        kept, told = put_row(session, Letter), put_row(session, OwnPurchase)
        forgotten = put_row(session, Letter, reminder_id=None, own_purchase_id=told.id)
        for letter in (kept, forgotten):
            put_row(session, AddressClearance, bounce_id=put_row(session, MailBounce, letter_id=letter.id).id)
    downgrade(engine, ScriptDirectory.from_config(api.migrations._config()).get_revision("0064").down_revision)
    migrate(engine)
    with reading(engine) as session:
        assert rows_changed(session, [entry]) == {entry.id: {"client": 1, "contact": 2}}
        touched = session.exec(select(AuditedTable.caller, AuditedTable.done_at)).all()
        assert set(touched) == {("key:3", entry.done_at)}
        assert session.exec(select(Letter.id)).all() == [kept.id]
        assert session.exec(select(MailBounce.letter_id).join(AddressClearance)).all() == [kept.id]
    require_current_schema(engine)


def test_who_is_named_stays_and_who_was_withdrawn_before_is_known_from_the_audit_d1(engine: Engine) -> None:
    """Anna, Boris and two domains are named; the release before withdrew Boris and a domain an hour later."""
    hours = [moment(f"2026-05-13 {hour}:00") for hour in (11, 12, 13)]
    with transaction(engine) as session:
        its_catalogue(session)
        own = a_client(session).id
        anna, boris = (add_contact(session, own, name, at=hours[0]).id for name in ("Анна", "Борис"))
        for domain in ("a.example", "b.example"):
            record_domain(session, own, domain, at=hours[0])
        gone = {"id": 7, "client_id": own, "recorded_at": hours[0].isoformat()}
        before = {"client_contact": gone | {"contact_id": boris}, "client_domain": gone | {"domain": "b.example"}}
        changes: list[dict[str, Any]] = [{"table": one, "before": row, "after": None} for one, row in before.items()]
        changes += [{"table": "client_contact", "before": None, "after": None}]
        entry = put_row(session, AuditEntry, changes=json.dumps(changes), done_at=hours[1]).id
        for table in before:
            put_row(session, AuditedTable, entry_id=entry, table_name=table)
        withdraw_contact(session, own, boris, at=hours[2])
        withdraw_domain(session, own, "b.example", at=hours[2])
    downgrade(engine, ScriptDirectory.from_config(api.migrations._config()).get_revision("0069").down_revision)
    migrate(engine)
    contacts = select(ClientContact.contact_id, ClientContact.recorded_at, ClientContact.withdrawn_at)
    domains = select(ClientDomain.domain, ClientDomain.recorded_at, ClientDomain.withdrawn_at)
    with transaction(engine) as session:
        spans = [(hours[0], None), (hours[0], hours[1])]
        assert [tuple(row) for row in session.exec(contacts)] == [(anna, *spans[0]), (boris, *spans[1])]
        assert [tuple(row) for row in session.exec(domains)] == [("a.example", *spans[0]), ("b.example", *spans[1])]
        record_domain(session, own, "b.example", at=hours[2])
        put_row(session, ClientContact, client_id=own, contact_id=boris)
        with pytest.raises(IntegrityError, match=r"UNIQUE|uq_client_contact_named"), session.begin_nested():
            put_row(session, ClientContact, client_id=own, contact_id=boris)
    require_current_schema(engine)


def test_addresses_from_before_come_to_one_writing_d4(engine: Engine) -> None:
    """Of two writings of one address the earlier stays, in readable letters; what has none stays as it is."""
    hours = [moment(f"2026-05-13 {hour}:00") for hour in (11, 12)]
    old, new = f"anna@{'ромашка.рф'.encode('idna').decode()}", "anna@ромашка.рф"
    told = [(1, new, hours[1]), (1, old, hours[0]), (2, old, hours[1]), (2, "a@xn--a.example", hours[1])]
    with transaction(engine) as session:
        own = put_row(session, Client).id
        put_row(session, ClientSnapshot, client_id=own)
        for contact_id in (1, 2):
            put_row(session, Contact, id=contact_id)
        for contact_id, value, at in told:
            put_row(session, ContactAddress, contact_id=contact_id, kind="email", value=value, recorded_at=at)
        for email, at in ((new, hours[1]), (old, hours[0])):
            put_row(session, PaperAddress, client_id=own, email=email, since=at)
        put_row(session, ManagerAddress, email=old)
        put_row(session, Seller, email=old, reminder_email=old)
        put_row(session, Entity, email=old)
        for email in (old, new, f"olga{old}"):
            put_row(session, Person, email=email)
    downgrade(engine, ScriptDirectory.from_config(api.migrations._config()).get_revision("0070").down_revision)
    migrate(engine)
    with transaction(engine) as session:
        reached = session.exec(select(ContactAddress.contact_id, ContactAddress.value, ContactAddress.recorded_at))
        assert set(reached) == {(1, new, hours[0]), (2, new, hours[1]), told[3]}
        assert session.exec(select(PaperAddress.email, PaperAddress.since)).all() == [(new, hours[0])]
        columns = (ManagerAddress.email, Seller.email, Seller.reminder_email, Entity.email)
        assert [set(session.exec(select(one))) for one in columns] == [{new}] * 4
        assert session.exec(select(Person.email).order_by(col(Person.id))).all() == [old, new, f"olga{new}"]
        assert session.exec(select(ClientSnapshot)).all() == []
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(text("UPDATE manager_address SET email = ''"))


def test_codes_from_before_mean_what_they_mean_since_ever_and_their_last_meaning_stays_on_the_way_down_s8(
    engine: Engine,
) -> None:
    before = ScriptDirectory.from_config(api.migrations._config()).get_revision("0071").down_revision
    since = [moment("2026-05-13 11:00"), moment("2026-05-13 12:00")]
    with transaction(engine) as session:
        plans = [put_row(session, Plan).id for _ in range(3)]
        for code, plan, at in (("a", plans[0], since[0]), ("b", plans[1], since[0]), ("a", plans[2], since[1])):
            put_row(session, VendorCode, code=code, plan_id=plan, recorded_at=at)
    downgrade(engine, before)
    migrate(engine)
    with transaction(engine) as session:
        rows = session.exec(select(VendorCode.code, VendorCode.plan_id, VendorCode.recorded_at)).all()
        assert sorted(rows) == [("a", plans[2], EVER), ("b", plans[1], EVER)]
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(text("UPDATE vendor_code SET code = 'c'"))
    require_current_schema(engine)


def test_letters_and_bounces_from_before_have_addresses_in_one_writing_p2(engine: Engine) -> None:
    """Of two writings to which one mailing went, the second letter keeps the one to which it went."""
    old, new = f"anna@{'ромашка.рф'.encode('idna').decode()}", "anna@ромашка.рф"
    with transaction(engine) as session:
        about: dict[str, Any] = {"reminder_id": None, "client_id": put_row(session, Client).id}
        mailing = put_row(session, PaperMailing).id
        for recipient in (old, new):
            put_row(session, Letter, recipient=recipient, mailing_id=mailing, **about)
        letter = put_row(session, Letter, recipient=old, mailing_id=put_row(session, PaperMailing).id, **about)
        put_row(session, MailBounce, letter_id=letter.id, address=old)
    downgrade(engine, ScriptDirectory.from_config(api.migrations._config()).get_revision("0070").down_revision)
    migrate(engine)
    with transaction(engine) as session:
        assert session.exec(select(Letter.recipient).order_by(col(Letter.id))).all() == [old, new, new]
        assert session.exec(select(MailBounce.address)).all() == [new]
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(text("UPDATE mail_bounce SET address = ''"))


def test_scans_from_before_stay_of_their_contract_and_those_of_agreements_are_forgotten_on_the_way_down_p2(
    engine: Engine,
) -> None:
    with transaction(engine) as session:
        kept_id = put_row(session, SignedScan, of=ScanOf.CONTRACT, subject_id=1, revision=1).id
        put_row(session, SignedScan, of=ScanOf.AGREEMENT, subject_id=1, revision=1)
    downgrade(engine, ScriptDirectory.from_config(api.migrations._config()).get_revision("0072").down_revision)
    migrate(engine)
    with reading(engine) as session:
        assert session.exec(select(SignedScan.id, SignedScan.of)).all() == [(kept_id, ScanOf.CONTRACT)]
    require_current_schema(engine)


def test_months_that_were_closed_before_are_sealed_p5(engine: Engine) -> None:
    with transaction(engine) as session:
        its_catalogue(session)
        a_plan(session)
        market = Market(session, a_seller(session), a_client(session))
        market.sell()
        market.work("2026-10-05 10:00", 30)
        market.close()
        market.close(NOVEMBER)
        before = seals(session)
    downgrade(engine, ScriptDirectory.from_config(api.migrations._config()).get_revision("0030").down_revision)
    migrate(engine)
    with reading(engine) as session:
        assert seals(session) == before
        assert len(before) == 2
        assert list(seal_breaches(session, tell=lambda more: None)) == []


def test_what_credit_notes_had_freed_before_is_said_and_what_was_paid_back_is_forgotten_on_the_way_down_m5(
    engine: Engine,
) -> None:
    """A year is paid by two payments, cut by an amendment and then cancelled; a part of what is free went back."""
    with transaction(engine) as session:
        its_catalogue(session)
        a_plan(session)
        seller, own = a_seller(session), a_client(session)
        order = an_order(seller, own, starts_on=date(2026, 4, 1), price=Money(1_200_000))
        invoice = sell_subscription(session, order, at=moment("2026-03-20 10:00")).invoice
        for number, minor in (("1", 500_000), ("2", 700_000)):
            received = Received(seller.id, own.entity.id, number, date(2026, 4, 1), Money(minor), "За год")
            take_payment(session, received, [Put(invoice.id)], at=moment("2026-04-01 12:00"))
        cheaper = Change(date(2026, 5, 1), "Котова И. Л.", "Скидка", price=Money(600_000))
        amend_subscription(session, invoice.subscription_id, cheaper, at=moment("2026-04-20 12:00"))
        why = ("Котова И. Л.", "Закрытие")
        cancel_subscription(session, invoice.subscription_id, date(2026, 5, 31), *why, at=moment("2026-05-20 12:00"))
        before = parts(session)
        pay_back(session, before[-1][0], Money(100), date(2026, 5, 21), "57", at=moment("2026-05-21 12:00"))
    assert [minor > 0 for _, minor, _ in before] == [True, True, False, False, False]
    downgrade(engine, "0050")
    migrate(engine)
    with reading(engine) as session:
        assert parts(session) == before
        assert [one.returns_id for one in session.exec(select(Payment))] == [None, None]
        assert list(payment_breaches(session)) == []


def test_credit_notes_stay_and_what_a_month_credited_is_forgotten_on_the_way_down_m4(engine: Engine) -> None:
    """A year that an amendment made dearer is cancelled, and a month takes back what the one before it charged."""
    with transaction(engine) as session:
        its_catalogue(session)
        a_plan(session)
        market = Market(session, a_seller(session), a_client(session))
        sold = market.sell().sale.subscription
        dearer = Change(date(2026, 11, 1), "Котова И. Л.", "Ещё", price=Money(2_400_000))
        amend_subscription(session, sold.id, dearer, at=moment("2026-10-20 12:00"))
        cancel_subscription(session, sold.id, date(2026, 12, 31), "Котова", "Закрытие", at=moment("2026-10-21 12:00"))
        market.work("2026-10-05 10:00", 120, external_id="SD-1")
        market.close()
        market.work("2026-10-05 10:00", 0, external_id="SD-1", at=moment("2026-11-05 10:00"))
        market.close(NOVEMBER)
        before = [one.model_dump() for one in session.exec(select(CreditNote).order_by(CreditNote.id))]
    assert [one["statement_id"] is None for one in before] == [True, True, False]
    downgrade(engine, "0060")
    migrate(engine)
    with reading(engine) as session:
        [kept] = session.exec(select(CreditNote)).all()
        assert kept.model_dump() == before[0]
        assert list(session.exec(select(CreditNoteLine.credit_note_id).distinct())) == [kept.id]


def test_acts_stay_and_months_that_were_closed_before_have_none_of_service_m4_m6(engine: Engine) -> None:
    """October is closed with an act of its work and one of service, which is mailed; then it goes down and up again."""
    with transaction(engine) as session:
        its_catalogue(session)
        a_plan(session)
        market = Market(session, a_seller(session), a_client(session))
        south = a_seller(session, "south").id
        market.sell()
        market.work("2026-10-05 10:00", 120)
        done = market.close()
        papers = session.exec(select(Paper).where(Paper.kind == "act").order_by(Paper.id)).all()
        put_row(session, MailedPaper, paper_id=papers[0].id, client_id=market.customer.id)
        put_row(session, PaperLink, paper_id=papers[0].id)
        before, kept = done.act.model_dump(), papers[1].id
    downgrade(engine, "0061")
    migrate(engine)
    with transaction(engine) as session:
        assert [one.model_dump() for one in session.exec(select(Act))] == [before]
        assert session.exec(select(ActLine.act_id).distinct()).all() == [before["id"]]
        assert session.exec(select(Paper.id).where(Paper.kind == "act")).all() == [kept]
        begun = dict(session.exec(select(Seller.id, Seller.service_acts_from)).all())
        assert (begun[market.seller.id], begun[south]) == (NOVEMBER, None)
        assert list(journal_breaches(session)) == []
        again = closed(session, session.get_one(Seller, market.seller.id), market.customer, NOVEMBER)
        assert len(again.service_acts) == 1


def parts(session: Session) -> list[tuple[int, int, datetime]]:
    rows = session.exec(select(PaymentPart).order_by(PaymentPart.id))
    return [(one.payment_id, one.amount_minor, one.put_at) for one in rows]


def seals(session: Session) -> list[tuple[Any, ...]]:
    rows = session.exec(select(StatementSeal).order_by(StatementSeal.id))
    return [(one.statement_id, one.paper_id, one.previous_sha256, one.record, one.sha256) for one in rows]


def whole(session: Session) -> list[tuple[Any, Any]]:
    rows = session.exec(select(Specification, Coverage).join(Coverage)).all()
    return [(tuple(one.model_dump().values()), tuple(other.model_dump().values())) for one, other in rows]


def test_registrations_from_before_are_found_in_every_writing_and_no_two_become_one_d4(engine: Engine) -> None:
    before = ["№ 800000001", "800 000 002", "800000002", "N800000003", "SN-12 A", "800000004"]
    with transaction(engine) as session:
        put_row(session, ClientSnapshot, client_id=put_row(session, Client).id)
        for number in before:
            put_row(session, Registration, number=number)
    downgrade(engine, ScriptDirectory.from_config(api.migrations._config()).get_revision("0076").down_revision)
    migrate(engine)
    with transaction(engine) as session:
        kept = session.exec(select(Registration.number).order_by(col(Registration.id))).all()
        assert kept == ["800000001", "800 000 002", "800000002", "800000003", "SN-12 A", "800000004"]
        assert session.exec(select(ClientSnapshot)).all() == []
