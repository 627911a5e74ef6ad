"""The sister firm in Berlin: it sells a client in Germany support in euro, with e-invoices and a QR code to pay by."""

from datetime import date, timedelta

from api.database import transaction
from api.demonstration.stage import Stage, moment
from api.journeys import sell_subscription
from billing.taxing import take_in_seller
from contracts.enrolling import add_client, add_contact, add_entity
from contracts.publishing import publish_plan
from contracts.selling import Order
from contracts.tax_modes import TaxMode
from entitlements.logging_work import Work, log

SELLER_ABROAD = {
    "country": "DE",
    "name": "Meridian Service GmbH",
    "inn": "DE999000017",
    "address": "Torstraße 1",
    "postcode": "10119",
    "city": "Berlin",
    "bank_name": "Musterbank AG",
    "bank_account": "DE97999999990000012345",
    "bic": "MUSTDEBBXXX",
    "signatory_post": "Managing Director",
    "signatory_name": "Clara Vogel",
    "signatory_basis": "the Articles of Association",
    "phone": "+49 30 0000 1234",
    "email": "office@meridian-berlin.example",
}
CLIENT_ABROAD = {
    "country": "DE",
    "name": "Bücherstube am Park GmbH",
    "inn": "DE999000025",
    "address": "Parkallee 12",
    "postcode": "20144",
    "city": "Hamburg",
    "signatory_post": "Managing Director",
    "signatory_name": "Jonas Brandt",
    "signatory_basis": "the Articles of Association",
}
PLAN = {
    "code": "care-euro", "name": "Забота, 2 часа, в евро", "name_en": "Care, 2 hours, in euro", "kind": "care-euro",
    "valid_from": "2026-01-01", "covers_registrations": False, "included_minutes": 120, "currency": "EUR",
    "included_per": "calendar_month", "over_limit": "bill", "overage_rate": "95.00",
    "services": ({"code": "consultation_line"}, {"code": "remote_work", "draws_hours": True}),
    "prices": [{"term_months": 12, "price": "1990.00"}],
}  # fmt: skip
SOLD_ON = date(2026, 10, 1)
WORKED = ((6, 80, "Bank statement fails to load"), (14, 65, "Dunning letters set up"), (27, 40, "Price labels"))


def work_abroad(stage: Stage) -> None:
    """A year is sold on the first of October, and the month is worked beyond its hours."""
    with transaction(stage.engine) as session:
        opened = {"tax_mode": TaxMode.GENERAL, "taxed_from": date(2020, 1, 1), "time_zone": "Europe/Berlin"}
        seller = take_in_seller(session, "meridian-berlin", SELLER_ABROAD, **opened)
        publish_plan(session, PLAN, at=moment(SOLD_ON))
        client = add_client(session, CLIENT_ABROAD["name"], at=moment(SOLD_ON), external_id="bookshop", locale="en")
        add_contact(session, client.id, "Mia Brandt", at=moment(SOLD_ON), emails=("office@buecherstube.example",))
        entity = add_entity(session, client.id, CLIENT_ABROAD)
        sell_subscription(session, Order(seller.id, entity.id, "care-euro", 12), at=moment(SOLD_ON, "12:00"))
        for day, minutes, summary in WORKED:
            started_at = moment(SOLD_ON.replace(day=day), "12:30")
            work = Work(
                client.id,
                "demo",
                f"SD-30{day:02d}/1",
                minutes,
                started_at,
                seller_id=seller.id,
                entity_id=entity.id,
                ticket=f"SD-30{day:02d}",
                service="remote_work",
                asked_by="Mia Brandt",
                engineer="Irina Kotova",
                summary=summary,
            )
            log(session, work, at=started_at + timedelta(hours=2))
        stage.seller_abroad_id = seller.id
