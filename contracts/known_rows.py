"""The row of an id that somebody named, or the refusal that says there is none."""

from typing import TypeVar

from sqlmodel import Session, SQLModel

from contracts.errors import Refusal

Row = TypeVar("Row", bound=SQLModel)


def known_row(session: Session, table: type[Row], row_id: int) -> Row:
    """The row of a table by its id.

    Raises `Refusal` with a code and a field of the table's name: for `Paper` they are PAPER_UNKNOWN and `paper_id`.
    """
    row = session.get(table, row_id)
    if row is None:
        name = str(table.__tablename__)
        raise Refusal(f"{name.upper()}_UNKNOWN", field=f"{name}_id", value=row_id)
    return row
