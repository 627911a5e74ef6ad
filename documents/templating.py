"""Templates: a sheet's values in our own words, as well-formed XHTML in which a client's text is only text (P7)."""

import re
import textwrap
from collections.abc import Callable
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from documents import qr, words
from documents.burn_down import burn_down_svg
from documents.letters_of_fonts import spelled_out
from documents.look import Look
from documents.money_columns import money_column
from documents.reason_table import MEANINGS
from documents.statement_data import difference_in_words
from documents.typography import phone, quoted, quotes
from documents.words import Language
from entitlements.durations import clock

PLACE_TO_BREAK = "\u200b"
_ENDLESS = re.compile(r"\S{200,}")
TEMPLATES = Path(__file__).parent / "templates"
HOUSE = Look()


def page_source(
    kind: str, version: int, language: Language, sheet: object, sha256: str = "", look: Look = HOUSE
) -> str:
    """The XHTML of a paper: the template's words around the sheet's values, in the seller's own look if it has one;
    `sha256` is that of the stored sheet. Letters that no font of ours has are written as numbers."""
    template = _templates(language).get_template(f"{kind}/v{version}.{language}.html")
    return spelled_out(template.render(sheet=sheet, sha256=sha256, look=look))


def data_source(kind: str, version: int, language: Language, bill: object) -> str:
    """The data of a bill as XML: the template's elements around its values."""
    source = _templates(language).get_template(f"{kind}/v{version}.xml").render(bill=bill)
    return source.replace(PLACE_TO_BREAK, "")


def fragment_source(kind: str, language: Language, sheet: object) -> str:
    """A part of a page that shows the sheet: a table to be put into a page of staff's or the client's."""
    return _templates(language).get_template(f"{kind}/fragment.{language}.html").render(sheet=sheet)


@cache
def _templates(language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.update(
        language=language,
        payment_payload=qr.payment_payload,
        payment_purpose=qr.payment_purpose,
        burn_down_svg=lambda left: Markup(burn_down_svg(left)),
        verify_address=qr.verify_address,
        plain_qr_svg=lambda payload: Markup(qr.plain_qr_svg(payload)),
        qr_svg=lambda payload: Markup(qr.qr_svg(payload)),
        meaning=lambda reason: MEANINGS[reason][language],
        counted=lambda number, *forms: words.counted(number, language, *forms),
    )
    environment.filters.update(_filters(language))
    return environment


def _filters(language: Language) -> dict[str, Callable[..., object]]:
    """How a template writes a value down."""
    return {
        "date": words.day_in_figures,
        "day": lambda day: words.day_in_words(day, language),
        "month": lambda day: words.month_in_words(day, language),
        "clock": clock,
        "hours": lambda minutes: words.hours_in_words(minutes, language),
        "money": lambda amount: words.amount_in_figures(amount, language),
        "price": lambda amount: words.price(amount, language),
        "money_column": lambda amounts, least="money": money_column(amounts, language, least),
        "currency": lambda code: words.currency_mark(code, language),
        "country": lambda code: words.country_name(code, language),
        "called": lambda party: party.called(language),
        "official": lambda party: party.official(language),
        "taxpayer": lambda party: words.tax_number_name(party.country, party.sole_trader, language),
        "quoted": lambda name: quoted(name, language),
        "quotes": lambda text: quotes(text, language),
        "phone": phone,
        "in_words": lambda amount: words.amount_in_words(amount, language),
        "in_sentence": words.in_sentence,
        "full_stop": words.full_stop,
        "person": words.person,
        "per_cent": lambda figure: words.per_cent(figure, language),
        "times": lambda percent: words.multiplier(percent, language),
        "difference": lambda one: difference_in_words(one, language),
    }


def _shown(value: object) -> object:
    """What a template prints for a value: markup of ours as it is, any text in printable form."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return _ENDLESS.sub(_breakable, words.printable(value))


def _breakable(word: re.Match[str]) -> str:
    # Without places to break, the time to lay out a word grows with the square of its length.
    return PLACE_TO_BREAK.join(textwrap.wrap(word[0], 40))
