"""A form seen on a sample paper before it is adopted (P1)."""

import msgspec

from contracts.errors import Refusal
from contracts.parties import Seller
from documents.adopting_forms import checked_form
from documents.drawing_parties import introduced
from documents.look import Form
from documents.paper_kinds import PaperKind
from documents.render import PaperFailed, Press
from documents.sample_sheets import sample_sheet
from documents.words import Language


def preview_form(seller: Seller, form: Form, kind: PaperKind, language: Language) -> bytes:
    """The PDF of a sample paper of the seller in a form; nothing is stored. Raises `Refusal` as `checked_form`, or with
    FORM_UNPRINTABLE."""
    fine = msgspec.json.encode(checked_form(form))
    sheet = sample_sheet(kind, introduced(seller, language), seller.city)
    with Press(1) as press:
        try:
            return press.render(kind, 1, language, msgspec.json.encode(sheet), fine)
        except PaperFailed as failed:
            raise Refusal("FORM_UNPRINTABLE", field="form", value=str(failed)) from failed
