"""`abonement client papers` and `abonement letter`: choosing, sending, looking, sending again, revoking (P2)."""

import json
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.api.test_cli import CLIENT, PROGRAM, SELL, SELLER, TAXED, Run, done, installed
from tests.documents.test_bounce_report import a_report

EMAIL = "buh@romashka.example"
BY = ("--by", "Котова И. Л.")


@pytest.fixture
def shop(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """A shop whose letters become files in a folder."""
    monkeypatch.setenv("ABONEMENT_RENDER_PROCESSES", "1")
    monkeypatch.setenv("ABONEMENT_SMTP_URL", (tmp_path / "letters").as_uri())
    with installed(engine, tmp_path) as run:
        yield run


def test_a_sale_is_mailed_listed_and_mailed_again_p2(shop: Run, tmp_path: Path) -> None:
    for words in (["init", "--catalogue", "its"], [*SELLER, *TAXED], [*CLIENT, "--contact-email", EMAIL], PROGRAM):
        done(shop(*words))
    assert EMAIL in done(shop("client", "papers", "1", EMAIL))
    done(shop(*SELL))
    done(shop("worker", "--once"))  # it prints after it has looked
    done(shop("remind"))
    (file,) = (tmp_path / "letters").iterdir()
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    names = [part.get_filename() for part in message.iter_attachments()]
    assert [bool(re.match("договор .*pdf|счёт .*pdf", name)) for name in names] == [True, True]
    (listed,) = json.loads(done(shop("letter", "list", "--client", "1", "--json")))
    assert (listed["recipient"], listed["state"]) == (EMAIL, "sent")
    assert shop("letter", "send", "1", *BY).exit_code == 2
    assert "письмо 2" in done(shop("letter", "resend", "1", *BY, "--reason", "Не нашли"))
    done(shop("remind"))
    assert len(list((tmp_path / "letters").iterdir())) == 2
    done(shop("letter", "resend", "1", *BY, "--reason", "Ещё раз"))
    report = tmp_path / "report.eml"
    report.write_bytes(a_report(key=message["Message-ID"].strip("<>").rpartition("@")[0]))
    assert f"На {EMAIL} больше не пишем" in done(shop("letter", "bounce", str(report)))
    stopped = shop("remind")
    assert (stopped.exit_code, EMAIL in stopped.stdout) == (1, True)
    assert EMAIL in done(shop("letter", "bounces"))
    assert "очереди: 1" in done(shop("letter", "clear", EMAIL, *BY, "--reason", "Починили"))
    assert EMAIL not in done(shop("letter", "bounces"))
    assert "отозваны" in done(shop("letter", "revoke", "1", *BY, "--reason", "Не тому"))
    assert "больше не идут" in done(shop("client", "papers", "1", EMAIL, "--stop"))
    assert "договор № " in done(shop("letter", "list", "--state", "sent")).casefold()
