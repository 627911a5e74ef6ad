"""Going on while the server is away: passes that were kept, and what was done on them until it is told (D1, D5)."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, Unpack, cast

import msgspec

from api.client.asking import ClientKeys, OfflineUse, Question
from api.client.desk import DeskClient, new_key
from api.client.outcomes import CallWrong
from api.client.queue import Replayed, Waiting, WorkQueue
from contracts.client_keys import normal_key
from contracts.errors import Refusal
from entitlements.pass_claims import PassClaims, Told, read_claims
from entitlements.reasons import Verdict
from entitlements.receipts import Kind, read_key_set, require_good, verified


@dataclass(frozen=True, slots=True)
class PassVerdict:
    """What a pass says of a service of its client, or of any (`asked` is none); it stands until `valid_until`."""

    client_id: int
    asked: str | None
    decision: Verdict
    reason: str
    text: str
    valid_until: datetime
    offline_pass: str


class Kept(msgspec.Struct, frozen=True):
    """A pass with the keys by which the desk knows its client."""

    known_by: dict[str, Any]
    offline_pass: str


class KeptPasses(msgspec.Struct, frozen=True):
    """All that was kept at once, and the mark that the queue had then."""

    mark: str
    passes: list[Kept]


class UseQueue(WorkQueue):
    """Uses that wait for the server, each with the pass that it was done on; marks say when passes were fetched."""

    def mark(self) -> str:
        """Put a mark behind all that the server is known to have."""
        mark = new_key()
        self._append({"mark": mark})
        return mark

    def since(self, mark: str) -> list[dict[str, Any]] | None:
        """The uses that the server may not have had at the mark; none without the mark: nothing is known then."""
        uses, passed = dict[str, dict[str, Any]](), False
        for entry in self._entries():
            match entry:
                case {"key": str(key), "work": dict(work)}:
                    uses[key] = work
                case {"done": str(key)} if not passed:
                    uses.pop(key, None)
                case {"mark": str(one)}:
                    passed = passed or one == mark
        return list(uses.values()) if passed else None

    def _send(self, desk: DeskClient, one: Waiting) -> None:
        desk.record_offline(one.work["offline_pass"], [one.work["use"]], once=one.key)


class Good(NamedTuple):
    """A kept pass that proves something, with the mark of its time."""

    mark: str
    kept: Kept
    claims: PassClaims


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
        public_keys, mark = desk.public_keys(), self.uses.mark()
        kept, refused = list[Kept](), list[tuple[ClientKeys, CallWrong | None]]()
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
        self._write("passes.json", msgspec.json.encode(KeptPasses(mark, kept)))
        return refused

    def verdict(self, **question: Unpack[Question]) -> PassVerdict | None:
        """What a pass says now; none where none is kept, genuine and in time, or where it has no honest answer.

        A pass knows the keys under which it was kept, the client's id and its registrations. It answers as the server
        would have answered when it gave the pass, less all that was logged on passes since.
        """
        now, asked = self._clock(), question["client"]
        found = [one for one in self._good(now) if _names(one, asked)]
        if len({one.claims.client_id for one in found}) != 1:
            return None
        good = found[-1]
        done = self.uses.since(good.mark)
        if done is None:
            return None
        own = [one["use"] for one in done if one["client_id"] == good.claims.client_id]
        told = good.claims.answer(question, own)
        return None if told is None else _verdict(good, told)

    def log(self, verdict: PassVerdict, **use: Unpack[OfflineUse]) -> str:
        """Keep what was done on a pass, under the key that is returned; it is on the disk then.

        Its service is the one that was asked about, unless it names another. Raises `OSError` when it cannot be kept.
        """
        key = new_key()
        done = {"service": verdict.asked or "", **use}
        self.uses.add(key, {"client_id": verdict.client_id, "offline_pass": verdict.offline_pass, "use": done})
        return key

    def deliver(self, desk: DeskClient) -> Replayed:
        """Tell the server what waits, oldest first, until it is away again; each use counts once."""
        return self.uses.replay(desk)

    def _good(self, now: datetime) -> Iterator[Good]:
        """The passes that prove something now, with what they say; others are as if they were not kept."""
        try:
            keys = read_key_set((self.folder / "keys.json").read_bytes())
            kept = msgspec.json.decode((self.folder / "passes.json").read_bytes(), type=KeptPasses)
        except (FileNotFoundError, msgspec.MsgspecError, Refusal):
            return
        for one in kept.passes:
            try:
                signed = verified(one.offline_pass, keys)
                require_good(signed, at=now)
            except Refusal:
                continue
            claims = read_claims(signed.claims) if signed.kind is Kind.PASS else None
            if claims is not None:
                yield Good(kept.mark, one, claims)

    def _write(self, name: str, content: bytes) -> None:
        """Put a file in place of what was there, whole or not at all."""
        new = self.folder / f"{name}.new"
        with new.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.folder / name)


def _names(one: Good, asked: ClientKeys) -> bool:
    match _normal(asked):
        case {"id": int(client_id), **others} if not others:
            return client_id == one.claims.client_id
        case {"registration_number": str(number), **others} if not others:
            return number in one.claims.registrations
        case keys:
            return bool(keys) and keys == _normal(one.kept.known_by)


def _normal(keys: Mapping[str, Any]) -> dict[str, Any]:
    """The keys that are given in the writings by which the server knows them; none where it would refuse one."""
    try:
        return {name: normal_key(name, key) for name, key in keys.items() if key is not None}
    except Refusal:
        return {}


def _verdict(good: Good, told: Told) -> PassVerdict:
    return PassVerdict(
        client_id=good.claims.client_id,
        asked=told.asked,
        decision=told.decision,
        reason=told.reason,
        text=told.text,
        valid_until=good.claims.valid_until,
        offline_pass=good.kept.offline_pass,
    )
