"""The ways a seller is taxed (rule M2); the rates that follow from them are billing's."""

from enum import StrEnum


class TaxMode(StrEnum):
    """How a seller is taxed; dated with the seller, since it changes at a New Year."""

    GENERAL = "general"
    SIMPLIFIED_EXEMPT = "simplified_exempt"  # prints "Без НДС", which is not a rate of 0 %
    SIMPLIFIED_5 = "simplified_5"
    SIMPLIFIED_7 = "simplified_7"

    @property
    def is_taxed(self) -> bool:
        """Whether prices have VAT inside."""
        return self is not TaxMode.SIMPLIFIED_EXEMPT
