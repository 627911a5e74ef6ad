"""The requisites of a legal entity and who speaks for a client, as forms of several pages ask for them."""

from api.newcomers import Speaker, take_in
from api.pages.forms import Name, Phone, Text, Typed
from api.pages.page import Page
from contracts.changing_requisites import FIXED, REQUISITES
from contracts.countries import HOME
from contracts.parties import Entity
from documents.words import Language

PRINTED = tuple(name for name in REQUISITES if name not in (*FIXED, "signatory_phrase"))
"""What can be changed in a form; the phrase about who signs is approved where a contract shows it (P3)."""


class PrintedRequisites(Typed):
    """What papers print of a party besides its name and number; checked by the rules of its country."""

    full_name: Text = ""
    kpp: Text = ""
    ogrn: Text = ""
    address: Text = ""
    postcode: Text = ""
    city: Text = ""
    bank_name: Text = ""
    bic: Text = ""
    bank_account: Text = ""
    correspondent_account: Text = ""
    signatory_post: Text = ""
    signatory_name: Text = ""
    signatory_basis: Text = ""
    name_en: Text = ""
    signatory_name_en: Text = ""
    signatory_post_en: Text = ""
    signatory_basis_en: Text = ""


class ChangedRequisites(PrintedRequisites):
    """A party's requisites as they are to be; an empty one is taken away."""

    name: Name
    phone: Phone = ""
    email: Text = ""

    def given(self) -> dict[str, str]:
        """All that can be changed, as it was typed."""
        return {name: getattr(self, name) for name in PRINTED}


class Requisites(PrintedRequisites):
    """What papers print of a legal entity or a sole trader, as it is taken in."""

    inn: Text
    name: Name
    country: Text = HOME


def given_requisites(form: Requisites) -> dict[str, str]:
    """The requisites that were typed."""
    return {name: value for name in Requisites.model_fields if (value := getattr(form, name))}


class NewClient(Requisites):
    """A new client with its first entity, the language of its papers, and who speaks for it."""

    contact: Name = ""
    email: Text = ""
    phone: Phone = ""
    locale: Language = Language.RU

    def speaker(self) -> Speaker:
        """Who speaks for the client."""
        return Speaker(self.contact, self.email, self.phone)


def take_in_client(page: Page, new: NewClient) -> Entity:
    """Take in the client; who does it looks after it. Raises the refusals of `take_in`."""
    requisites, manager = given_requisites(new), page.person.name
    return take_in(page.session, requisites, new.speaker(), locale=new.locale, manager=manager, at=page.at)
