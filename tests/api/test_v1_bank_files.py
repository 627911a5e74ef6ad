"""Statement files over HTTP and from the command line: taken in, queued, decided by people (M5)."""

from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, select

from billing.bank_lines import BankLine
from tests.api.conftest import House
from tests.api.test_cli import INN, done, installed, opened
from tests.bank_files import OURS, document, exchange
from tests.journeys.books import rows

TEXT = {"Content-Type": "text/plain"}
WHO = {"decided_by": "Котова И. Л.", "note": "Не от клиента"}


def sent(house: House, content: bytes, path: str = "/v1/bank-files", **more: Any) -> Any:
    headers = {"Authorization": f"Bearer {house.tokens[more.pop('role', 'accountant')]}", "Idempotency-Key": path}
    return house.client.post(path, content=content, headers=headers | TEXT | more.pop("headers", {}), **more)


def file_of(house: House, *sums: str, **changes: str | None) -> bytes:
    """Payments of the own client, which name its invoice."""
    entity, number = house.own.entity, house.sold.invoice.number
    paid = {"ПлательщикИНН": entity.inn, "ПлательщикКПП": entity.kpp, "ДатаПоступило": "05.10.2026"}
    paid |= {"НазначениеПлатежа": f"Оплата счета {number}"} | changes
    return exchange(*(document(Номер=str(place), Сумма=one, **paid) for place, one in enumerate(sums, 1)))


def test_a_file_is_tried_taken_in_once_and_told_in_the_callers_language_m5(house: House) -> None:
    content, before = file_of(house, "5000.00", "7000.00"), house.rows()
    tried = sent(house, content, "/v1/bank-files:preview").json()
    assert (tried["new"], tried["matched"], tried["waiting"]) == (2, 2, 0)
    assert house.rows() == before
    told = sent(house, content, headers={"Accept-Language": "ru"})
    assert told.status_code == 201
    reasons = [(one["match"]["reason"], one["match"]["text"]) for one in told.json()["lines"]]
    assert reasons[0] == ("number_and_part", "В назначении назван счёт, оплачена его часть.")
    assert reasons[1][0] == "number_and_sum"
    assert house.get("accountant", f"/v1/invoices/{house.sold.invoice.id}").json()["state"] == "paid"
    before = house.rows()
    assert sent(house, content).json() == told.json()  # the stored answer
    again = sent(house, content, headers={"Idempotency-Key": "another"}).json()
    assert (again["new"], again["known"]) == (0, 2)
    assert {name for name, count in house.rows().items() if count != before[name]} == {"call_answer"}
    assert sent(house, content, role="sales").json()["code"] == "ROLE_NOT_ALLOWED"


def test_a_file_with_faults_is_refused_with_each_line_and_field_unless_they_are_skipped_m5(house: House) -> None:
    content, before = file_of(house, "1_000", "7000.00"), house.rows()
    no = sent(house, content)
    assert (no.status_code, no.json()["code"], no.json()["fault_count"]) == (422, "BANK_FILE_WRONG", 1)
    assert [(one["row"], one["column"], one["code"]) for one in no.json()["errors"]] == [
        (13, "Сумма", "AMOUNT_UNREADABLE")
    ]
    assert house.rows() == before
    assert sent(house, content, "/v1/bank-files?skip_faulty=true").json()["matched"] == 1
    empty = sent(house, b"").json()
    assert empty["code"] == "FILE_EMPTY"
    assert "work" not in empty["title"]
    assert sent(house, b"MT940", headers={"Idempotency-Key": "x"}).json()["code"] == "BANK_FILE_UNKNOWN"


def test_what_waits_is_listed_with_its_candidates_and_decided_by_a_person_m5(house: House) -> None:
    sent(house, file_of(house, "12000.00", "1.00", ПлательщикИНН="7736050003"))
    first, second = house.get("accountant", "/v1/bank-lines?state=waiting").json()
    assert (first["match"]["reason"], first["match"]["entity_id"]) == ("payer_unknown", None)
    assert [one["number"] for one in first["match"]["candidates"]] == [house.sold.invoice.number]
    give = {"entity_id": house.own.entity.id, "invoices": [{"invoice_id": house.sold.invoice.id}]}
    path = f"/v1/bank-lines/{first['id']}"
    given = house.post("accountant", f"{path}:assign", give | {"decided_by": "Котова И. Л."}).json()
    assert (given["state"], given["match"], given["steps"][0]["decided_by"]) == ("paid", None, "Котова И. Л.")
    assert house.get("accountant", f"/v1/invoices/{house.sold.invoice.id}").json()["left"] == "0.00"
    again = house.post("accountant", f"{path}:assign", give | {"decided_by": "Орлова Н. В."})
    assert (again.status_code, again.json()["code"]) == (409, "BANK_LINE_DECIDED")
    aside = house.post("accountant", f"/v1/bank-lines/{second['id']}:set-aside", WHO).json()
    assert (aside["state"], aside["steps"][0]["note"]) == ("set_aside", WHO["note"])
    assert house.get("accountant", "/v1/bank-lines?state=waiting").json() == []
    assert len(house.get("accountant", f"/v1/bank-lines?seller_id={house.seller.id}&after={first['id']}").json()) == 1
    back = house.post("accountant", f"{path}:take-back", WHO).json()
    assert (back["state"], [one["kind"] for one in back["steps"]]) == ("waiting", ["assigned", "taken_back"])
    assert house.get("accountant", f"/v1/invoices/{house.sold.invoice.id}").json()["left"] == "12000.00"
    assert house.post("accountant", f"{path}:take-back", WHO).json()["code"] == "BANK_LINE_WAITING"


def test_one_more_account_of_a_seller_is_read_m5(house: House) -> None:
    new = {"seller_id": house.seller.id, "number": "DE89 3704 0044 0532 0130 00", "currency": "EUR"}
    assert house.post("accountant", "/v1/bank-accounts", new).json()["number"] == "DE89370400440532013000"
    again = house.post("accountant", "/v1/bank-accounts", new)
    assert (again.status_code, again.json()["code"]) == (409, "BANK_ACCOUNT_EXISTS")


def test_a_statement_is_taken_in_and_its_queue_decided_by_commands_m5(engine: Engine, tmp_path: Path) -> None:
    with installed(engine, tmp_path) as run:
        opened(run)
        done(run("bank", "account", OURS))
        wide = exchange(
            document(ПлательщикКПП="773601001"),
            document(Номер="119", ПлательщикИНН="7736050003", Сумма="5.00"),
            document(Номер="120", ПлательщикИНН="7736050003", Сумма="6.00"),
        )
        Path("a.txt").write_bytes(wide)
        before = rows(engine)
        tried = run("bank", "import", "a.txt", "--dry-run")
        assert (tried.exit_code, rows(engine)) == (1, before)
        assert "разнесено 1, ждёт решения 2" in tried.stdout
        assert run("bank", "import", "a.txt").exit_code == 1
        said = done(run("bank", "import", "a.txt"))
        assert "Новых 0" in said and "Уже были 3" in said  # noqa: PT018
        queue = done(run("bank", "queue"))
        assert "Плательщик не найден" in queue
        assert "2026-0001: 0.00" in queue  # named, and paid by the first
        with Session(engine) as session:
            _, second, third = map(str, session.exec(select(BankLine.id).order_by(BankLine.id)))
        done(run("bank", "assign", second, "--inn", INN, "--by", "Котова И. Л."))
        done(run("bank", "set-aside", third, "--by", "Котова И. Л.", "--reason", "Возврат займа"))
        assert "Возврат займа" in done(run("bank", "queue", "--state", "set_aside"))
        done(run("bank", "take-back", third, "--by", "Котова И. Л.", "--reason", "Ошибка"))
        assert "120" in done(run("bank", "queue"))
        assert "5.00" in done(run("payment", "list", "--inn", INN))
        Path("b.txt").write_bytes(exchange(document(Номер="200", Сумма="x")))
        wrong = run("bank", "import", "b.txt")
        assert (wrong.exit_code, "AMOUNT" not in wrong.stdout, "Сумма" in wrong.stdout) == (2, True, True)
        unknown = run("bank", "assign", "99", "--inn", INN, "--by", "К")
        assert (unknown.exit_code, "СТРОКА 99" in unknown.stderr) == (2, True)
