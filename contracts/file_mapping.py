"""Which column of a file means what: given by a person, else known by the names that such columns usually have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from contracts.errors import Refusal
from contracts.requisites import search_key

UsualHeads = Mapping[str, tuple[str, ...]]
"""What can be read of a row, and the heads by which its column is known when none is given."""


@dataclass(frozen=True, slots=True)
class FileMapping:
    """How a file is to be read.

    `columns` names the head, or several, of what is not found by its usual head. `values` translates what stands in the
    cells: `{"plan": {"ИТС ПРОФ": "its-prof"}}`. The rest says how the table is stored, where that is not found out.
    """

    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None

    def require_fields(self, known: UsualHeads) -> None:
        """Raises `Refusal("MAPPING_WRONG")` when it speaks of anything that such a file cannot say."""
        for told, given in (("column", self.columns), ("values", self.values)):
            for name in given:
                if name not in known:
                    raise Refusal("MAPPING_WRONG", field=told, value=name, allowed=list(known))


Kind = TypeVar("Kind", bound=FileMapping)


def read_mapping(kind: type[Kind], document: Mapping[str, Any]) -> Kind:
    """The mapping that a TOML or JSON document says. Raises `Refusal("MAPPING_WRONG")`, or those of the kind."""
    known = {one.name for one in fields(kind)}
    for name, value in document.items():
        if name not in known:
            raise Refusal("MAPPING_WRONG", field="mapping", value=name, allowed=sorted(known))
        if not _fits(name, value):
            raise Refusal("MAPPING_WRONG", field=name, value=value, allowed=_EXAMPLES.get(name, "text"))
    given = document.get("columns", {})
    columns = {name: (heads,) if isinstance(heads, str) else tuple(heads) for name, heads in given.items()}
    return kind(**{**document, "columns": columns})


_EXAMPLES = {
    "columns": 'external_id = ["task", "engineer"]',
    "values": 'charge = {Development = "paid"}',
    "digits": "registration = 9",
    "occurrences": "true, false",
}


def _fits(name: str, value: object) -> bool:
    match name:
        case "columns":
            return isinstance(value, dict) and all(
                isinstance(heads, str)
                or (isinstance(heads, list) and heads and all(isinstance(head, str) for head in heads))
                for heads in value.values()
            )
        case "values":
            return isinstance(value, dict) and all(
                isinstance(words, dict) and all(isinstance(word, str) for word in words.values())
                for words in value.values()
            )
        case "digits":
            return isinstance(value, dict) and all(type(count) is int and count > 0 for count in value.values())
        case "occurrences":
            return isinstance(value, bool)
    return isinstance(value, str)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where in a row each thing stands: places from 0, and the heads over them."""

    heads: tuple[str, ...]
    places: Mapping[str, tuple[int, ...]]

    def over(self, name: str) -> str:
        """What stands over the column of a thing: "task + engineer"; the thing's own name when it has no column."""
        return " + ".join(self.heads[place] for place in self.places.get(name, ())) or name

    def require(self, usual: UsualHeads, *names: str) -> None:
        """Raises `Refusal("COLUMN_REQUIRED")`, with its usual heads, when there is no column of one of the names."""
        for name in names:
            if not self.places.get(name):
                raise Refusal("COLUMN_REQUIRED", field="column", value=name, allowed=list(usual[name]))


def find_columns(heads: Sequence[str], mapping: FileMapping, usual: UsualHeads) -> Columns:
    """The columns of what the mapping names and of what is known by its usual head.

    Raises `Refusal` with COLUMN_UNKNOWN or COLUMN_REPEATED.
    """
    keys = [_key(head) for head in heads]
    places = {name: tuple(_place(head, keys, heads) for head in given) for name, given in mapping.columns.items()}
    for name, known in usual.items():
        found = [head for head in known if _key(head) in keys]
        if name not in places and found:
            places[name] = (_place(found[0], keys, heads),)
    return Columns(tuple(heads), places)


def _key(head: str) -> str:
    return search_key(head.replace("_", " "))


def _place(head: str, keys: Sequence[str], heads: Sequence[str]) -> int:
    found = keys.count(_key(head))
    if found == 0:
        raise Refusal("COLUMN_UNKNOWN", field="column", value=head, allowed=list(heads))
    if found > 1:
        raise Refusal("COLUMN_REPEATED", field="column", value=head)
    return keys.index(_key(head))
