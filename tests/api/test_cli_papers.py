"""`abonement papers list` and `papers xml`: a client's papers with their ids, and the data of an e-invoice (P2, E4)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from api.database import transaction
from api.journeys import sell_subscription
from contracts.parties import Seller
from tests.api.test_cli import Run, done, installed
from tests.builders import a_client, a_plan, a_seller, an_order, its_catalogue, moment
from tests.documents.e_invoices import values

BERLIN = {"country": "DE", "name": "Meridian Service GmbH", "inn": "DE999000017"}
PARIS = {"country": "FR", "inn": "FR40303265045", "kpp": ""}


@pytest.fixture
def shop(engine: Engine, tmp_path: Path) -> Iterator[Run]:
    """A seller in Germany has sold a client in France a year in euro."""
    with transaction(engine) as session:
        seller = a_seller(session, "berlin", requisites=BERLIN)
        its_catalogue(session)
        a_plan(session, "euro", currency="EUR")
        order = an_order(seller, a_client(session, "Atelier Lumière SARL", **PARIS), "euro")
        sell_subscription(session, order, at=moment("2026-10-01 10:00"))
    with installed(engine, tmp_path) as run:
        yield run


def test_an_e_invoice_is_written_by_the_id_that_the_list_shows_e4(shop: Run, tmp_path: Path) -> None:
    listed = " ".join(done(shop("papers", "list", "--inn", PARIS["inn"])).split())
    assert "1 договор 2026-0001 2026-10-01 печатается 2 счёт 2026-0001 2026-10-01 печатается" in listed
    target = tmp_path / "factur-x.xml"
    assert str(target) in done(shop("papers", "xml", "2", str(target))).replace("\n", "")
    assert values(target.read_bytes(), "InvoiceCurrencyCode") == ["EUR"]
    for words, said in (
        (("xml", "2", str(target)), "factur-x.xml"),
        (("xml", "1", str(tmp_path / "other.xml")), "нет электронного счёта"),
        (("xml", "99", str(tmp_path / "other.xml")), "Такого документа нет"),
        (("list", "--inn", "7707083893"), "7707083893"),
    ):
        refused = shop("papers", *words)
        assert (refused.exit_code, said in " ".join(refused.stderr.split())) == (2, True), words
    assert not (tmp_path / "other.xml").exists()


def test_a_paper_is_listed_under_the_sellers_day_of_its_issue_t4(shop: Run, engine: Engine) -> None:
    with transaction(engine) as session:
        late = a_client(session, "Поздняя")
        order = an_order(session.exec(select(Seller)).one(), late, "euro")
        sell_subscription(session, order, at=moment("2026-11-01 00:30"))
    listed = done(shop("papers", "list", "--inn", late.entity.inn))
    assert ("2026-11-01" in listed, "2026-10-31" in listed) == (True, False)


def test_a_party_is_confirmed_under_the_number_of_its_country_p1(shop: Run) -> None:
    added = shop("client", "add", "Белый аист", "--country", "BY", "--inn", "200988541")
    assert "УНП 200988541" in done(added)
