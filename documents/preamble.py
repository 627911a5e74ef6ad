"""The preamble of a contract: who acts for a party and on what ground, stored or proposed by grammar (P3)."""

from dataclasses import dataclass

from contracts.countries import is_person
from contracts.parties import Party
from documents.genitive import (
    FEMININE,
    MASCULINE,
    genitive_of_ground,
    genitive_of_organisation,
    genitive_of_person,
    genitive_of_post,
    is_organisation,
)


@dataclass(frozen=True, slots=True)
class Preamble:
    """The phrase about who signs; `doubts` are the words that a person has to look at before it may be printed."""

    phrase: str
    approved: bool = False
    doubts: tuple[str, ...] = ()

    @property
    def printed(self) -> str:
        """What a contract prints: nothing while it is doubtful, so that the paper takes a form without declension."""
        return "" if self.doubts else self.phrase


def preamble_of(party: Party) -> Preamble:
    """The approved phrase, which always wins; else the one that grammar proposes; empty when nobody signs."""
    if party.signatory_phrase:
        return Preamble(party.signatory_phrase, approved=True)
    if not party.signatory_name:
        return Preamble("")
    if _signs_alone(party):
        return _sole_trader(party)
    organisation = is_organisation(party.signatory_name)
    name = (genitive_of_organisation if organisation else genitive_of_person)(party.signatory_name)
    post = genitive_of_post(party.signatory_post) if party.signatory_post else None
    acting = "действующей" if name.gender == FEMININE else "действующего"
    phrase = " ".join(part for part in ("в лице", post.text if post else "", name.text) if part)
    doubts = (*(post.doubts if post else ()), *name.doubts)
    if post and (post.gender, name.gender) == (FEMININE, MASCULINE) and not organisation:
        doubts = (party.signatory_post, *doubts)
    return _grounded(phrase, acting, party.signatory_basis, doubts)


def is_sole_trader(party: Party) -> bool:
    """Whether the party is a person who trades in their own name."""
    return is_person(party.inn, party.country)


def _signs_alone(party: Party) -> bool:
    """Whether a sole trader signs in person; somebody with a power of attorney has another name."""
    named = {*party.full_name.split(), *party.name.replace(".", ". ").split()}
    return is_sole_trader(party) and all(
        part in named or f"{part[0]}." in named for part in party.signatory_name.split()
    )


def _sole_trader(party: Party) -> Preamble:
    """Say "действующая на основании …": without "в лице", in the nominative; nothing is said without a ground."""
    if not party.signatory_basis:
        return Preamble("")
    name = genitive_of_person(party.signatory_name)
    ground = genitive_of_ground(party.signatory_basis)
    acting = "действующая" if name.gender == FEMININE else "действующий"
    doubts = (*(() if name.gender else (party.signatory_name,)), *ground.doubts)
    return Preamble(f"{acting} на основании {ground.text}", doubts=doubts)


def _grounded(phrase: str, acting: str, basis: str, doubts: tuple[str, ...]) -> Preamble:
    """The phrase with its ground; who signs without one is doubtful."""
    if not basis:
        return Preamble(phrase, doubts=(*doubts, "signatory_basis"))
    ground = genitive_of_ground(basis)
    return Preamble(f"{phrase}, {acting} на основании {ground.text}", doubts=(*doubts, *ground.doubts))
