"""Column types that every table uses: identifiers, enums with a CHECK, names of constraints."""

from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Enum, Integer, String, cast, func
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Id = BigInteger().with_variant(Integer(), "sqlite")


def identifier() -> Any:
    """The primary key of a table: a 64-bit integer that the database gives."""
    return Field(default=None, primary_key=True, sa_type=Id)


def minor(**more: Any) -> Any:
    """An amount of money in minor units, of 64 bits: a contract in tenge has more than 32 (M1)."""
    return Field(sa_type=Id, **more)


def columns_of(table: type[SQLModel], *names: str) -> list[Any]:
    """The columns of these names, for a select that reads no whole rows."""
    return [getattr(table, name) for name in names]


def summed(amounts: Any) -> ColumnElement[Any]:
    """The sum of amounts as a whole number: PostgreSQL's own sum of 64-bit numbers is a decimal one."""
    return cast(func.sum(amounts), BigInteger)


def by_letters(longest: int) -> Any:
    """The type of texts that are compared letter by letter, so that an index finds those that begin alike."""
    return String(longest).with_variant(String(longest, collation="C"), "postgresql")


def reference(target: str, *, nullable: bool = False, index: bool = True, **more: Any) -> Any:
    """A foreign key to `target` ("table.id"), indexed unless told otherwise."""
    if nullable:
        more.setdefault("default", None)
    return Field(foreign_key=target, nullable=nullable, index=index, sa_type=Id, **more)


def choice(values: type[StrEnum], **more: Any) -> Any:
    """A column that stores an enum's values and carries a CHECK that nothing else gets in."""
    kind = Enum(
        values,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        create_constraint=True,
        length=40,
        name=f"{values.__name__.lower()}_known",
    )
    return Field(sa_type=kind, **more)
