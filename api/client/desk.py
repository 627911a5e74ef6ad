"""The desk's calls as methods: questions in, the server's own shapes out."""

from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Literal, TypeVar, Unpack
from urllib.parse import quote
from uuid import uuid4

from pydantic import BaseModel, ValidationError

from api.client.asking import OfflineUse, Question, ReportedWork, Work
from api.client.outcomes import Unavailable
from api.client.wire import Wire
from api.v1.answers import BatchAnswer, CheckAnswer
from api.v1.desk_answers import ChangesTold, CoverageAnswer, EndedHold, HoldAnswer, Settlement, WorkAnswer
from api.v1.offline_answers import OfflineUsesTold, PassAnswer

PATIENCE_SECONDS = 3.0
"""How long a call may take with all its attempts: somebody is on the telephone meanwhile."""
MOST_CHANGES = 100
"""How many changes a page of the feed has at most."""

Shape = TypeVar("Shape", bound=BaseModel)


class DeskClient:
    """Abonement as a help desk sees it, to be used in a `with`.

    Every method returns an answer, or raises `Unavailable` or `CallWrong`. A call that writes carries a key that its
    repetitions share; `once` is one of the caller's own, for what may be repeated later. A newer server may answer with
    more fields: they are left out.
    """

    def __init__(
        self,
        url: str,
        api_key: str,
        *,
        patience_seconds: float = PATIENCE_SECONDS,
        language: Literal["ru", "en"] = "ru",
        **more: Any,
    ) -> None:
        self._wire = Wire(url, api_key, patience_seconds=patience_seconds, language=language, **more)

    def __enter__(self) -> "DeskClient":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._wire.close()

    def check(self, **question: Unpack[Question]) -> CheckAnswer:
        """May this request be served, and out of which hours?"""
        return self._read(CheckAnswer, "POST", "/v1/entitlement-checks", question)

    def check_batch(self, questions: Sequence[Question]) -> list[CheckAnswer]:
        """The same for up to 100 questions, in their order."""
        asked = {"questions": list(questions)}
        return self._read(BatchAnswer, "POST", "/v1/entitlement-checks:batch", asked).answers

    def hold(
        self, *, hold_hours: int | None = None, once: str | None = None, **question: Unpack[Question]
    ) -> CheckAnswer:
        """The answer, with the minutes reserved from now when the request is served and needs any."""
        asked: dict[str, Any] = {**question, "mode": "hold"}
        if hold_hours is not None:
            asked["hold_hours"] = hold_hours
        return self._read(CheckAnswer, "POST", "/v1/entitlement-checks", asked, once or new_key())

    def settle(
        self, hold_id: int, *, minutes: int | None = None, work: ReportedWork | None = None, once: str | None = None
    ) -> Settlement:
        """End a hold whose work is logged, wholly or by so many minutes; or by the work, which is recorded with it.

        What is not settled is released.
        """
        said = {"minutes": minutes, "work": work}
        given = {name: value for name, value in said.items() if value is not None}
        return self._read(Settlement, "POST", f"/v1/holds/{hold_id:d}:settle", given or None, once or new_key())

    def release(self, hold_id: int, *, once: str | None = None) -> EndedHold:
        """Give the minutes of a hold back."""
        return self._read(EndedHold, "POST", f"/v1/holds/{hold_id:d}:release", None, once or new_key())

    def extend(self, hold_id: int, hold_hours: int, *, once: str | None = None) -> HoldAnswer:
        """Go on holding the same minutes for so many hours from now."""
        asked = {"hold_hours": hold_hours}
        return self._read(HoldAnswer, "POST", f"/v1/holds/{hold_id:d}:extend", asked, once or new_key())

    def log_work(self, *, once: str | None = None, **work: Unpack[Work]) -> WorkAnswer:
        """Record work, or correct what was recorded of it."""
        return self._read(WorkAnswer, "POST", "/v1/work-entries", work, once or new_key())

    def decision(self, decision_id: str, locale: Literal["ru", "en"] | None = None) -> CheckAnswer:
        """An answer as it was given, with every rule that was looked at."""
        asked = f"?locale={locale}" if locale is not None else ""
        return self._read(CheckAnswer, "GET", f"/v1/entitlement-checks/{quote(decision_id, safe='')}{asked}")

    def coverage(self, client_id: int, at: datetime | None = None) -> CoverageAnswer:
        """Every cover of a client and the hours left, now or at a moment."""
        asked = f"?at={quote(at.isoformat())}" if at is not None else ""
        return self._read(CoverageAnswer, "GET", f"/v1/clients/{client_id:d}/coverage{asked}")

    def changes(
        self, after: int | None = None, *, client_id: int | None = None, limit: int = MOST_CHANGES
    ) -> ChangesTold:
        """The changes that were told after one that is known, oldest first; `last` is the next call's `after`.

        A page with fewer than `limit` changes is the last one for now. Keep `last` once its changes are dealt with: the
        feed begins anew without it, and misses nothing with it.
        """
        asked = {"after": after, "client_id": client_id, "limit": limit}
        given = "&".join(f"{name}={value:d}" for name, value in asked.items() if value is not None)
        return self._read(ChangesTold, "GET", f"/v1/changes?{given}")

    def offline_pass(self, client_id: int) -> PassAnswer:
        """A pass for the client, to go by while the server is away; a suspended one gets none."""
        return self._read(PassAnswer, "GET", f"/v1/clients/{client_id:d}/offline-pass")

    def public_keys(self) -> bytes:
        """The keys that passes and receipts are checked with, as a JWK set."""
        return self._wire.call("GET", "/.well-known/jwks.json")

    def record_offline(
        self, offline_pass: str, uses: Sequence[OfflineUse], *, once: str | None = None
    ) -> OfflineUsesTold:
        """Record what was done on a pass; each use counts once."""
        body = {"offline_pass": offline_pass, "uses": list(uses)}
        return self._read(OfflineUsesTold, "POST", "/v1/offline-uses", body, once or new_key())

    def _read(self, shape: type[Shape], method: str, path: str, body: Any = None, once: str | None = None) -> Shape:
        content = self._wire.call(method, path, body, once=once)
        try:
            return shape.model_validate_json(content, extra="ignore")
        except ValidationError:
            raise Unavailable(f"the answer is no {shape.__name__}") from None


def new_key() -> str:
    """A key for one thing to be done."""
    return uuid4().hex
