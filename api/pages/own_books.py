"""Whose books a page shows: those of one of our legal entities, the first unless another is chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Query

from api.inputs import PathId
from api.pages.page import Page
from contracts.errors import Refusal
from contracts.parties import Seller
from contracts.queries import all_sellers

"""How many rows of a list a page shows."""

SellerId = Annotated[PathId | None, Query()]


@dataclass(frozen=True, slots=True)
class Books:
    """The legal entity whose books are open, and all of ours to choose among."""

    seller: Seller
    sellers: Sequence[Seller]


def books_of(page: Page, seller_id: int | None) -> Books:
    """The books of a legal entity. Raises `Refusal` with SELLER_REQUIRED where there is none, or SELLER_UNKNOWN."""
    sellers = all_sellers(page.session)
    if not sellers:
        raise Refusal("SELLER_REQUIRED", field="seller_id", value=None)
    chosen = [one for one in sellers if seller_id in (None, one.id)]
    if not chosen:
        raise Refusal("SELLER_UNKNOWN", field="seller_id", value=seller_id)
    return Books(chosen[0], sellers)
