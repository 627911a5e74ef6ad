"""The ways in which papers reach a client by mail."""

from enum import StrEnum


class PaperWay(StrEnum):
    """How papers come with a letter."""

    ATTACHMENT = "attachment"
    LINK = "link"
