"""The templates of the pages: our own words around the values of one page, in which a person's text is only text."""

from datetime import datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from api.pages.admission import NO_VISITOR, PAGES
from api.pages.wording import say
from contracts.money import Money
from documents import qr, words
from documents.burn_down import burn_down_svg
from documents.statement_data import difference_in_words
from documents.typography import phone
from documents.words import Language
from entitlements.durations import clock

TEMPLATES = Path(__file__).parent.parent / "templates"


def rendered(template: str, language: Language, zone: ZoneInfo, **values: object) -> str:
    """The page or the fragment as HTML; moments are told in `zone`."""
    values["at_place"] = lambda moment: moment_in_words(moment, zone, language)
    return environment(language).get_template(template).render(**values)


@cache
def environment(language: Language) -> Environment:
    """Templates with the words of one language."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals.update(
        language=language,
        version=version("abonement"),
        t=lambda name, /, **values: say(name, language, **values),
        counted=lambda number, *forms: words.counted(number, language, *forms),
        country=lambda code: words.country_name(code, language),
        tax_number=lambda country: words.tax_number_name(country, False, language),
        amount=Money,
        may=lambda person, method, path: person.role in PAGES.get((method, path), NO_VISITOR),
        qr_svg=lambda payload: Markup(qr.plain_qr_svg(payload, scale=5)),
        burn_down=lambda left: Markup(burn_down_svg(left)),
    )
    made.filters.update(
        day=words.day_in_figures,
        day_in_words=lambda day: words.day_in_words(day, language),
        month=lambda day: words.month_in_words(day, language),
        duration=clock,
        hours=lambda minutes: words.hours_in_words(minutes, language),
        money=lambda amount: words.price(amount, language),
        person=words.person,
        phone=phone,
        difference=lambda one: difference_in_words(one, language),
        times=lambda percent: words.multiplier(percent, language),
    )
    return made


def moment_in_words(moment: datetime, zone: ZoneInfo, language: Language) -> str:
    """Write "26.11.2026 18:05" as it was on the clocks of the zone."""
    return format_datetime(moment.astimezone(zone), "dd.MM.y HH:mm", locale=str(language))
