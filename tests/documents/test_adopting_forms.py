"""A seller's form: checked whole when it is adopted, in versions; a paper keeps the one that it was issued in (P2)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.database import reading, transaction
from documents import archive
from documents.adopting_forms import adopt_form, checked_form, current_form, form_in
from documents.forms import PaperForm
from documents.look import Form, Wording
from documents.paper_kinds import PaperKind
from documents.papers import Paper
from tests.builders import a_client, a_seller, at_once, its_catalogue, moment, refused
from tests.documents import samples
from tests.documents.test_logo import picture

NOW = moment("2026-11-02 12:00")
FORM = Form("#1F6F54", picture(), Wording(footer="{{ seller.name }}", clauses=("Копии баз хранятся 30 дней.",)))


def an_invoice(session: Session, seller_id: int, client_id: int, number: int) -> Paper:
    queued = (PaperKind.INVOICE, number, f"2026-{number:04}", seller_id, client_id, samples.invoice())
    return archive.queue(session, *queued, at=NOW)


def test_a_paper_keeps_the_form_that_it_was_issued_in_p2(session: Session) -> None:
    its_catalogue(session)
    seller, own = a_seller(session), a_client(session)
    plain = an_invoice(session, seller.id, own.id, 1)
    first = adopt_form(session, seller.id, FORM, at=NOW)
    ours = an_invoice(session, seller.id, own.id, 2)
    adopt_form(session, seller.id, Form(), at=NOW)
    later = an_invoice(session, seller.id, own.id, 3)
    assert archive.form_of(session, plain) == b""
    assert archive.form_of(session, ours) == first.form.encode()
    assert form_in(session.get(PaperForm, later.form_id)) == Form()
    assert an_invoice(session, a_seller(session, "south").id, own.id, 4).form_id is None


def test_the_same_form_again_is_no_new_version_and_another_one_is(session: Session) -> None:
    seller = a_seller(session)
    assert current_form(session, seller.id) is None
    first = adopt_form(session, seller.id, FORM, at=NOW)
    assert adopt_form(session, seller.id, FORM, at=NOW).id == first.id
    assert adopt_form(session, seller.id, form_in(first), at=NOW).id == first.id
    second = adopt_form(session, seller.id, replace(FORM, accent=""), at=NOW)
    current = current_form(session, seller.id)
    assert current is not None
    assert (first.version, second.version, current.id) == (1, 2, second.id)


def test_two_who_adopt_at_once_make_two_versions(engine: Engine) -> None:
    with transaction(engine) as session:
        seller_id = a_seller(session).id

    def adopting(n: int) -> Callable[[Session], PaperForm]:
        return lambda session: adopt_form(session, seller_id, Form(ru=Wording(header=f"Вид {n}")), at=NOW)

    at_once(engine, *(adopting(n) for n in range(4)))
    with reading(engine) as session:
        assert sorted(session.exec(select(PaperForm.version))) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        ({"accent": "red"}, "FIELD_WRONG", "accent"),
        ({"accent": "#ffe680"}, "FIELD_WRONG", "accent"),
        ({"logo": b"no picture"}, "LOGO_WRONG", "logo"),
        ({"ru": Wording(header="{{ client.name }}")}, "PLACEHOLDER_UNKNOWN", "ru.header"),
        ({"en": Wording(footer="a\nb")}, "TEXT_WRONG", "en.footer"),
        ({"en": Wording(footer="a" * 201)}, "TEXT_WRONG", "en.footer"),
        ({"ru": Wording(notes={PaperKind.ACT: "{{ pay_by }}"})}, "PLACEHOLDER_UNKNOWN", "ru.notes.act"),
        ({"en": Wording(clauses=("Fine.", ""))}, "TEXT_WRONG", "en.clauses.2"),
        ({"en": Wording(clauses=("Fine.",) * 31)}, "FIELD_WRONG", "en.clauses"),
        ({"ru": Wording(papers={PaperKind.ACT: "# Акт\n{{ lines }}"})}, "PARTS_WRONG", "ru.papers.act"),
        ({"ru": Wording(papers={PaperKind.OFFER: "# Предложение"})}, "PARTS_WRONG", "ru.papers.offer"),
        ({"ru": Wording(papers={PaperKind.ACT: "# Акт\n" + "я" * 20_000})}, "TEXT_WRONG", "ru.papers.act"),
    ],
)
def test_what_a_paper_could_not_print_is_refused_when_it_is_adopted_p7(
    session: Session, wrong: dict[str, Any], code: str, field: str
) -> None:
    seller = a_seller(session)
    with refused(session, code, field=field):
        adopt_form(session, seller.id, Form(**wrong), at=NOW)
    assert current_form(session, seller.id) is None


def test_only_a_known_seller_adopts_a_form(session: Session) -> None:
    with refused(session, "SELLER_UNKNOWN"):
        adopt_form(session, 999, Form(), at=NOW)


def test_a_colour_that_can_be_read_on_white_is_kept_in_small_letters() -> None:
    assert checked_form(Form(accent="#1F6F54")).accent == "#1f6f54"
