"""What the paper of a sale is when it is no contract of its own: an agreement that renews one, or adds to it (P1)."""

from dataclasses import dataclass
from datetime import date

from documents.parties import ContractReference
from documents.words import NBSP, Language, day_in_words


@dataclass(frozen=True, slots=True)
class Agreement:
    """That a paper belongs to a contract that was signed before: it renews it, or adds a further sale to it."""

    contract: ContractReference
    renews: bool

    def title(self, language: Language) -> str:
        """What the paper is called, without its day."""
        kind, what = _WORDS[language][self.renews]
        return f"{kind} {what} {_NUMBER[language]}{NBSP}{self.contract.number}"

    def named(self, signed_on: date, language: Language) -> str:
        """What the paper is called, of which day, and to the contract of which day it belongs."""
        return self.dated(signed_on, language, _WORDS[language][self.renews][0])

    def dated(self, signed_on: date, language: Language, kind: str) -> str:
        """The same with the kind of paper in the case that a sentence gives it."""
        own, of_contract = (day_in_words(day, language) for day in (signed_on, self.contract.signed_on))
        number = f"{_WORDS[language][self.renews][1]} {_NUMBER[language]}{NBSP}{self.contract.number}"
        of = "от" if language is Language.RU else "of"
        return f"{kind} {of} {own} {number} {of} {of_contract}"


_NUMBER = {Language.RU: "№", Language.EN: "No."}
_WORDS = {
    Language.RU: {True: ("Соглашение", "о продлении договора"), False: ("Дополнительное соглашение", "к договору")},
    Language.EN: {True: ("Agreement", "to renew contract"), False: ("Supplementary agreement", "to contract")},
}
"""The kind of paper, and what it does to its contract."""
