"""Which column of a file of work means what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.errors import Refusal
from contracts.file_mapping import Columns, FileMapping, find_columns, read_mapping
from entitlements.hours_facts import Charge

CLIENT_KEYS = ("name", "external_id", "inn", "registration_number", "email", "phone", "id")
"""By what a column may name clients."""

USUAL_HEADS: dict[str, tuple[str, ...]] = {
    "client": ("client", "client name", "customer", "клиент", "заказчик", "контрагент", "организация"),
    "external_id": ("external id", "id", "entry id", "worklog id", "ключ", "код работы", "номер записи"),
    "worked_on": ("worked on", "date", "day", "work date", "дата", "день", "дата работы", "дата работ"),
    "started_at": ("started at", "start", "start time", "начало", "начало работ", "время начала", "дата и время"),
    "duration": ("hours", "duration", "time spent", "worked", "часы", "часов", "длительность", "трудозатраты"),
    "connected_seconds": ("connected seconds", "call seconds", "секунды звонка", "секунд соединения"),
    "travel": ("travel", "travel time", "дорога", "время в пути"),
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
class WorkMapping(FileMapping):
    """How a file of work is to be read; the texts of several columns make one key.

    `source` is the name under which the file's keys are known, the same each time. With `occurrences` rows of one key
    are told apart by their number in the file; without, a repeated key is a fault.
    """

    source: str = "import"
    client_by: str = "name"
    occurrences: bool = False

    def __post_init__(self) -> None:
        self.require_fields(USUAL_HEADS)
        for charge in self.values.get("charge", {}).values():
            if charge not in list(Charge):
                raise Refusal("CHARGE_UNKNOWN", field="charge", value=charge, allowed=list(Charge))
        if self.client_by not in CLIENT_KEYS:
            raise Refusal("MAPPING_WRONG", field="client_by", value=self.client_by, allowed=list(CLIENT_KEYS))


def mapping_of(document: Mapping[str, Any]) -> WorkMapping:
    """The mapping that a TOML or JSON file says. Raises `Refusal` with MAPPING_WRONG or CHARGE_UNKNOWN."""
    return read_mapping(WorkMapping, document)


def work_columns(heads: Sequence[str], mapping: WorkMapping) -> Columns:
    """The columns of a file of work.

    Without a column of keys of its own a work is known by its ticket and its engineer, since several engineers may work
    on one ticket. Raises `Refusal` with COLUMN_UNKNOWN, COLUMN_REPEATED or COLUMN_REQUIRED.
    """
    found = find_columns(heads, mapping, USUAL_HEADS)
    places = dict(found.places)
    if "external_id" not in places:
        places["external_id"] = (*places.get("ticket", ()), *places.get("engineer", ()))
    columns = Columns(found.heads, places)
    columns.require(USUAL_HEADS, "client", "external_id")
    if "connected_seconds" not in places:
        columns.require(USUAL_HEADS, "duration")
    if "started_at" not in places:
        columns.require(USUAL_HEADS, "worked_on")
    return columns
