"""A mapping that was saved reads the next file alike; saved again it is replaced."""

from sqlmodel import Session, select

from contracts.file_mapping import FileMapping, read_mapping
from contracts.saved_mappings import SavedMapping, save_mapping, saved_mapping
from tests.builders import moment, refused

AT, LATER = moment("2026-11-25 10:00"), moment("2026-11-26 10:00")
MAPPING = FileMapping({"client": ("Фирма",)}, {"plan": {"Профи": "its-prof"}}, delimiter=";", sheet="Май")


def test_a_mapping_is_kept_whole_under_its_name(session: Session) -> None:
    save_mapping(session, "crm", MAPPING, at=AT)
    assert read_mapping(FileMapping, saved_mapping(session, "crm")) == MAPPING


def test_saved_again_it_is_replaced_and_unchanged_it_stays(session: Session) -> None:
    save_mapping(session, "crm", MAPPING, at=AT)
    save_mapping(session, "crm", MAPPING, at=LATER)
    assert session.exec(select(SavedMapping.saved_at)).one() == AT
    save_mapping(session, "crm", FileMapping(), at=LATER)
    assert read_mapping(FileMapping, saved_mapping(session, "crm")) == FileMapping()
    assert session.exec(select(SavedMapping.saved_at)).one() == LATER


def test_a_name_of_nothing_names_those_that_there_are(session: Session) -> None:
    save_mapping(session, "crm", MAPPING, at=AT)
    with refused(session, "MAPPING_UNKNOWN", field="mapping", value="cmr", allowed=["crm"]):
        saved_mapping(session, "cmr")
    with refused(session, "TEXT_WRONG", field="mapping"):
        save_mapping(session, "a\nb", MAPPING, at=AT)
