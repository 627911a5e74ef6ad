"""`abonement pipeline` and `abonement client assign`: on the screen and into files that other programs read."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from icalendar import Calendar
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine
from sqlmodel import select

from api.database import reading
from billing.invoicing import taxation
from contracts.parties import Seller
from tests.api.test_cli import Run, done, installed, opened
from tests.mailbox import open_mailbox


@pytest.fixture
def shop(engine: Engine, tmp_path: Path) -> Iterator[Run]:
    """A shop that is open; its one subscription ends on 31 August 2027."""
    with installed(engine, tmp_path) as run:
        yield opened(run)


def test_who_looks_after_a_client_is_named_and_unnamed(shop: Run) -> None:
    assert "Клиента 1 ведёт: Котова И. Л." in done(shop("client", "assign", "1", "Котова И. Л."))
    assert "Котова И. Л." in done(shop("pipeline"))
    assert "Клиента 1 ведёт: никто" in done(shop("client", "assign", "1"))
    assert "Котова" not in done(shop("pipeline"))


def test_a_contact_is_withdrawn_by_an_address_d4(shop: Run) -> None:
    done(
        shop(
            "client",
            "add",
            "ООО «Полдень»",
            "--inn",
            "500100732259",
            "--contact",
            "Седова",
            "--contact-email",
            "s@noon.example",
        )
    )
    asked = ("check", "--email", "s@noon.example", "--json")
    assert '"client_id": 2' in done(shop(*asked))
    assert "Седова больше не обращается" in done(shop("client", "withdraw-contact", "2", "S@noon.example"))
    assert '"CLIENT_UNKNOWN"' in done(shop(*asked))
    assert shop("client", "withdraw-contact", "2", "s@noon.example").exit_code == 2


def test_a_client_is_known_by_the_domain_of_its_mail_d4(shop: Run) -> None:
    asked = ("check", "--email", "olga@romashka.example", "--json")
    assert '"CLIENT_UNKNOWN"' in done(shop(*asked))
    assert "@romashka.example — от клиента 1" in done(shop("client", "add-domain", "1", "Romashka.example"))
    assert '"client_id": 1' in done(shop(*asked))
    assert "больше не от клиента 1" in done(shop("client", "withdraw-domain", "1", "romashka.example"))
    assert '"CLIENT_UNKNOWN"' in done(shop(*asked))
    refused = shop("client", "add-domain", "1", "mail.ru")
    assert (refused.exit_code, "почтовой службы" in refused.stderr) == (2, True)


def test_what_ends_is_shown_with_its_price_and_standing(shop: Run) -> None:
    shown = " ".join(done(shop("pipeline", at="2027-08-20 10:00")).split())
    assert "1 2027-08-31 11 ООО «Ромашка» 2026-0001 its-prof 33816.00 RUB истекает" in shown
    assert "2027-08-31" not in done(shop("pipeline", "--until", "2027-08-30", at="2027-08-20 10:00"))
    done(shop("renew", "1", at="2027-08-20 10:00"))
    assert "продлена" in done(shop("pipeline", at="2027-08-20 10:00"))
    assert "2027-08-31" not in done(shop("pipeline", "--renewed", "no", at="2027-08-20 10:00"))


def test_today_is_the_sellers_day_also_just_after_its_midnight_t4(shop: Run) -> None:
    assert "2027-08-31" in done(shop("pipeline", at="2027-09-30 23:30"))
    for words in ((), ("--seller", "north")):
        assert "2027-08-31" not in done(shop("pipeline", *words, at="2027-10-01 00:30"))


def test_files_are_written_instead(shop: Run, tmp_path: Path) -> None:
    said = done(shop("pipeline", "--csv", "a.csv", "--xlsx", "a.xlsx", "--ics", "a.ics"))
    assert said.splitlines() == ["Записано: a.csv", "Записано: a.xlsx", "Записано: a.ics"]
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row[1] for row in csv.reader(file)] == ["Последний день", "2027-08-31"]
    sheet = CalamineWorkbook.from_path(str(tmp_path / "a.xlsx")).get_sheet_by_index(0)
    assert sheet.to_python()[1][3] == "ООО «Ромашка»"
    (event,) = Calendar.from_ical((tmp_path / "a.ics").read_bytes()).walk("VEVENT")
    assert event["SUMMARY"] == "ООО «Ромашка»: its-prof, последний день"


def test_a_seller_is_taxed_in_another_mode_and_goes_by_other_working_days_m2_d10(shop: Run, engine: Engine) -> None:
    tax = ("seller", "tax", "north", "--tax-mode", "simplified_5", "--taxed-from")
    assert "с 2027-01-01 simplified_5" in done(shop(*tax, "2027-01-01"))
    assert "KZ" in done(shop("seller", "calendar", "north", "--country", "KZ"))
    with reading(engine) as session:
        seller = session.exec(select(Seller)).one()
        assert (seller.calendar, taxation(session, seller.id).modes[0]) == ("KZ", (date(2027, 1, 1), "simplified_5"))
    early = shop(*tax, "2026-01-01")
    assert (early.exit_code, "--taxed-from 2026-01-01" in early.stderr) == (2, True)


def test_reminders_are_shown_then_sent_each_once_s12(shop: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    due = "2027-08-02 10:00"  # 29 days are left
    shown = " ".join(done(shop("remind", "--dry-run", at=due)).split())
    assert "1 ООО «Ромашка» 2027-08-31 30 60" in shown
    with open_mailbox() as (mailbox, url):
        monkeypatch.setenv("ABONEMENT_SMTP_URL", url)
        assert "В очереди новых: 1, отправлено: 1." in done(shop("remind", at=due))
        assert "В очереди новых: 0, отправлено: 0." in done(shop("remind", at=due))
        assert mailbox.recipients == ["buh@romashka.example"]
        mailbox.rcpt = lambda recipient: "450 Later"
        assert "Отложено почтовым сервером: 1." in shop("remind", at="2027-08-24 10:00").stdout
        mailbox.rcpt = lambda recipient: "550 5.1.1 No such user"
        refused = shop("remind", at="2027-08-31 10:00")
        assert refused.exit_code == 1
        assert "550 5.1.1 No such user" in refused.stdout


def test_without_a_mail_server_nobody_is_reminded(shop: Run) -> None:
    told = shop("remind", at="2027-08-02 10:00")
    assert (told.exit_code, "ABONEMENT_SMTP_URL" in told.stderr) == (2, True)


def test_a_seller_chooses_when_to_remind_s12(shop: Run) -> None:
    said = done(shop("seller", "reminders", "north", "--day", "45", "--day", "3", "--email", "sales@north.example"))
    assert "north напоминает за дней: 45, 3." in said
    assert "2027-08-31 45" in " ".join(done(shop("remind", "--dry-run", at="2027-07-20 10:00")).split())
    assert "никогда" in done(shop("seller", "reminders", "north"))
    assert "2027-08-31" not in done(shop("remind", "--dry-run", at="2027-07-20 10:00"))


def test_a_month_is_reported_on_the_screen_and_as_a_file(shop: Run, tmp_path: Path) -> None:
    at = "2027-10-05 10:00"
    shown = " ".join(done(shop("renewals", "2027-08", at=at)).split())
    assert "north закончилась 1 33816.00 RUB ООО «Ромашка»" in shown
    assert "north потеряна 1 33816.00 RUB ООО «Ромашка»" in shown
    assert "north продлена 0" in shown
    done(shop("renewals", "2027-08", "--csv", "r.csv", at=at))
    with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row[2] for row in csv.reader(file)] == ["Что стало", "потеряна"]
