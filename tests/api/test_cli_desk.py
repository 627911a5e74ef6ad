"""`abonement check`: what the desk asks about a request besides who and how long (D9, D10)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.api.test_cli import FOREIGN_INN, INN, Run, done, installed, opened, own_process
from tests.journeys.books import rows


@pytest.fixture
def shop(engine: Engine, tmp_path: Path) -> Iterator[Run]:
    """A shop that is open; a second client has eight hours a month from 1 September 2026."""
    with installed(engine, tmp_path) as run:
        shop = opened(run)
        done(shop("client", "add", "ООО «Лютик»", "--inn", FOREIGN_INN, "--kpp", "231201001", at="2026-09-01 10:00"))
        sale = ["sell", "--inn", FOREIGN_INN, "--plan", "service-8h", "--months", "12", "--price", "216000.00"]
        done(shop(*sale, at="2026-09-01 10:00"))
        yield shop


def test_by_when_a_request_is_answered_is_shown_in_the_sellers_time_d10(shop: Run) -> None:
    said = " ".join(done(shop("check", "--inn", FOREIGN_INN, "--minutes", "300", "--priority", "high")).split())
    assert "Ответить до 2026-10-15 11:00 Решить до 2026-10-15 18:00" in said
    assert "Срок по календарю RU 09:00-18:00 Europe/Moscow, high" in said
    assert "Ответить до" not in done(shop("check", "--inn", INN, "--service", "updates"))


def test_channel_and_line_are_asked_about_and_an_unknown_one_is_refused_d9(shop: Run) -> None:
    assert "COVERED" in done(shop("check", "--inn", INN, "--minutes", "15", "--channel", "chat", "--line", "2"))
    assert "без договора" in done(shop("check", "--inn", INN, "--line", "0", "--at", "2031-01-01 10:00"))
    for words, allowed in ((["--channel", "pigeon"], "messenger"), (["--line", "5"], "4")):
        refused = shop("check", "--inn", INN, *words)
        assert refused.exit_code == 2
        assert words[1] in refused.stderr
        assert allowed in refused.stderr


def test_work_is_tried_with_all_that_it_moves_and_nothing_is_written_h14(shop: Run, engine: Engine) -> None:
    """The last of sixteen hours are taken by work that was typed before; what is known already moves nothing."""
    words = ["work", "log", "--inn", FOREIGN_INN, "--service", "remote_work", "--key"]
    done(shop(*words, "SD-2", "--worked", "16:00", "--on", "2026-10-14"))
    before = rows(engine)
    late = [*words, "SD-1", "--worked", "1:00", "--at", "2026-10-13 10:00"]
    said = " ".join(done(shop(*late, "--dry-run")).split())
    assert rows(engine) == before
    assert "Сверх лимита +60 мин К оплате +" in said
    assert "cli SD-1 2026-10-13 — 60" in said
    assert "cli SD-2 2026-10-14 960 900 + 60" in said
    done(shop(*late))
    assert "Ничего не меняется" in done(shop(*late, "--dry-run"))


def test_a_counted_service_is_taken_and_given_back(shop: Run) -> None:
    words = ["use", "take", "auditor_question", "--inn", INN, "--ticket", "SD-7"]
    first = done(shop(*words, "--key", "SD-7"))
    assert done(shop(*words, "--key", "SD-7")) == first
    assert "1/2" in done(shop("check", "--inn", INN, "--feature", "auditor_question"))
    done(shop(*words))
    assert "COUNT_EXHAUSTED" in done(shop(*words))
    back = ["use", "give-back", "1", "--by", "Котова И. Л.", "--reason", "Вопрос снят"]
    assert "Возвращено" in done(shop(*back))
    assert shop(*back).exit_code == 2
    assert "COVERED" in done(shop("check", "--inn", INN, "--feature", "auditor_question"))
    assert shop("check", "--inn", INN, "--feature", "visit", "--service", "visit").exit_code == 2
    assert shop("use", "take", "visit").exit_code == 2


def test_the_client_is_named_by_the_id_of_another_system_d4(shop: Run) -> None:
    done(shop("client", "add", "ООО «Пион»", "--inn", "7700000016", "--kpp", "770901001", "--external-id", "CRM-118"))
    assert "NO_CONTRACT" in done(shop("check", "--external-id", "CRM-118"))
    assert "CLIENT_UNKNOWN" in done(shop("check", "--external-id", "CRM-119"))
    assert "--external-id" in shop("check").stderr


@pytest.mark.parametrize(
    ("language", "client", "contact"),
    [
        ("ru", "найти клиента по почте контакта или по домену", "кто обратился"),
        ("en", "find the client by a contact's e-mail or its domain", "who asks"),
    ],
)
def test_the_help_tells_the_clients_mail_from_that_of_who_asks_d2_d4(language: str, client: str, contact: str) -> None:
    shown = own_process("-m", "api.cli", "check", "--help", ABONEMENT_LANGUAGE=language, COLUMNS="200")
    said = " ".join(shown.stdout.replace("│", " ").split())
    assert client in said
    assert contact in said
    assert "--external-id" in said
