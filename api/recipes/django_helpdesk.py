"""django-helpdesk: a receiver of its signal `new_ticket_done`, which notes the answer and holds what is not served."""

from collections.abc import Callable
from typing import Any

from api.client import Gate
from api.recipes.outcome import NAME, ask


def new_ticket_gate(gate: Gate, language: str) -> Callable[..., None]:
    """What to connect to the signal, by a strong reference: `new_ticket_done.connect(receiver, weak=False)`."""

    def receiver(sender: Any, ticket: Any, **more: Any) -> None:
        client: Any = {"email": ticket.submitter_email} if ticket.submitter_email else {}
        outcome = ask(gate, language, client=client, ticket=str(ticket.id))
        ticket.followup_set.create(title=NAME, comment=outcome.note, public=False)
        if not outcome.serve:
            ticket.on_hold = True
            ticket.save(update_fields=["on_hold"])

    return receiver
