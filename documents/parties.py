"""The nouns every paper shares: the parties, the contract it belongs to, the registrations."""

from dataclasses import dataclass
from datetime import date

from documents.typography import quotes
from documents.words import Language


@dataclass(frozen=True, slots=True)
class BankSheet:
    """The account a party is paid to: in Russia of twenty digits at a bank with a BIC of nine, elsewhere an IBAN."""

    name: str
    bic: str
    account: str
    correspondent_account: str | None = None


@dataclass(frozen=True, slots=True)
class PartySheet:
    """A seller or a client's legal entity as a paper prints it; a sole trader has no KPP and no "в лице" (P3).

    `signatory_basis` follows "на основании" ("Устава"). `signatory_phrase` and `signatory_phrase_en` are the approved
    wordings of the preamble ("в лице директора ..., действующего на основании Устава"); without one the preamble
    takes a form that needs no declension. A client of whom no entity is known has only a `name`. English papers say
    what ends with `_en`, `full_name_en` with the official name behind it; it is empty where they say the same.
    """

    name: str
    inn: str = ""
    full_name: str = ""
    kpp: str | None = None
    ogrn: str | None = None
    address: str = ""
    bank: BankSheet | None = None
    sole_trader: bool = False
    signatory_name: str = ""
    signatory_post: str = ""
    signatory_basis: str = ""
    signatory_phrase: str = ""
    signatory_phrase_en: str = ""
    phone: str = ""
    email: str = ""
    country: str = "RU"
    postcode: str = ""
    city: str = ""
    name_en: str = ""
    full_name_en: str = ""
    signatory_name_en: str = ""
    signatory_post_en: str = ""
    signatory_basis_en: str = ""

    def called(self, language: Language) -> str:
        """The short name in the paper's language."""
        if language is Language.EN:
            return self.name_en or self.name
        return quotes(self.name)

    def official(self, language: Language) -> str:
        """The whole name in the paper's language."""
        own = self.full_name or self.name
        return self.full_name_en or own if language is Language.EN else quotes(own)


@dataclass(frozen=True, slots=True)
class ContractReference:
    """The contract a paper is issued under."""

    number: str
    signed_on: date


@dataclass(frozen=True, slots=True)
class RegistrationSheet:
    """One registered copy of a product and who uses it."""

    number: str
    product: str
    user: str
    is_main: bool = False
    """Whether it is said to be the main one of several."""
