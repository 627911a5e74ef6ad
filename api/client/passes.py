"""Going on while the server is away: passes that were kept, and what was done on them until it is told (D1, D5)."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Unpack, cast

import msgspec

from api.client.asking import ClientKeys, OfflineUse, Question
from api.client.desk import DeskClient, new_key
from api.client.outcomes import CallWrong
from api.client.queue import Replayed, Waiting, WorkQueue
from contracts.errors import Refusal
from entitlements.reasons import Verdict
from entitlements.receipts import Kind, read_key_set, require_good, verified

UNDECIDED = {"at", "known_at", "feature"}
"""What a question may ask that no pass tells."""


@dataclass(frozen=True, slots=True)
class PassVerdict:
    """What a pass says of a service of its client; it stands until `valid_until`."""

    client_id: int
    decision: Verdict
    reason: str
    text: str
    valid_until: datetime
    offline_pass: str


class Kept(msgspec.Struct, frozen=True):
    """A pass with the keys by which the desk knows its client."""

    known_by: dict[str, Any]
    offline_pass: str


class UseQueue(WorkQueue):
    """Uses that wait for the server, each with the pass that it was done on."""

    def _send(self, desk: DeskClient, one: Waiting) -> None:
        desk.record_offline(one.work["offline_pass"], [one.work["use"]], once=one.key)


class Passes:
    """The passes of the clients whom a desk wants to serve without the server, and its queue, in a folder of their own.

    A pass is believed by its signature alone, checked with the keys that the server published when it was kept.
    """

    def __init__(self, folder: Path | str, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.folder, self._clock = Path(folder), clock
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.uses = UseQueue(self.folder / "uses.jsonl")

    def keep(self, desk: DeskClient, clients: Iterable[ClientKeys]) -> list[tuple[ClientKeys, CallWrong | None]]:
        """Fetch a pass for each client, in place of all that were kept; those that get none, with the refusal.

        The refusal is none where the keys do not name one client. Raises `Unavailable`: what was kept then stays.
        """
        public_keys, kept, refused = desk.public_keys(), [], list[tuple[ClientKeys, CallWrong | None]]()
        for keys in clients:
            try:
                client_id = keys["id"] if set(keys) == {"id"} else desk.check(client=keys).client_id
                if client_id is None:
                    refused.append((keys, None))
                    continue
                kept.append(Kept(cast(dict[str, Any], keys), desk.offline_pass(client_id).offline_pass))
            except CallWrong as wrong:
                refused.append((keys, wrong))
        self._write("keys.json", public_keys)
        self._write("passes.json", msgspec.json.encode(kept))
        return refused

    def verdict(self, **question: Unpack[Question]) -> PassVerdict | None:
        """What a pass says now; none where none is kept, genuine and in time, or where it does not say.

        A pass knows the keys under which it was kept, the client's id and its registrations. It does not say whether
        more minutes may be worked than it tells as left, less those that wait in the queue.
        """
        now, asked = self._clock(), question["client"]
        found = [one for one in self._good(now) if _names(one, asked)]
        if len(found) != 1 or UNDECIDED & set(question):
            return None
        [(kept, claims)] = found
        number = question.get("registration_number")
        if number is not None and number not in claims["registrations"]:
            return None
        if claims["hours"] and question.get("requested_minutes", 0) > self._left(claims):
            return None
        told = [one for one in claims["verdicts"] if one["service"] == question.get("service")]
        return _verdict(kept, claims, told[0]) if told else None

    def log(self, verdict: PassVerdict, **use: Unpack[OfflineUse]) -> str:
        """Keep what was done on a pass, under the key that is returned; it is on the disk then.

        Raises `OSError` when it cannot be kept.
        """
        key = new_key()
        self.uses.add(key, {"client_id": verdict.client_id, "offline_pass": verdict.offline_pass, "use": {**use}})
        return key

    def deliver(self, desk: DeskClient) -> Replayed:
        """Tell the server what waits, oldest first, until it is away again; each use counts once."""
        return self.uses.replay(desk)

    def _good(self, now: datetime) -> Iterator[tuple[Kept, dict[str, Any]]]:
        """The passes that prove something now, with what they say; others are as if they were not kept."""
        try:
            keys = read_key_set((self.folder / "keys.json").read_bytes())
            kept = msgspec.json.decode((self.folder / "passes.json").read_bytes(), type=list[Kept])
        except (FileNotFoundError, msgspec.MsgspecError, Refusal):
            return
        for one in kept:
            try:
                signed = verified(one.offline_pass, keys)
                require_good(signed, at=now)
            except Refusal:
                continue
            if signed.kind is Kind.PASS:
                yield one, signed.claims

    def _left(self, claims: Mapping[str, Any]) -> int:
        """The minutes that the pass tells as left, less those that were worked since."""
        waiting = [one.work for one in self.uses.waiting() if one.work["client_id"] == claims["client_id"]]
        told = sum(int(hours["available"]) for hours in claims["hours"].values())
        return told - sum(int(work["use"]["worked_minutes"]) for work in waiting)

    def _write(self, name: str, content: bytes) -> None:
        """Put a file in place of what was there, whole or not at all."""
        new = self.folder / f"{name}.new"
        with new.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.folder / name)


def _names(one: tuple[Kept, dict[str, Any]], asked: ClientKeys) -> bool:
    kept, claims = one
    match dict(asked):
        case {"id": int(client_id), **others} if not others:
            return bool(client_id == claims["client_id"])
        case {"registration_number": str(number), **others} if not others:
            return number in claims["registrations"]
        case keys:
            return keys == kept.known_by


def _verdict(kept: Kept, claims: Mapping[str, Any], told: Mapping[str, Any]) -> PassVerdict:
    return PassVerdict(
        client_id=claims["client_id"],
        decision=Verdict(told["decision"]),
        reason=told["reason"],
        text=told["text"],
        valid_until=datetime.fromisoformat(claims["valid_until"]),
        offline_pass=kept.offline_pass,
    )
