"""Commands that change a seller: how it is taxed from a day on, and by whose working days it goes."""

from typing import Annotated

from api.cli import options
from api.cli.counter import taught
from api.cli.installation import database
from api.cli.language import Text
from api.cli.parties import seller
from api.cli.screen import say
from api.cli.values import option
from contracts.tax_modes import TaxMode

Country = Annotated[
    str, option("--country", "страна: RU, KZ, BY, DE…", "country: RU, KZ, BY, DE…", metavar=Text("СТРАНА", "COUNTRY"))
]


@taught(
    seller,
    "tax",
    Text(
        "Ввести налоговый режим с дня, до которого ещё нет счетов и актов.",
        "Tax in another mode from a day on that no invoice or act has reached.",
    ),
    "abonement seller tax north --tax-mode simplified_5 --taxed-from 2027-01-01",
)
def tax(code: options.Code, tax_mode: options.Mode, taxed_from: options.TaxedFrom) -> None:
    """Date another tax mode (M2)."""
    from api.cli.naming import seller_named
    from api.database import transaction
    from billing.taxing import tax_from

    with database() as engine, transaction(engine) as session:
        tax_from(session, seller_named(session, code).id, TaxMode(tax_mode), taxed_from)
    say(Text(f"{code}: с {taxed_from} {tax_mode}.", f"{code}: {tax_mode} from {taxed_from}."))


@taught(
    seller,
    "calendar",
    Text("Работать по рабочим дням другой страны.", "Go by the working days of another country."),
    "abonement seller calendar berlin --country DE",
)
def calendar(code: options.Code, country: Country) -> None:
    """Choose a seller's calendar (D10)."""
    from api.cli.naming import seller_named
    from api.database import transaction
    from entitlements.choosing_calendars import choose_calendar

    with database() as engine, transaction(engine) as session:
        choose_calendar(session, seller_named(session, code).id, country)
    say(Text(f"{code}: рабочие дни {country}.", f"{code}: working days of {country}."))
