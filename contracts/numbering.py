"""Numbers of contracts, statements, acts and invoices: gapless per seller, series and year (S13)."""

from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, text
from sqlmodel import Field, Session, SQLModel

from contracts.columns import choice, reference


class Series(StrEnum):
    """The number series, in the order in which one transaction takes them, so that writers never deadlock."""

    CONTRACT = "contract"
    STATEMENT = "statement"
    ACT = "act"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    RECONCILIATION = "reconciliation"


class NumberSeries(SQLModel, table=True):
    """The last number given in a seller's series of a year."""

    __tablename__ = "number_series"
    __table_args__ = (CheckConstraint("last_number > 0", name="last_number"),)

    seller_id: int = reference("seller.id", index=False, primary_key=True)
    series: Series = choice(Series, primary_key=True)
    year: int = Field(primary_key=True)
    last_number: int


class Numbered(SQLModel):
    """What a numbered paper carries: the printed number and its place in the series."""

    number: str = Field(max_length=60)
    year: int
    sequence: int


_TAKE = text(
    "INSERT INTO number_series (seller_id, series, year, last_number) VALUES (:seller_id, :series, :year, :count)"
    " ON CONFLICT (seller_id, series, year) DO UPDATE SET last_number = number_series.last_number + :count"
    " RETURNING last_number"
)


def take_number(session: Session, seller_id: int, series: Series, year: int) -> dict[str, Any]:
    """The next number of a series, as the fields of `Numbered`; given back when the transaction rolls back (S13)."""
    return take_numbers(session, seller_id, series, year, 1)[0]


def take_numbers(session: Session, seller_id: int, series: Series, year: int, count: int) -> list[dict[str, Any]]:
    """The next numbers of a series, in order."""
    if count == 0:
        return []
    place = {"seller_id": seller_id, "series": series.value, "year": year, "count": count}
    last: int = session.connection().execute(_TAKE, place).scalar_one()
    return [
        {"number": f"{year}-{sequence:04d}", "year": year, "sequence": sequence}
        for sequence in range(last - count + 1, last + 1)
    ]
