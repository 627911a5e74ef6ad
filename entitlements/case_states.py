"""The states of an over-limit case, and which may follow which (rule D6)."""

from enum import StrEnum


class CaseState(StrEnum):
    """What a manager said to a client's requests beyond the hours of a month."""

    NEW = "new"
    WATCH = "watch"
    BILL = "bill"
    REFUSE = "refuse"
    FORGIVEN = "forgiven"
    INVOICED = "invoiced"

    @property
    def serves(self) -> bool:
        """Whether requests beyond the hours are served."""
        return self in _SERVING

    @property
    def followers(self) -> tuple["CaseState", ...]:
        """The states that a person may choose after it; `invoiced` is set by the close of the month alone."""
        return _FOLLOWERS.get(self, ())


_SERVING = frozenset({CaseState.WATCH, CaseState.BILL, CaseState.FORGIVEN, CaseState.INVOICED})
_FOLLOWERS = {
    CaseState.NEW: (CaseState.WATCH, CaseState.BILL, CaseState.REFUSE, CaseState.FORGIVEN),
    CaseState.WATCH: (CaseState.BILL, CaseState.REFUSE, CaseState.FORGIVEN),
    CaseState.BILL: (CaseState.FORGIVEN,),
    CaseState.FORGIVEN: (CaseState.BILL,),
}
