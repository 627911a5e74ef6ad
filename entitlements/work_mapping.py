"""Which column of a file means what: given by a person, else known by the names that such columns usually have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from contracts.errors import Refusal
from contracts.requisites import search_key
from entitlements.hours_facts import Charge

CLIENT_KEYS = ("name", "external_id", "inn", "registration_number", "email", "phone", "id")
"""By what a column may name clients."""

USUAL_HEADS: dict[str, tuple[str, ...]] = {
    "client": ("client", "client name", "customer", "клиент", "заказчик", "контрагент", "организация"),
    "external_id": ("external id", "id", "entry id", "worklog id", "ключ", "код работы", "номер записи"),
    "worked_on": ("worked on", "date", "day", "work date", "дата", "день", "дата работы", "дата работ"),
    "started_at": ("started at", "start", "start time", "начало", "начало работ", "время начала", "дата и время"),
    "duration": ("hours", "duration", "time spent", "worked", "часы", "часов", "длительность", "трудозатраты"),
    "charge": ("charge", "charged", "оплата", "вид оплаты", "учет"),
    "ticket": ("ticket", "task", "issue", "request", "обращение", "заявка", "задача", "номер обращения"),
    "engineer": ("engineer", "technician", "assignee", "performer", "инженер", "исполнитель", "специалист"),
    "asked_by": ("asked by", "raised by", "requester", "reporter", "кто просил", "заявитель", "инициатор"),
    "service": ("service", "услуга", "вид услуги"),
    "channel": ("channel", "канал"),
    "summary": ("summary", "description", "subject", "title", "описание", "содержание", "тема", "что сделано"),
}
"""What can be read of a work, and the heads by which its column is known when none is given."""

USUAL_CHARGES = {
    **{charge.value: charge for charge in Charge},
    "списать": Charge.DRAW,
    "абонемент": Charge.DRAW,
    "по абонементу": Charge.DRAW,
    "платно": Charge.PAID,
    "бесплатно": Charge.GOODWILL,
    "вне договора": Charge.OUT_OF_SCOPE,
}


@dataclass(frozen=True, slots=True)
class WorkMapping:
    """How a file of work is to be read.

    `columns` names the head, or several, of what is not found by its usual head; the texts of several columns make one
    key. `values` translates what stands in the cells: `{"charge": {"Development": "paid"}}`. `source` is the name under
    which the file's keys are known, the same each time. With `occurrences` rows of one key are told apart by their
    number in the file; without, a repeated key is a fault.
    """

    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    source: str = "import"
    client_by: str = "name"
    occurrences: bool = False
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None

    def __post_init__(self) -> None:
        for given in (self.columns, self.values):
            for name in given:
                if name not in USUAL_HEADS:
                    raise Refusal("MAPPING_WRONG", field="column", value=name, allowed=list(USUAL_HEADS))
        for charge in self.values.get("charge", {}).values():
            if charge not in list(Charge):
                raise Refusal("CHARGE_UNKNOWN", field="charge", value=charge, allowed=list(Charge))
        if self.client_by not in CLIENT_KEYS:
            raise Refusal("MAPPING_WRONG", field="client_by", value=self.client_by, allowed=list(CLIENT_KEYS))


def mapping_of(document: Mapping[str, Any]) -> WorkMapping:
    """The mapping that a TOML or JSON file says. Raises `Refusal` with MAPPING_WRONG or CHARGE_UNKNOWN."""
    known = {one.name for one in fields(WorkMapping)}
    for name, value in document.items():
        if name not in known:
            raise Refusal("MAPPING_WRONG", field="mapping", value=name, allowed=sorted(known))
        if not _fits(name, value):
            raise Refusal("MAPPING_WRONG", field=name, value=value, allowed=_EXAMPLES.get(name, "text"))
    columns = {name: (heads,) if isinstance(heads, str) else tuple(heads) for name, heads in _of(document, "columns")}
    return WorkMapping(**{**document, "columns": columns})


_EXAMPLES = {
    "columns": 'external_id = ["task", "engineer"]',
    "values": 'charge = {Development = "paid"}',
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
        case "occurrences":
            return isinstance(value, bool)
    return isinstance(value, str)


def _of(document: Mapping[str, Any], name: str) -> Any:
    return document.get(name, {}).items()


@dataclass(frozen=True, slots=True)
class Columns:
    """Where in a row each thing stands: places from 0, and the heads over them."""

    heads: tuple[str, ...]
    places: Mapping[str, tuple[int, ...]]

    def over(self, name: str) -> str:
        """What stands over the column of a thing: "task + engineer"; the thing's own name when it has no column."""
        return " + ".join(self.heads[place] for place in self.places.get(name, ())) or name


def find_columns(heads: Sequence[str], mapping: WorkMapping) -> Columns:
    """The columns of what the mapping names and of what is known by its usual head.

    Without a column of keys of its own a work is known by its ticket and its engineer, since several engineers may work
    on one ticket. Raises `Refusal` with COLUMN_UNKNOWN, COLUMN_REPEATED or COLUMN_REQUIRED.
    """
    keys = [_key(head) for head in heads]
    places = {name: tuple(_place(head, keys, heads) for head in given) for name, given in mapping.columns.items()}
    for name, usual in USUAL_HEADS.items():
        found = [head for head in usual if _key(head) in keys]
        if name not in places and found:
            places[name] = (_place(found[0], keys, heads),)
    if "external_id" not in places:
        places["external_id"] = (*places.get("ticket", ()), *places.get("engineer", ()))
    for name in ("client", "duration", "external_id"):
        if not places.get(name):
            raise Refusal("COLUMN_REQUIRED", field="column", value=name, allowed=list(USUAL_HEADS[name]))
    if not places.keys() & {"worked_on", "started_at"}:
        raise Refusal("COLUMN_REQUIRED", field="column", value="worked_on", allowed=list(USUAL_HEADS["worked_on"]))
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
