"""Work that could not be recorded yet: a file that is only ever added to, sent later, each entry once."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from api.client.desk import DeskClient
from api.client.outcomes import CallWrong, Unavailable


@dataclass(frozen=True, slots=True)
class Waiting:
    """Work that waits, under the key with which it was first sent."""

    key: str
    work: dict[str, Any]

    @property
    def event(self) -> tuple[Any, Any]:
        """What the work is known by."""
        return self.work.get("source"), self.work.get("external_id")


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay did: how many were recorded now, which were refused and wait on, how many it did not come to.

    `unreadable` counts lines that are no entries; they are left for a person to look at.
    """

    recorded: int
    refused: tuple[tuple[Waiting, CallWrong], ...]
    left: int
    unreadable: int


class WorkQueue:
    """The queue in a file, which several processes of one machine may share."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)

    def add(self, key: str, work: dict[str, Any]) -> None:
        """Keep the work; it is on the disk when this returns. Raises `OSError` when it cannot be kept."""
        self._append({"key": key, "work": work})

    def waiting(self) -> list[Waiting]:
        """What waits, oldest first."""
        return self._contents()[0]

    def has(self, source: str, external_id: str) -> bool:
        """Whether word of this event waits: later word of it must go behind."""
        return any(waiting.event == (source, external_id) for waiting in self.waiting())

    def replay(self, desk: DeskClient) -> Replayed:
        """Send what waits, oldest first, until the server is away again.

        Whatever was recorded by an attempt whose answer was lost is answered from that: the key is the same. A refused
        entry stays and is tried again by the next replay. Only one replay runs at a time.
        """
        with _locked(self.path.with_name(f"{self.path.name}.replay")):
            waiting, unreadable = self._contents()
            recorded, refused, tried = 0, [], 0
            for tried, one in enumerate(waiting, start=1):
                try:
                    self._send(desk, one)
                except CallWrong as wrong:
                    refused.append((one, wrong))
                except Unavailable:
                    tried -= 1
                    break
                else:
                    self._append({"done": one.key})
                    recorded += 1
            return Replayed(recorded, tuple(refused), len(waiting) - tried, unreadable)

    def _send(self, desk: DeskClient, one: Waiting) -> None:
        desk.log_work(once=one.key, **one.work)

    def _contents(self) -> tuple[list[Waiting], int]:
        waiting: dict[str, Waiting] = {}
        unreadable = 0
        for entry in self._entries():
            match entry:
                case {"key": str(key), "work": dict(work)}:
                    waiting[key] = Waiting(key, work)
                case {"done": str(key)}:
                    waiting.pop(key, None)
                case {"mark": str()}:
                    pass
                case _:
                    unreadable += 1
        return list(waiting.values()), unreadable

    def _entries(self) -> list[Any]:
        """What each line says; none for a line that says nothing."""
        return [_entry(line) for line in self.path.read_bytes().splitlines()] if self.path.exists() else []

    def _append(self, entry: dict[str, Any]) -> None:
        """Add a line; one that a crash has torn is ended first, so that it spoils no other."""
        line = msgspec.json.encode(entry) + b"\n"
        with _locked(self.path) as file:
            size = os.fstat(file).st_size
            if size and os.pread(file, 1, size - 1) != b"\n":
                line = b"\n" + line
            if os.write(file, line) != len(line):
                raise OSError(f"the disk of {self.path} is full")
            os.fsync(file)


def _entry(line: bytes) -> Any:
    try:
        return msgspec.json.decode(line)
    except msgspec.DecodeError:
        return None


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """The file, made for its owner's eyes only, and nobody else's turn meanwhile."""
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)
