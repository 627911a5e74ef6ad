"""Webhooks over HTTP: an administrator says who is told, sees how it fared, and sees each secret once (D12)."""

from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from api.database import reading
from api.export import export_folder
from api.keys import CallAnswer
from api.notifying import notify, webhook_sender
from api.telling import tell_changes
from entitlements.webhooks import WebhookEndpoint
from tests.api.conftest import House, settings_for
from tests.webhook_receiver import Receiver, status

WANTED = {"url": "https://desk.example.org/hooks", "kinds": ["client.changed"]}


def secrets_in(house: House) -> set[str]:
    with reading(house.engine) as session:
        kept = session.exec(select(WebhookEndpoint)).all()
        return {secret for one in kept for secret in (one.secret, one.previous_secret) if secret}


def block(house: House) -> None:
    house.post("admin", "/v1/blocks", {"client_id": house.own.id, "reason": "Спор"})
    tell_changes(house.engine, house.clock)


def test_a_secret_is_shown_once_and_kept_nowhere_else_d12(house: House, tmp_path: Path) -> None:
    made = house.post("admin", "/v1/webhooks", WANTED, once="add")
    assert (made.status_code, made.json()["secret"][:6]) == (201, "whsec_")
    again = house.post("admin", "/v1/webhooks", WANTED, once="add")
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == {name: told for name, told in made.json().items() if name != "secret"}
    rotated = house.post("admin", "/v1/webhooks/1:rotate-secret", once="rotate").json()
    assert rotated["secret"] != made.json()["secret"]
    assert rotated["previous_secret_until"] == "2026-10-06T07:00:00Z"
    assert secrets_in(house) == {rotated["secret"], made.json()["secret"]}
    shown = house.get("admin", "/v1/webhooks").text
    with reading(house.engine) as session:
        shown += "".join(session.exec(select(CallAnswer.body)))
    export_folder(house.engine, tmp_path / "out", at=house.clock())
    shown += "".join(file.read_text("utf-8") for file in (tmp_path / "out").glob("*.*"))
    assert "whsec_" not in shown
    assert "webhook_endpoint.csv" not in shown


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.8:8443", "169.254.169.254", "[::1]", "[fd00::1]", "LOCALHOST"])
def test_an_endpoint_inside_is_refused_at_once_d12(house: House, host: str) -> None:
    refused = house.post("admin", "/v1/webhooks", WANTED | {"url": f"https://{host}/hooks"})
    assert (refused.status_code, refused.json()["code"]) == (422, "WEBHOOK_URL_WRONG")
    assert refused.json()["field"] == "url"
    assert house.get("admin", "/v1/webhooks").json() == []


def test_how_each_message_fared_is_listed_and_one_is_sent_again_d12(house: House, tmp_path: Path) -> None:
    settings = settings_for(house.engine, tmp_path).model_copy(update={"webhook_networks": "127.0.0.0/8"})
    house.app.state.settings = settings
    tell_changes(house.engine, house.clock)
    with Receiver(status(400)) as receiver:
        house.post("admin", "/v1/webhooks", WANTED | {"url": receiver.url})
        block(house)
        notify(house.engine, webhook_sender(settings), house.clock)
        (told,) = house.get("admin", "/v1/webhook-deliveries?webhook_id=1&state=queued").json()
        assert (told["webhook_id"], told["attempts"], told["taken_at"]) == (1, 1, None)
        assert [(one["status"], one["problem"]) for one in told["log"]] == [(400, "")]
        assert house.get("admin", "/v1/webhook-deliveries?state=parked").json() == []
        assert house.get("admin", f"/v1/webhook-deliveries?before={told['id']}").json() == []
        assert house.get("admin", "/v1/webhooks").json()[0]["failing_since"] is not None
        receiver.always = status(200)
        house.clock.forward(minutes=1)
        notify(house.engine, webhook_sender(settings), house.clock)
        again = house.post("admin", f"/v1/webhook-deliveries/{told['id']}:resend").json()
        assert (again["state"], again["attempts"]) == ("queued", 0)
        notify(house.engine, webhook_sender(settings), house.clock)
        assert len(receiver.came) == 3
        assert len(set(receiver.ids)) == 1


def test_a_disabled_endpoint_is_told_with_its_reason_and_may_be_enabled(house: House) -> None:
    house.post("admin", "/v1/webhooks", WANTED)
    tell_changes(house.engine, house.clock)
    told = house.post("admin", "/v1/webhooks/1:disable", {"reason": "Заменён"}).json()
    assert (told["disabled_reason"], told["disabled_at"]) == ("Заменён", "2026-10-05T07:00:00Z")
    assert house.post("admin", "/v1/webhooks/1:disable", {"reason": "Ещё раз"}).json() == told
    refused: Any = house.post("admin", "/v1/webhooks/1:rotate-secret")
    assert (refused.status_code, refused.json()["code"], refused.json()["reason"]) == (
        409,
        "WEBHOOK_DISABLED",
        "Заменён",
    )
    assert house.post("admin", "/v1/webhooks/1:enable").json()["disabled_at"] is None


def test_only_an_administrator_says_who_is_told(house: House) -> None:
    for role in ("sales", "accountant", "desk", "verdict", "own client"):
        assert house.post(role, "/v1/webhooks", WANTED).status_code == 403
        assert house.get(role, "/v1/webhook-deliveries").status_code == 403
