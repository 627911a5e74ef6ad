"""Passes for the mail filter and other recipes: run by cron, with the callers' addresses on standard input.

`python -m api.recipes.passes < addresses` delivers what was done on passes, then fetches them anew. Exit status 75 says
that Abonement is away: what is kept stays, and the next run tries again.
"""

import os
import sys
import traceback
from typing import IO

from api.client import Passes, Unavailable
from api.client.desk import DeskClient
from api.recipes.mail import DONE, TRY_LATER
from api.recipes.outcome import gate_of


def main() -> int:
    """Deliver and fetch as the environment says; the exit status for cron."""
    gate, _ = gate_of(os.environ)
    if gate.passes is None:
        raise ValueError("ABONEMENT_ON_UNAVAILABLE must be go_by_pass")
    return renew(gate.passes, gate.desk, sys.stdin, sys.stderr)


def renew(passes: Passes, desk: DeskClient, addresses: IO[str], tells: IO[str]) -> int:
    """Deliver, fetch, and name who gets no pass and which use was refused."""
    try:
        delivered = passes.deliver(desk)
        refused = passes.keep(desk, [{"email": line.strip()} for line in addresses if line.strip()])
    except Unavailable:
        return TRY_LATER
    for waiting, wrong in delivered.refused:
        tells.write(f"{waiting.key}: {wrong}\n")
    for keys, withheld in refused:
        tells.write(f"{keys['email']}: {withheld or 'CLIENT_UNKNOWN'}\n")
    return DONE


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Exception:
        traceback.print_exc()
        sys.exit(TRY_LATER)
