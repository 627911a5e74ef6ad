"""Commands about API keys."""

from api.cli import options
from api.cli.counter import room, taught
from api.cli.installation import database, now
from api.cli.language import Text
from api.cli.screen import say, table

key = room("key", Text("Ключи API", "API keys"))


@taught(
    key,
    "create",
    Text(
        "Создать ключ. Секрет показывается один раз: сохраните его сразу.",
        "Create a key. Its secret is shown once: keep it now.",
    ),
    'abonement key create "Служба поддержки" --role desk',
    'abonement key create "Портал клиента" --role client --client 1 --expires "2027-01-01 00:00"',
)
def create_key(
    name: options.KeyName,
    role: options.KeyRole,
    client_id: options.Client = None,
    expires_at: options.ExpiresAt = None,
) -> None:
    """Make a key and show its token, once."""
    from api import identity
    from api.cli.naming import local_zone
    from api.cli.values import in_zone
    from api.database import transaction
    from api.roles import Role

    with database() as engine, transaction(engine) as session:
        until = in_zone(expires_at, local_zone(session, None)) if expires_at else None
        made, token = identity.create_key(session, name, Role(role), at=now(), client_id=client_id, expires_at=until)
    say(Text(f"Ключ {made.prefix} ({role}), больше не будет показан:", f"Key {made.prefix} ({role}), not shown again:"))
    say(token)


@taught(key, "list", Text("Показать ключи без секретов.", "List the keys, without secrets."), "abonement key list")
def list_keys() -> None:
    """Show the keys, oldest first."""
    from sqlmodel import col, select

    from api.database import reading
    from api.keys import ApiKey

    with database() as engine, reading(engine) as session:
        keys = session.exec(select(ApiKey).order_by(col(ApiKey.id))).all()
    heads = [
        Text("Ключ", "Key"),
        Text("Имя", "Name"),
        Text("Роль", "Role"),
        Text("Клиент", "Client"),
        Text("Создан", "Created"),
        Text("Истекает", "Expires"),
        Text("Отозван", "Revoked"),
        Text("Звонил", "Last used"),
    ]
    moments = [(one.created_at, one.expires_at, one.revoked_at, one.last_used_at) for one in keys]
    table(heads, [
        (one.prefix, one.name, one.role, one.client_id or "", *(f"{at:%Y-%m-%d %H:%M}" if at else "" for at in times))
        for one, times in zip(keys, moments, strict=True)
    ])  # fmt: skip


@taught(key, "revoke", Text("Отозвать ключ навсегда.", "Revoke a key for good."), "abonement key revoke 1f2e3d4c")
def revoke_key(prefix: options.KeyPrefix) -> None:
    """End a key for good."""
    from api import identity
    from api.database import transaction

    with database() as engine, transaction(engine) as session:
        identity.revoke(session, prefix, at=now())
    say(Text(f"Ключ {prefix} отозван.", f"Key {prefix} is revoked."))
