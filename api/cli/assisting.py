"""The command that lets an assistant ask: the Model Context Protocol on standard input and output."""

import os

from api.cli.counter import app, taught
from api.cli.language import Text, language
from contracts.errors import Refusal


@taught(
    app,
    "mcp",
    Text(
        "Отвечать ассистентам по MCP через стандартный ввод и вывод; только чтение. Адрес и ключ — в ABONEMENT_URL и"
        " ABONEMENT_API_KEY.",
        "Answer assistants over MCP on standard input and output; reading only. Address and key are in ABONEMENT_URL"
        " and ABONEMENT_API_KEY.",
    ),
    "abonement mcp",
)
def mcp() -> None:
    """Serve until standard input ends."""
    try:
        from api.assistant import server_of
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in ("mcp", "mcp_types"):
            raise
        raise Refusal("EXTRA_MISSING", field="mcp", allowed="pip install 'abonement[mcp]'") from None
    from api.client import DeskClient
    from api.client.wire import UNSENDABLE

    told = {name: os.environ.get(name, "") for name in ("ABONEMENT_URL", "ABONEMENT_API_KEY")}
    for name, value in told.items():
        if not value:
            raise Refusal("SETTING_WRONG", field=name, value=None)
    try:
        desk = DeskClient(*told.values(), language="en" if language() == "en" else "ru")
    except ValueError as wrong:
        field = "ABONEMENT_API_KEY" if str(wrong) == UNSENDABLE else "ABONEMENT_URL"
        raise Refusal("SETTING_WRONG", field=field, allowed=str(wrong)) from None
    with desk:
        server_of(desk).run()
