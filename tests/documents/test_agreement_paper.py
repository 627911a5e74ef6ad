"""A renewal and a further sale print an agreement to their contract, of its own day: never a second contract (P1)."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
import pytest

from api.journeys import renew_subscription
from documents.agreement import Agreement
from documents.contract import ContractSheet
from documents.look import Form, Wording, look_of
from documents.paper_kinds import PaperKind
from documents.paper_letter import Enclosed, PaperLetter, paper_letter
from documents.papers import Paper
from documents.parties import ContractReference
from documents.templating import PLACE_TO_BREAK, page_source
from documents.words import NBSP, Language
from tests.builders import a_plan, moment
from tests.documents import samples
from tests.documents.market import Market, sheet_of
from tests.documents.reading import page_texts, whole_text
from tests.documents.test_mailing import chosen, mailed, printed

RENEWED_AT = moment("2027-09-20 12:00")
DEARER: dict[str, Any] = {"valid_from": "2027-08-01", "prices": [{"term_months": 12, "price": "24000.00"}]}
CONTRACT = ContractReference("2026-0001", date(2026, 9, 20))


def renewal_of(market: Market) -> Paper:
    """The paper of a renewal a year later, at twice the price."""
    sold = market.sell()
    a_plan(market.session, "support", **DEARER)
    return renew_subscription(market.session, sold.sale.subscription.id, None, at=RENEWED_AT).papers[0]


def test_a_renewal_prints_an_agreement_of_its_own_day_to_the_contract_it_renews_p1(
    market: Market, render: Callable[..., bytes]
) -> None:
    sheet = sheet_of(renewal_of(market))
    assert (sheet.signed_on, sheet.agreement) == (date(2027, 9, 20), Agreement(CONTRACT, renews=True))
    texts = {language: whole_text(render("contract", sheet, language)) for language in ("ru", "en")}
    assert "Соглашение о продлении договора № 2026-0001" in texts["ru"]
    assert "Договор № 2026-0001 от 20 сентября 2026 г. продлевается на срок, указанный в п. 3.1" in texts["ru"]
    assert "расходятся с текстом соглашения, действует текст соглашения" in texts["ru"]
    assert "differ from the text of the Agreement, the text of the Agreement prevails" in texts["en"]
    assert "на день подписания соглашения непрерывное продление стоит 24 000,00" in texts["ru"]
    named = "соглашению от 20 сентября 2027 г. о продлении договора № 2026-0001 от 20 сентября 2026 г."
    assert f"Приложение № 1 к {named}" in texts["ru"]
    assert not any(
        text in texts["ru"] for text in ("Договор сопровождения", "подписания договора", "Договор составлен")
    )
    assert "Agreement to renew contract No. 2026-0001" in texts["en"]
    assert "Contract No. 2026-0001 of 20 September 2026 is renewed for the term stated in clause 3.1" in texts["en"]
    named = "the agreement of 20 September 2027 to renew contract No. 2026-0001 of 20 September 2026"
    assert f"Annex 1 to {named}" in texts["en"]
    assert not any(text in texts["en"] for text in ("Support contract", "This Contract is made"))


def test_a_further_sale_under_a_contract_prints_an_agreement_that_adds_to_it_p1(
    market: Market, render: Callable[..., bytes]
) -> None:
    first = market.sell()
    assert sheet_of(first.papers[0]).agreement is None
    sheet = sheet_of(market.sell("its-prof", contract_id=first.sale.contract.id).papers[0])
    assert (sheet.number, sheet.agreement) == (CONTRACT.number, Agreement(CONTRACT, renews=False))
    texts = {language: whole_text(render("contract", sheet, language)) for language in ("ru", "en")}
    assert "Дополнительное соглашение к договору № 2026-0001" in texts["ru"]
    assert "К договору № 2026-0001 от 20 сентября 2026 г. добавляется обслуживание" in texts["ru"]
    assert "Supplementary agreement to contract No. 2026-0001" in texts["en"]


@pytest.mark.parametrize("language", Language)
def test_every_page_of_an_agreement_names_it_with_both_days_p1(
    language: Language, render: Callable[..., bytes]
) -> None:
    agreement = Agreement(ContractReference("АБ-2026/118", date(2026, 3, 5)), renews=True)
    sheet = samples.contract(signed_on=date(2027, 3, 1), agreement=agreement)
    told = agreement.named(sheet.signed_on, language).replace(NBSP, " ")
    pages = page_texts(render("contract", sheet, language))
    assert len(pages) > 2
    assert all(told in page for page in pages[1:])


def test_a_firms_own_layout_names_the_agreement_too_and_the_contract_by_its_own_day_p1() -> None:
    layout = "# Договор № {{ number }} от {{ day }}\n\n{{ terms }}\n\n{{ closing }}\n"
    form = Form(ru=Wording(papers={PaperKind.CONTRACT: layout}))
    sheet = samples.contract(
        signed_on=date(2027, 3, 1), agreement=Agreement(ContractReference("АБ-2026/118", date(2026, 3, 5)), True)
    )
    look = look_of(form, PaperKind.CONTRACT, Language.RU, sheet)
    page = page_source("contract", 1, Language.RU, sheet, "", look).replace(NBSP, " ")
    assert "Договор № АБ-2026/118 от 05 марта 2026 г." in page
    assert "Соглашение от 01 марта 2027 г. о продлении договора № АБ-2026/118 от 05 марта 2026 г." in page
    plain = replace(sheet, agreement=None)
    assert "Соглашение от" not in page_source("contract", 1, Language.RU, plain, "", look).replace(NBSP, " ")


@pytest.mark.parametrize(
    ("language", "title"),
    [
        (Language.RU, '<h1 data-paper="Договор № АБ-2026/118 от 05.03.2026">Договор сопровождения № АБ-2026/118</h1>'),
        (Language.EN, '<h1 data-paper="Contract No. АБ-2026/118 of 05.03.2026">Support contract No. АБ-2026/118</h1>'),
    ],
)
def test_a_sheet_from_before_there_were_agreements_is_the_contract_still_p2(language: Language, title: str) -> None:
    stored = msgspec.to_builtins(samples.contract())
    del stored["agreement"]
    page = page_source("contract", 1, language, msgspec.convert(stored, ContractSheet)).replace(PLACE_TO_BREAK, "")
    assert title in page.replace("&#160;", " ")
    assert "greement" not in page
    assert "оглашен" not in page.replace("по согласованию", "")


def test_a_letter_names_a_renewal_as_its_paper_names_itself_p2(market: Market) -> None:
    chosen(market.session, market.customer.id)
    first = market.sell()
    printed(market.session)
    (letter,) = mailed(market.session)
    assert "Договор № 2026-0001 от 20 сентября 2026 г.\n" in letter.body.replace(NBSP, " ")
    renew_subscription(market.session, first.sale.subscription.id, None, at=RENEWED_AT)
    printed(market.session)
    (letter,) = mailed(market.session, RENEWED_AT)
    subject, body = letter.subject.replace(NBSP, " "), letter.body.replace(NBSP, " ")
    assert subject == "Соглашение о продлении договора № 2026-0001, счёт № 2027-0001"
    assert "\nСоглашение от 20 сентября 2027 г. о продлении договора № 2026-0001 от 20 сентября 2026 г.\n" in body


@pytest.mark.parametrize("language", Language)
def test_a_letter_says_which_correction_of_an_agreement_it_brings_p2(language: Language) -> None:
    agreement = Agreement(CONTRACT, renews=True)
    paper = Enclosed(7, PaperKind.CONTRACT, CONTRACT.number, date(2027, 10, 2), 1, agreement)
    words = paper_letter(PaperLetter("ООО", "x@y.z", None, (paper,), None), language)
    told = {
        Language.RU: "Соглашение о продлении договора № 2026-0001, исправление № 1 от 02 октября 2027 г.",
        Language.EN: "Agreement to renew contract No. 2026-0001, correction No. 1 of 2 October 2027",
    }
    assert told[language] in words.body.replace(NBSP, " ")


def test_a_letter_names_what_was_issued_as_a_second_contract_as_it_stands_there_p2(market: Market) -> None:
    """A renewal from before there were agreements bears the number and day of the contract, whenever it was issued."""
    chosen(market.session, market.customer.id)
    sold = market.sell()
    paper, stored = sold.papers[0], json.loads(sold.papers[0].sheet)
    del stored["agreement"]
    again = market.session.get_one(Paper, paper.id).model_dump(exclude={"id", "sheet", "subject_id", "issued_at"})
    market.session.add(Paper(**again, sheet=json.dumps(stored), subject_id=999, issued_at=RENEWED_AT))
    printed(market.session)
    letters = mailed(market.session, RENEWED_AT)
    assert len(letters) == 2
    assert all("Договор № 2026-0001 от 20 сентября 2026 г.\n" in one.body.replace(NBSP, " ") for one in letters)
