"""A client of the desk's calls for help desks in Python: it needs neither the database's nor the server's libraries.

Three answers are three things: a value, `Unavailable`, or `CallWrong`. What the desk does while Abonement is away is
chosen once, when the `Gate` is made.
"""

from api.client.asking import ClientKeys, ContactKeys, OfflineUse, Question, ReportedWork, Work
from api.client.desk import DeskClient
from api.client.gate import Gate, OnUnavailable, Passage, Queued
from api.client.outcomes import CallWrong, Unavailable
from api.client.passes import Passes, PassVerdict
from api.client.queue import Replayed, Waiting, WorkQueue

__all__ = [
    "CallWrong",
    "ClientKeys",
    "ContactKeys",
    "DeskClient",
    "Gate",
    "OfflineUse",
    "OnUnavailable",
    "PassVerdict",
    "Passage",
    "Passes",
    "Question",
    "Queued",
    "Replayed",
    "ReportedWork",
    "Unavailable",
    "Waiting",
    "Work",
    "WorkQueue",
]
