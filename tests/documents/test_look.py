"""Papers in a seller's own form, read out of the PDF: its words, its order, and all that the rules print (P1, P7)."""

import re
from collections import Counter
from dataclasses import replace

import msgspec
import pytest

from documents.adopting_forms import checked_form
from documents.look import Form, Look, Wording, look_of
from documents.paper_kinds import PaperKind
from documents.render import PaperFailed, Press
from documents.sample_sheets import sample_sheet
from documents.statement import StatementSheet
from documents.templating import page_source
from documents.words import Language
from tests.documents import samples
from tests.documents.reading import page_texts, whole_text
from tests.documents.test_logo import picture
from tests.documents.test_own_words import LAYOUT, SAMPLES, shortest

WORDS = Wording(
    header="Сопровождение с 1998 года",
    footer="{{ seller.name }} · {{ seller.phone }}",
    notes={PaperKind.INVOICE: "Спасибо, {{ client.name }}!"},
    clauses=("Копии баз хранятся 30 дней.", "План «{{ plan }}» действует с {{ first_day }}."),
    papers={PaperKind.INVOICE: LAYOUT},
)
FORM = msgspec.json.encode(checked_form(Form("#1f6f54", picture(), WORDS)))


def printed(press: Press, kind: PaperKind, language: str = "ru", form: bytes = FORM) -> bytes:
    return press.render(kind, 1, language, msgspec.json.encode(SAMPLES[kind]), form)


def test_an_invoice_laid_out_by_the_firm_says_its_words_and_all_of_ours_e4(press: Press) -> None:
    pdf = printed(press, PaperKind.INVOICE)
    text = whole_text(pdf)
    order = ["Сопровождение с 1998 года", "Счёт № СЧ-2026/87 от 05 марта 2026 г.", "Получатель", "Заказчик"]
    order += ["Просим оплатить 33 816,00 руб. по 13 марта 2026 г.", "Основание", "Что оплачивается", "Итого"]
    order += ["Всего к оплате 33 816,00 руб.", "Спасибо, ООО «Хлебозавод № 4»!"]
    places = [text.index(one) for one in order]
    assert places == sorted(places)
    assert "ООО «Меридиан-Сервис» · +7 495 000-12-34" in text
    assert b"/Image" in pdf
    assert printed(press, PaperKind.INVOICE) == pdf


def test_the_foot_is_on_every_page_and_own_clauses_follow_ours_p1(press: Press) -> None:
    pages = page_texts(printed(press, PaperKind.CONTRACT))
    assert all("ООО «Меридиан-Сервис» · +7 495" in page for page in pages)
    text = " ".join(pages)
    assert "8.3 Копии баз хранятся 30 дней." in text
    assert "8.4 План «1С:ИТС ПРОФ» действует с 01 апреля 2026 г. 9. Реквизиты" in text


@pytest.mark.parametrize("kind", PaperKind)
def test_every_paper_can_be_printed_in_a_form_in_both_languages(press: Press, kind: PaperKind) -> None:
    for language in Language:
        text = whole_text(printed(press, kind, language))
        assert ("Сопровождение с 1998 года" in text) is (language is Language.RU)


def test_an_empty_form_changes_nothing(press: Press) -> None:
    words = whole_text(printed(press, PaperKind.ACT, form=msgspec.json.encode(Form())))
    assert words == whole_text(press.render("act", 1, "ru", msgspec.json.encode(samples.act())))


def test_a_form_asks_for_nothing_but_its_logo_p7(press: Press) -> None:
    hostile = "<img src='file:///etc/passwd'/> <link rel='attachment' href='file:///etc/passwd'/>"
    form = msgspec.json.encode(Form(logo=picture(), ru=Wording(header=hostile)))
    assert "<img src='file:///etc/passwd'/>" in whole_text(printed(press, PaperKind.ACT, form=form))
    with pytest.raises(PaperFailed, match="may load nothing"):
        printed(press, PaperKind.ACT, form=msgspec.json.encode({"accent": "red; } h1 { background: url(file:///x)"}))


def test_the_longest_words_beside_the_logo_cost_no_paper_its_time_p1() -> None:
    longest = msgspec.json.encode(checked_form(Form(logo=picture(), ru=Wording(header="слово " * 333))))
    with Press(1, seconds=20) as press:
        assert whole_text(printed(press, PaperKind.INVOICE, form=longest)).count("слово") == 333


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", PaperKind)
def test_a_layout_of_any_paper_leaves_nothing_out_that_is_ours_e4(kind: PaperKind, language: Language) -> None:
    sheet = SAMPLES[kind]
    if isinstance(sheet, StatementSheet):
        sheet = replace(sheet, verify_at="https://desk.example/verify")
    words = Wording(papers={kind: shortest(kind)})
    look = look_of(checked_form(Form(ru=words, en=words)), kind, language, sheet)
    ours, theirs = (body_of(page_source(kind, 1, language, sheet, look=one)) for one in (Look(), look))
    assert theirs != ours
    assert Counter(re.split(r"[\s<>]+", ours)) - Counter(re.split(r"[\s<>]+", theirs)) == Counter()


def body_of(page: str) -> str:
    """All of a paper but its title and the line below that, whose words a layout says itself."""
    return re.sub(r"<h1.*?</h1>(\s*<p>.*?</p>)?", "", page.partition("<body>")[2], count=1, flags=re.DOTALL)


@pytest.mark.parametrize("kind", PaperKind)
def test_the_sample_of_each_paper_adds_up_and_prints(press: Press, kind: PaperKind) -> None:
    sheet = sample_sheet(kind, samples.SELLER, "Москва")
    assert look_of(Form(), kind, Language.RU, sheet).pieces == ()
    text = whole_text(press.render(kind, 1, "ru", msgspec.json.encode(sheet), FORM))
    assert "Образец" in text
    assert "Меридиан" in text
