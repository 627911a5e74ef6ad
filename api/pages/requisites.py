"""The requisites of a legal entity and who speaks for a client, as forms of several pages ask for them."""

from api.newcomers import Speaker
from api.pages.forms import Name, Text, Typed
from contracts.countries import HOME


class Requisites(Typed):
    """What papers print of a legal entity or a sole trader; checked by the rules of its country when it is taken in."""

    inn: Text
    name: Name
    country: Text = HOME
    kpp: Text = ""
    ogrn: Text = ""
    address: Text = ""
    bank_name: Text = ""
    bic: Text = ""
    bank_account: Text = ""
    correspondent_account: Text = ""
    signatory_post: Text = ""
    signatory_name: Text = ""
    signatory_basis: Text = ""


REQUISITES = tuple(Requisites.model_fields)


def given_requisites(form: Requisites) -> dict[str, str]:
    """The requisites that were typed."""
    return {name: value for name in REQUISITES if (value := getattr(form, name))}


class NewClient(Requisites):
    """A new client with its first entity, and who speaks for it."""

    contact: Name = ""
    email: Text = ""
    phone: Text = ""

    def speaker(self) -> Speaker:
        """Who speaks for the client."""
        return Speaker(self.contact, self.email, self.phone)
