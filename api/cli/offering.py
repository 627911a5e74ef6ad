"""The command that offers a renewal: on the screen, in the archive of papers, as a PDF."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from api.cli import options
from api.cli.counter import app, taught
from api.cli.installation import database, now, settings
from api.cli.language import Text
from api.cli.repeating import once
from api.cli.screen import facts, say, table
from api.cli.values import flag, one_of, option

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from documents.offer import ChoiceSheet, OfferSheet, PackageSheet


def new_file(text: str) -> Path:
    """A file that can be written: in a folder that is there, and no folder itself."""
    file = Path(text)
    if file.is_dir() or not os.access(file.parent, os.W_OK):
        raise ValueError(Text("сюда нельзя записать файл", "no file can be written there"))
    return file


Issue = Annotated[bool, flag("--issue", "выдать предложение документом", "issue the offer as a paper")]
Pdf = Annotated[
    Path | None,
    option(
        "--pdf",
        "выдать, напечатать сразу и записать в этот файл",
        "issue it, print it now and write it to this file",
        new_file,
        Text("файл", "file"),
    ),
]
PaperLanguage = Annotated[
    str | None,
    option("--language", "язык документа; без него язык клиента", "of the paper", one_of("ru", "en"), "ru|en"),
]

WAYS = {
    "continuous": Text("без перерыва", "without a gap"),
    "new_start": Text("после перерыва", "after a break"),
    "pay_gap": Text("с оплатой перерыва", "with the gap paid"),
}
"""What the ways to renew are called; their codes are what `renew --kind` takes."""
HEADS = (
    Text("Месяцев", "Months"),
    Text("Как", "Way"),
    Text("Можно сейчас", "Open now"),
    Text("Первый день", "First day"),
    Text("Последний день", "Last day"),
    Text("Цена", "Price"),
    Text("Перерыв", "Gap"),
    Text("Всего", "Total"),
    Text("Акция", "Promotion"),
    Text("НДС", "VAT"),
    Text("Дней без обслуживания", "Days lost"),
    Text("Цена перерыва", "Cost of the lapse"),
)
PACKAGE_HEADS = (
    Text("Пакет", "Package"),
    Text("Минут", "Minutes"),
    Text("Цена", "Price"),
    Text("Цена часа", "Price an hour"),
    Text("Первый день", "First day"),
    Text("Последний день", "Last day"),
)
NOTHING = Text(
    "Предложить нечего: подписка уже продлена, или для её плана нет цен в прейскуранте.",
    "There is nothing to offer: the subscription is renewed already, or its plan has no list prices.",
)


@taught(
    app,
    "offer",
    Text(
        "Показать, как продлить подписку: даты, цены и чего стоит перерыв; выдать это документом.",
        "Show the ways to renew a subscription: dates, prices, and what a lapse costs; issue them as a paper.",
    ),
    "abonement offer 12",
    "abonement offer 12 --issue --key CRM-130",
    "abonement offer 12 --pdf offer.pdf",
)
def offer(
    subscription_id: options.SubscriptionId,
    issue: Issue = False,
    pdf: Pdf = None,
    language: PaperLanguage = None,
    key: options.Key = None,
) -> None:
    """Show every way to renew, side by side (S4, S5), and issue the offer when that is asked for."""
    from api.database import reading
    from documents.drawing_offer import draw_offer

    with database() as engine:
        if issue or pdf is not None:
            _issue(engine, subscription_id, language, key, pdf)
            return
        with reading(engine) as session:
            _show(draw_offer(session, subscription_id, at=now()))


def _show(sheet: "OfferSheet") -> None:
    if not sheet.choices:
        say(NOTHING)
        return
    table(HEADS, [_choice(choice) for choice in sheet.choices])
    table(PACKAGE_HEADS, [_package(package) for package in sheet.packages])
    say(Text(f"Действительно по {sheet.valid_until} включительно.", f"Good until {sheet.valid_until} inclusive."))


def _issue(engine: "Engine", subscription_id: int, language: str | None, key: str | None, pdf: Path | None) -> None:
    """Issue the offer once, and print it at once where a file is named."""
    from documents.issuing import issue_offer
    from documents.words import Language

    def queue(session: Any) -> dict[str, Any]:
        chosen = None if language is None else Language(language)
        paper = issue_offer(session, subscription_id, at=now(), language=chosen)
        return {"paper_id": paper.id, "number": paper.number}

    issued = once(engine, key, ["offer", subscription_id, language], queue)
    if pdf is not None:
        pdf.write_bytes(printed(engine, issued["paper_id"]))
    facts(((Text("Предложение", "Offer"), issued["number"]), (Text("Файл", "File"), pdf)))


def printed(engine: "Engine", paper_id: int) -> bytes:
    """The bytes of the paper, printed now unless they are in the archive already."""
    from api.printing import print_paper
    from documents.render import Press
    from documents.store import Store

    store = Store(settings().papers)
    with Press(1) as press:
        return store.get(print_paper(engine, store, press, paper_id, clock=now))


def _choice(choice: "ChoiceSheet") -> tuple[object, ...]:
    """A way to renew as a row under `HEADS`."""
    return (
        choice.term_months,
        f"{choice.kind} ({WAYS[choice.kind]})",
        Text("да", "yes") if choice.is_open else "",
        choice.serves_from,
        choice.term.last_day,
        f"{choice.price} {choice.price.currency}",
        choice.gap if choice.gap.minor else "",
        f"{choice.total} {choice.price.currency}",
        "" if choice.promotion is None else choice.promotion.code,
        "" if choice.by_rate[0].vat_rate is None else choice.vat,
        choice.lost_days,
        choice.lost_money,
    )


def _package(package: "PackageSheet") -> tuple[object, ...]:
    """A package as a row under `PACKAGE_HEADS`."""
    price = f"{package.price} {package.price.currency}"
    return package.code, package.minutes, price, package.hour_price, package.term.starts_on, package.term.last_day
