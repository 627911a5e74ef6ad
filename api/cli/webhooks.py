"""Commands about webhooks: who is told of changes, and how each message fared (D12)."""

from typing import Annotated

import typer

from api.cli import options
from api.cli.counter import room, taught
from api.cli.installation import database, now, settings
from api.cli.language import Text
from api.cli.refusing import FOUND
from api.cli.screen import say, table
from api.cli.values import argument, flag, identifier, one_of, option
from entitlements.client_state import ChangeKind

webhook = room("webhook", Text("Сообщения другим системам", "Messages to other systems"))

Url = Annotated[str, argument("куда сообщать", "where to tell", Text("АДРЕС", "URL"))]
Endpoint = Annotated[int, argument("номер адреса", "number of the endpoint", options.NUMBER, identifier)]
Delivery = Annotated[int, argument("номер сообщения", "number of the message", options.NUMBER, identifier)]
Kinds = Annotated[
    list[str],
    option(
        "--kind",
        "о каких изменениях; можно несколько, без них обо всех",
        "of which changes; may be repeated, of all without",
        one_of(*ChangeKind),
    ),
]
Reason = Annotated[str, option("--reason", "почему", "why")]
Parked = Annotated[bool, flag("--parked", "только те, что ждут человека", "only those that wait for a person")]
OfEndpoint = Annotated[
    int | None, option("--endpoint", "только этому адресу", "only to this endpoint", identifier, options.NUMBER)
]
SHOWN = 50
"""How many messages a list shows."""


@taught(
    webhook,
    "add",
    Text(
        "Сообщать об изменениях на адрес. Секрет подписи показывается один раз: сохраните его сразу.",
        "Tell an address of changes. The secret of the signature is shown once: keep it now.",
    ),
    "abonement webhook add https://desk.example.org/abonement",
    "abonement webhook add https://desk.example.org/abonement --kind block.raised --kind hours.exhausted",
)
def add(url: Url, kinds: Kinds = []) -> None:  # noqa: B006
    """Add an endpoint and show its secret, once."""
    from api.database import transaction
    from api.webhook_sender import new_secret
    from entitlements.webhook_register import add_endpoint

    secret, plain_http = new_secret(), bool(settings().webhook_networks)
    wanted = [ChangeKind(kind) for kind in kinds] or [ChangeKind.CLIENT_CHANGED]
    with database() as engine, transaction(engine) as session:
        made = add_endpoint(session, url, wanted, secret, plain_http=plain_http, at=now())
    say(Text(f"Адрес {made.id}. Секрет больше не будет показан:", f"Endpoint {made.id}. Secret, not shown again:"))
    say(secret)


@taught(
    webhook,
    "rotate",
    Text(
        "Сменить секрет подписи. Прежний действует ещё сутки.",
        "Change the secret of the signature. The previous one holds for a day.",
    ),
    "abonement webhook rotate 1",
)
def rotate(endpoint_id: Endpoint) -> None:
    """Sign with a new secret and show it, once."""
    from api.database import transaction
    from api.webhook_sender import new_secret
    from entitlements.webhook_register import rotate_secret

    secret = new_secret()
    with database() as engine, transaction(engine) as session:
        rotate_secret(session, endpoint_id, secret, at=now())
    say(Text("Новый секрет, больше не будет показан:", "The new secret, not shown again:"))
    say(secret)


@taught(
    webhook,
    "list",
    Text("Показать адреса, и почему какие-то отключены.", "List the endpoints, and why some are disabled."),
    "abonement webhook list",
)
def list_endpoints() -> None:
    """Show the endpoints, the oldest first; status 1 when one is disabled or takes nothing."""
    from sqlmodel import col, select

    from api.database import reading
    from entitlements.webhooks import WebhookEndpoint

    with database() as engine, reading(engine) as session:
        found = session.exec(select(WebhookEndpoint).order_by(col(WebhookEndpoint.id))).all()
    heads = (
        Text("Номер", "Number"),
        Text("Адрес", "URL"),
        Text("Изменения", "Changes"),
        Text("Не принимает с", "Takes nothing since"),
        Text("Отключён", "Disabled"),
        Text("Причина", "Reason"),
    )
    table(heads, [
        (
            one.id,
            one.url,
            one.kinds,
            *(f"{at:%Y-%m-%d %H:%M}" if at else "" for at in (one.failing_since, one.disabled_at)),
            one.disabled_reason,
        )
        for one in found
    ])  # fmt: skip
    if any(one.failing_since or one.disabled_at for one in found):
        raise typer.Exit(FOUND)


@taught(
    webhook,
    "deliveries",
    Text("Показать последние сообщения и ответы на них.", "Show the newest messages and what was answered."),
    "abonement webhook deliveries --parked",
    "abonement webhook deliveries --endpoint 1",
)
def deliveries(endpoint_id: OfEndpoint = None, parked: Parked = False) -> None:
    """Show messages, the newest first; status 1 when one waits for a person."""
    from sqlmodel import col, select

    from api.database import reading
    from entitlements.webhook_register import deliveries_of
    from entitlements.webhooks import DeliveryState, WebhookAttempt

    heads = (
        Text("Сообщение", "Message"),
        Text("Адрес", "Endpoint"),
        Text("Изменение", "Change"),
        Text("Состояние", "State"),
        Text("Попыток", "Attempts"),
        Text("Последний ответ", "Last answer"),
    )
    with database() as engine, reading(engine) as session:
        found = deliveries_of(session, endpoint_id, DeliveryState.PARKED if parked else None, limit=SHOWN)
        own = select(WebhookAttempt).where(col(WebhookAttempt.delivery_id).in_([one.id for one in found]))
        attempts = session.exec(own.order_by(col(WebhookAttempt.id)))
        last = {one.delivery_id: one.status or one.problem for one in attempts}
    table(heads, [
        (one.id, one.endpoint_id, one.change_id, _state(one.state), one.attempts, last.get(one.id, "")) for one in found
    ])  # fmt: skip
    if any(one.state is DeliveryState.PARKED for one in found):
        raise typer.Exit(FOUND)


def _state(state: str) -> str:
    words = {
        "queued": Text("ждёт", "queued"),
        "taken": Text("принято", "taken"),
        "parked": Text("ждёт человека", "parked"),
        "withdrawn": Text("отозвано", "withdrawn"),
    }
    return words[state]


@taught(
    webhook,
    "resend",
    Text("Отправить сообщение ещё раз, под тем же номером.", "Send a message once more, under the same id."),
    "abonement webhook resend 17",
)
def send_again(delivery_id: Delivery) -> None:
    """Queue a message once more; a worker sends it."""
    from api.database import transaction
    from entitlements.webhook_register import resend

    with database() as engine, transaction(engine) as session:
        resend(session, delivery_id)
    say(Text(f"Сообщение {delivery_id} снова в очереди.", f"Message {delivery_id} is queued again."))


@taught(
    webhook,
    "disable",
    Text("Больше ничего не отправлять на адрес.", "Send nothing more to an endpoint."),
    'abonement webhook disable 1 --reason "Система заменена"',
)
def disable(endpoint_id: Endpoint, reason: Reason) -> None:
    """End an endpoint; what waits for it is withdrawn."""
    from api.database import transaction
    from entitlements.webhook_register import disable_endpoint

    with database() as engine, transaction(engine) as session:
        disable_endpoint(session, endpoint_id, reason, at=now())
    say(Text(f"Адрес {endpoint_id} отключён.", f"Endpoint {endpoint_id} is disabled."))


@taught(
    webhook,
    "enable",
    Text(
        "Снова сообщать на отключённый адрес о том, что изменится с этого часа.",
        "Tell a disabled endpoint again, of what changes from now on.",
    ),
    "abonement webhook enable 1",
)
def enable(endpoint_id: Endpoint) -> None:
    """Let an endpoint be told again."""
    from api.database import transaction
    from entitlements.webhook_register import enable_endpoint

    with database() as engine, transaction(engine) as session:
        enable_endpoint(session, endpoint_id)
    say(Text(f"Адрес {endpoint_id} включён.", f"Endpoint {endpoint_id} is enabled."))
