"""Reminders over HTTP: the seller's days, and what became of the letters of a subscription (S12)."""

from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr

from api.reminding import remind
from tests.api.conftest import House, settings_for
from tests.builders import noon
from tests.mailbox import open_mailbox


def test_a_seller_chooses_the_days_of_its_reminders_s12(house: House) -> None:
    path = f"/v1/sellers/{house.seller.id}:choose-reminders"
    (seller,) = house.get("sales", "/v1/sellers").json()
    assert (seller["reminder_days"], seller["reminder_email"]) == ([60, 30, 7, 0], "")
    chosen = house.post("admin", path, {"days": [0, 14], "email": "Sales@North.example"})
    assert (chosen.status_code, chosen.json()["reminder_days"]) == (201, [14, 0])
    assert chosen.json()["reminder_email"] == "sales@north.example"
    assert house.post("admin", path, {"days": []}).json()["reminder_days"] == []
    assert house.post("admin", "/v1/sellers/999:choose-reminders", {"days": []}).json()["code"] == "SELLER_UNKNOWN"


def test_what_became_of_a_reminder_is_told_s12(house: House, tmp_path: Path) -> None:
    sold = house.sold.sale.subscription
    person = {"name": "Анна", "emails": ["anna@romashka.example"]}
    house.post("sales", f"/v1/clients/{house.own.id}/contacts", person)
    with open_mailbox() as (mailbox, url):
        mailbox.rcpt = lambda recipient: "550 5.1.1 No such user"
        settings = settings_for(house.engine, tmp_path).model_copy(update={"smtp_url": SecretStr(url)})
        remind(house.engine, settings, lambda: noon(sold.last_day - timedelta(30)))
    told = house.get("sales", f"/v1/subscriptions/{sold.id}/reminders").json()
    assert [(one["days_before"], one["is_sent"], len(one["letters"])) for one in told] == [
        (60, False, 0),
        (30, True, 1),
    ]
    (letter,) = told[1]["letters"]
    assert (letter["recipient"], letter["state"], letter["problem"]) == (
        "anna@romashka.example",
        "failed",
        "550 5.1.1 No such user",
    )
    assert house.get("sales", "/v1/subscriptions/999/reminders").json()["code"] == "SUBSCRIPTION_UNKNOWN"
