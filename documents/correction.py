"""What a corrected paper says of itself: which correction it is, of which day (P2)."""

from dataclasses import dataclass
from datetime import date

from documents.words import Language, day_in_words


@dataclass(frozen=True, slots=True)
class Correction:
    """That a paper takes the place of one with the same number and day, because that named a party wrong."""

    number: int
    issued_on: date

    def said(self, language: Language) -> str:
        """What the paper prints above its title."""
        day = day_in_words(self.issued_on, language)
        if language is Language.RU:
            return f"Исправление № {self.number} от {day} вместо выпущенного ранее с тем же номером и датой."
        return f"Correction No. {self.number} of {day}, in place of the paper of the same number and date."
