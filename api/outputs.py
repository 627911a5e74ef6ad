"""What goes out: answers are made from rows and values, amounts are texts with two decimals, last days are inside."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from contracts.money import Money


class Answer(BaseModel):
    """An answer, or a part of one; it can be made of anything that has its fields."""

    model_config = ConfigDict(from_attributes=True)


def _amount(amount: Money | str) -> str:
    return str(amount)


Amount = Annotated[str, BeforeValidator(_amount), Field(examples=["33816.00"])]
