"""Mappings of files that are kept under a name, so that the next file of the same sort is read alike."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Text
from sqlmodel import Field, Session, SQLModel, select

from contracts.columns import identifier
from contracts.errors import Refusal
from contracts.file_mapping import FileMapping
from contracts.requisites import require_text


class SavedMapping(SQLModel, table=True):
    """How one sort of file is read, kept under a name as a JSON document; saved again it is replaced."""

    __tablename__ = "saved_mapping"

    id: int = identifier()
    name: str = Field(max_length=60, unique=True)
    document: str = Field(sa_type=Text)
    saved_at: datetime


def save_mapping(session: Session, name: str, mapping: FileMapping, *, at: datetime) -> SavedMapping:
    """Keep a mapping under a name, in place of one that had it. Raises `Refusal("TEXT_WRONG")`."""
    name = require_text(name, "mapping", 60)
    told = {key: value for key, value in asdict(mapping).items() if value}
    document = json.dumps(told)
    saved = session.exec(select(SavedMapping).where(SavedMapping.name == name)).first()
    if saved is None:
        saved = SavedMapping(name=name, document=document, saved_at=at)
    elif saved.document != document:
        saved.document, saved.saved_at = document, at
    session.add(saved)
    session.flush()
    return saved


def saved_mapping(session: Session, name: str) -> Mapping[str, Any]:
    """The document of a mapping. Raises `Refusal("MAPPING_UNKNOWN")`, naming those that there are."""
    saved = session.exec(select(SavedMapping).where(SavedMapping.name == name)).first()
    if saved is None:
        names = list(session.exec(select(SavedMapping.name).order_by(SavedMapping.name)))
        raise Refusal("MAPPING_UNKNOWN", field="mapping", value=name, allowed=names)
    document: Mapping[str, Any] = json.loads(saved.document)
    return document
