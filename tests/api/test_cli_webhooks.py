"""`abonement webhook`: adding, looking, sending again and ending, on the screen (D12)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.api.test_cli import Run, done, installed, opened
from tests.webhook_receiver import Receiver, status


@pytest.fixture
def shop(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """A shop that is open and whose webhooks may reach this machine."""
    monkeypatch.setenv("ABONEMENT_WEBHOOK_NETWORKS", "127.0.0.0/8")
    with installed(engine, tmp_path) as run:
        yield opened(run)


def test_an_endpoint_is_added_told_looked_at_and_ended_d12(shop: Run) -> None:
    done(shop("worker", "--once"))
    with Receiver(status(400)) as receiver:
        said = done(shop("webhook", "add", receiver.url, "--kind", "block.raised"))
        assert said.splitlines()[0].startswith("Адрес 1.")
        assert said.splitlines()[1].startswith("whsec_")
        assert done(shop("webhook", "rotate", "1")).splitlines()[1].startswith("whsec_")
        done(shop("block", "raise", "--inn", "7707083893", "--reason", "Спор"))
        done(shop("worker", "--once"))
        assert len(receiver.came) == 1
        listed = shop("webhook", "list")
        assert listed.exit_code == 1
        assert receiver.url in listed.stdout
        assert "whsec_" not in listed.stdout
        shown = " ".join(done(shop("webhook", "deliveries", "--endpoint", "1")).split())
        assert "ждёт 1 400" in shown
        done(shop("webhook", "disable", "1", "--reason", "Заменён"))
        assert "Заменён" in shop("webhook", "list").stdout
        refused = shop("webhook", "resend", "1")
        assert refused.exit_code == 2
        done(shop("webhook", "enable", "1"))
        done(shop("webhook", "resend", "1"))
        receiver.always = status(200)
        done(shop("worker", "--once"))
        assert "принято" in done(shop("webhook", "deliveries"))
        assert len(set(receiver.ids)) == 1
