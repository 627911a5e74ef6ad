"""Everything goes out as it was at one moment, in a form that others read; a book that went out comes in the same."""

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import Engine, inspect, text
from sqlmodel import Session, col, select

from api.book import import_book, read_book_file
from api.book_telling import tell_book
from api.database import reading, transaction
from api.export import LEFT_OUT, export_folder, export_zip, exported_tables
from api.journeys import amend_subscription, cancel_subscription, sell_subscription
from api.printing import print_papers
from api.schema import metadata
from contracts.amending import Change
from contracts.catalogue import Plan, PlanVersion, Product, Registration
from contracts.enrolling import add_client, add_contact, add_entity
from contracts.introducing import withdraw_contact
from contracts.parties import Client, ClientDomain, Contact, Entity, Seller
from contracts.recording_domains import record_domain, withdraw_domain
from contracts.renewing import renew
from contracts.subscriptions import Contract, Coverage, FreePeriod, Specification, Subscription
from contracts.terms import Term
from documents.papers import Paper
from documents.render import Press
from documents.store import Store
from entitlements.book_mapping import USUAL_HEADS, BookMapping
from entitlements.facts import hours_facts
from entitlements.granting import give_for_subscription, give_minutes
from entitlements.hours import account
from entitlements.hours_facts import GrantKind
from tests.builders import (
    a_client,
    a_plan,
    a_registration,
    a_sale,
    a_seller,
    an_inn,
    an_order,
    closed,
    held,
    its_catalogue,
    moment,
    noon,
    worked,
)
from tests.databases import PostgresTemplates, SqliteTemplates

AT = moment("2026-11-25 12:00")
SOLD_AT = noon(date(2026, 9, 1))


@pytest.fixture
def firm(engine: Engine) -> Seller:
    """Clients with several entities, people, programs, free periods, renewals, packages, work and a closed month."""
    with transaction(engine) as session:
        return a_firm(session)


def a_firm(session: Session) -> Seller:
    its_catalogue(session)
    a_plan(session)
    a_plan(session, "rolling", included_minutes=120, rollover_cap_minutes=60, rollover_periods=1)
    seller = a_seller(session)
    a_seller(session, "south")
    rich = a_client(session, "=Ромашка", registrations=2)
    sister = add_entity(session, rich.id, {"name": "ООО «Ромашка-Юг»", "inn": an_inn(), "address": '+7, Юг; "дом"'})
    late = a_registration(session, sister, bought_on=date(2026, 8, 20))
    sale = a_sale(session, seller, rich, at=SOLD_AT, starts_on=SOLD_AT.date())
    give_for_subscription(session, renew(session, sale.subscription.id, at=AT).subscription, at=AT)
    a_sale(session, seller, rich, "its-prof", registrations=(late.number,), at=SOLD_AT)
    rolling = a_client(session, "Сосна")
    a_sale(session, seller, rolling, "rolling", at=SOLD_AT, starts_on=SOLD_AT.date())
    plain = add_client(session, "Без юрлица", at=SOLD_AT, external_id="CRM-7", locale="en")
    for client_id in (rich.id, plain.id):
        add_contact(
            session, client_id, "Анна", at=moment("2026-01-01"), emails=("anna@example.org",), phones=("84951234567",)
        )
        record_domain(session, client_id, "romashka.example", at=SOLD_AT)
    record_domain(session, rich.id, "ромашка.рф", at=SOLD_AT)
    worked(session, rich, "2026-09-10 10:00", 45)
    closed(session, seller, rich, date(2026, 9, 1))
    worked(session, rich, "2026-11-10 10:00", 30)
    held(session, rolling, "2026-11-25 09:00", 30, hold_hours=100)
    term = Term(date(2026, 11, 1), date(2027, 2, 1))
    give_minutes(session, rich.id, seller.id, GrantKind.GOODWILL, 90, term, reason="Спор", source_key="g", at=SOLD_AT)
    return seller


def exported(engine: Engine, **more: Any) -> dict[str, bytes]:
    content = io.BytesIO(b"".join(export_zip(engine, at=AT, **more)))
    with ZipFile(content) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def test_every_table_goes_out_whole_but_secrets_and_what_is_computed(engine: Engine, firm: Seller) -> None:
    files = exported(engine)
    assert {name.removesuffix(".csv") for name in files} == set(metadata.tables) - LEFT_OUT | {"book", "manifest.json"}
    with reading(engine) as session:
        for each in exported_tables():
            heads = [column.name.removesuffix("_minor") for column in each.columns]
            assert len(set(heads)) == len(heads)
            count = session.connection().execute(text(f'SELECT count(*) FROM "{each.name}"')).scalar_one()
            assert len(table(files[f"{each.name}.csv"])) == count
    assert not [column.name for each in exported_tables() for column in each.columns if "secret" in column.name]


def test_the_book_tells_nobody_who_was_withdrawn_d4(engine: Engine, firm: Seller) -> None:
    with transaction(engine) as session:
        own = session.exec(select(Client).where(Client.external_id == "CRM-7")).one().id
        gone = add_contact(session, own, "Борис", at=SOLD_AT, emails=("boris@example.org",)).id
        record_domain(session, own, "gone.example", at=SOLD_AT)
        before = list(tell_book(session, at=AT))
        withdraw_contact(session, own, gone, at=AT)
        withdraw_domain(session, own, "gone.example", at=AT)
        after = list(tell_book(session, at=AT))
    assert [row["contact"] for row in before if row not in after and "contact" in row] == ["Борис"]
    assert [row["domain"] for row in before if row not in after and "domain" in row] == [
        "romashka.example, gone.example"
    ]
    assert "gone.example" not in str(after)


def test_the_manifest_counts_and_measures_every_file(engine: Engine, firm: Seller) -> None:
    files = exported(engine)
    manifest = json.loads(files.pop("manifest.json"))
    assert set(manifest["files"]) == set(files)
    for name, told in manifest["files"].items():
        assert told == {
            "rows": len(table(files[name])),
            "bytes": len(files[name]),
            "sha256": hashlib.sha256(files[name]).hexdigest(),
        }


def test_money_days_minutes_and_texts_are_told_as_everybody_reads_them(engine: Engine, firm: Seller) -> None:
    files = exported(engine)
    sold, grant = table(files["subscription.csv"])[0], table(files["grant.csv"])[0]
    assert (sold["price"], sold["starts_on"], sold["predecessor_id"]) == ("12000.00", "2026-09-01", "")
    assert sold["sold_at"] == "2026-09-01T09:00:00+00:00"
    assert (grant["minutes"], grant["kind"]) == ("60", "included")
    assert table(files["plan_version.csv"])[0]["covers_registrations"] in ("true", "false")


def test_no_cell_becomes_a_formula(engine: Engine, firm: Seller) -> None:
    files = exported(engine)
    assert table(files["client.csv"])[0]["name"] == "'=Ромашка"
    for name in files.keys() - {"manifest.json"}:
        for row in table(files[name]):
            risky = [cell for cell in row.values() if cell.startswith(("=", "@", "\t", "\r"))]
            risky += [
                cell for cell in row.values() if cell.startswith(("+", "-")) and not cell[1:].replace(".", "").isdigit()
            ]
            assert risky == []


def test_a_folder_holds_the_same_files(engine: Engine, firm: Seller, tmp_path: Path) -> None:
    export_folder(engine, tmp_path / "out", at=AT)
    written = {
        file.relative_to(tmp_path / "out").as_posix(): file.read_bytes() for file in (tmp_path / "out").rglob("*")
    }
    assert written == exported(engine)


def test_all_is_told_as_it_was_when_the_export_began(engine: Engine, firm: Seller) -> None:
    pieces = export_zip(engine, at=AT, tell=sell_more(engine))
    with ZipFile(io.BytesIO(b"".join(pieces))) as packed:
        names = [row["name"] for row in table(packed.read("client.csv"))]
        entities = len(table(packed.read("entity.csv")))
    assert "Поздний" not in names
    with reading(engine) as session:
        assert len(session.exec(select(Entity)).all()) == entities + 1


def sell_more(engine: Engine) -> Any:
    """Adds a client as soon as the first file is being written."""
    done: list[str] = []

    def tell(name: str, rows: int, total: int) -> None:
        if not done:
            done.append(name)
            with transaction(engine) as session:
                a_client(session, "Поздний")

    return tell


def test_printed_papers_go_along_when_they_are_wanted(engine: Engine, firm: Seller, tmp_path: Path) -> None:
    with transaction(engine) as session:
        seller = session.get_one(Seller, firm.id)
        sell_subscription(session, an_order(seller, a_client(session, "Дуб")), at=SOLD_AT)
    store = Store(f"file://{tmp_path}/papers")
    with Press(1) as press:
        print_papers(engine, store, press, clock=lambda: AT, tell=lambda paper: None)
    files = exported(engine, store=store)
    with reading(engine) as session:
        printed = {paper.store_key: paper.sha256 for paper in session.exec(select(Paper)) if paper.store_key}
    assert len(printed) == 2
    for key, sha256 in printed.items():
        assert hashlib.sha256(files[f"papers/{key}"]).hexdigest() == sha256
    next((tmp_path / "papers").rglob("*.pdf")).unlink()
    assert len(json.loads(exported(engine, store=store)["manifest.json"])["missing_papers"]) == 1


def test_the_columns_of_the_book_are_heads_that_an_import_knows() -> None:
    for name, heads in USUAL_HEADS.items():
        assert name.replace("_", " ") in heads or name in ("registration", "external_id", "contact"), name


@pytest.fixture
def empty(engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Another database of the same kind, in which nothing but the sellers and the plans of the firm is known."""
    (tmp_path / "other").mkdir()
    templates: SqliteTemplates | PostgresTemplates = request.getfixturevalue(f"{engine.dialect.name}_templates")
    copied = templates.copy(tmp_path / "other") if isinstance(templates, SqliteTemplates) else templates.copy()
    with copied as other:
        with transaction(other) as session:
            its_catalogue(session)
            a_plan(session)
            a_plan(session, "rolling", included_minutes=120, rollover_cap_minutes=60, rollover_periods=1)
            a_seller(session)
            a_seller(session, "south")
        yield other


def import_all(engine: Engine, content: bytes) -> Any:
    with transaction(engine) as session:
        seller = session.exec(select(Seller).where(Seller.code == "north")).one()
        return import_book(session, read_book_file(content, BookMapping()), seller, at=AT)


def the_book(engine: Engine) -> dict[str, list[Any]]:
    """All that a book is, without ids and without keys of other systems."""
    with reading(engine) as session:
        rows = session.connection().execute
        requisites = [column for column in inspect(Entity).columns if column.name not in ("id", "client_id")]
        sold = select(
            Contract.number,
            Contract.signed_on,
            Plan.code,
            PlanVersion.version,
            Subscription.starts_on,
            Subscription.ends_on,
            Subscription.price_minor,
            Registration.number,
        )
        sold = (
            sold.join_from(Subscription, Contract)
            .join(Specification, col(Specification.subscription_id) == col(Subscription.id))
            .join(PlanVersion, col(PlanVersion.id) == col(Specification.plan_version_id))
            .join(Plan)
            .outerjoin(Coverage)
            .outerjoin(Registration)
        )
        free = select(Registration.number, FreePeriod.starts_on, FreePeriod.ends_on).join_from(FreePeriod, Registration)
        owned = select(Registration.number, Product.code, Registration.bought_on, Registration.purchase, Entity.inn)
        told = {
            "clients": select(Client.name, Client.locale),
            "entities": select(Client.name, *requisites).join_from(Entity, Client),
            "domains": select(Client.name, ClientDomain.domain).join_from(ClientDomain, Client),
            "people": select(Contact.name),
            "programs": owned.join_from(Registration, Product).join(Entity),
            "free": free,
            "sold": sold,
            "renewed": select(Subscription.starts_on).where(col(Subscription.predecessor_id).is_not(None)),
        }
        book = {name: sorted(map(tuple, rows(query)), key=str) for name, query in told.items()}
        book["hours"] = sorted(hours(session))
        return book


def hours(session: Session) -> Iterator[tuple[str, str, int]]:
    """What each client has left today and what it will have in a month."""
    seller = session.exec(select(Seller).where(Seller.code == "north")).one()
    for client in session.exec(select(Client)):
        for day in ("2026-11-25 12:00", "2026-12-25 12:00", "2027-09-05 12:00"):
            now = account(hours_facts(session, client.id, seller.id), moment(day))
            free = sum(state.remaining_minutes + state.held_minutes for state in now.usable())
            yield client.name, day, free


def test_a_book_that_went_out_comes_in_the_same(engine: Engine, firm: Seller, empty: Engine) -> None:
    content = exported(engine)["book.csv"]
    done = import_all(empty, content)
    assert done.faults == ()
    ours, theirs = the_book(engine), the_book(empty)
    for name in ours:
        assert theirs[name] == ours[name], name
    again = import_all(empty, content)
    assert (again.faults, {name for name, counted in again.kinds.items() if counted.new}) == ((), set())


def test_the_imported_book_tells_itself_alike(engine: Engine, firm: Seller, empty: Engine) -> None:
    content = exported(engine)["book.csv"]
    import_all(empty, content)
    ours, theirs = (sorted(map(str, table(one))) for one in (content, exported(empty)["book.csv"]))
    assert theirs == ours


def test_the_rows_of_a_client_carry_its_key_so_that_none_goes_astray(engine: Engine, firm: Seller) -> None:
    with reading(engine) as session:
        assert len({row["external_id"] for row in tell_book(session, at=AT)}) == 3


def test_a_book_tells_what_was_amended_as_it_ends_and_leaves_out_what_was_cancelled_s9_s11(engine: Engine) -> None:
    with transaction(engine) as session:
        its_catalogue(session)
        a_plan(session)
        a_plan(session, "more", kind="support", prices=[{"term_months": 12, "price": "24000.00"}])
        seller = a_seller(session)
        stays, leaves = a_client(session, "Сосна", registrations=2), a_client(session, "Ель")
        first, second = stays.registrations
        amended = sell_subscription(session, an_order(seller, stays, registrations=(first,)), at=SOLD_AT)
        ended = sell_subscription(session, an_order(seller, leaves), at=SOLD_AT)
        said = ("Котова", "Так решили")
        change = Change(date(2026, 12, 1), *said, plan_code="more", add=(second,))
        amend_subscription(session, amended.sale.subscription.id, change, at=AT)
        cancel_subscription(session, ended.sale.subscription.id, date(2026, 12, 31), *said, at=AT)
    with reading(engine) as session:
        sold = [row for row in tell_book(session, at=AT) if row.get("subscription")]
    assert {(row["inn"], row["plan"], row["price"]) for row in sold} == {(stays.entity.inn, "more", "24000.00")}
    assert sorted(row["registration"] for row in sold) == sorted(stays.registrations)
