"""How wide a column of money stands on paper: as its longest sum needs (P1)."""

from collections.abc import Iterable

from contracts.money import Money
from documents.words import Language, amount_in_figures

_HOLDS = {"money": 10, "amount": 12, "balance": 14, "large-money": 18}
"""Classes of the house's style sheet, each with the letters of the longest sum that it holds in bold."""


def money_column(amounts: Iterable[Money], language: Language, least: str = "money") -> str:
    """The narrowest column, not under `least`, in which each of the amounts stands on its line.

    Up to 99 999 999 999.99, with or without a minus; beyond that it is the widest that there is.
    """
    by_worth = sorted(amounts, key=lambda amount: amount.minor)
    longest = max((len(amount_in_figures(one, language)) for one in (*by_worth[:1], *by_worth[-1:])), default=0)
    longest = max(longest, _HOLDS[least])
    return next((column for column, letters in _HOLDS.items() if longest <= letters), "large-money")
