"""The command that serves the API."""

import gc

from api.cli import options
from api.cli.counter import app, taught
from api.cli.installation import current_database, settings
from api.cli.language import Text
from api.cli.screen import say


@taught(
    app,
    "serve",
    Text(
        "Открыть страницы, API и его документацию. На SQLite печатает и документы из очереди.",
        "Serve the pages, the API and its documentation. On SQLite it prints the queued papers too.",
    ),
    "abonement serve",
    "abonement serve --host 0.0.0.0 --port 8080",
)
def serve(host: options.Host = "127.0.0.1", port: options.Port = 8000) -> None:
    """Serve until it is told to stop; a database that is not ready is refused before."""
    gc.disable()  # nothing that is loaded from here on is garbage; the application enables it when it has begun
    import uvicorn

    from api.app import create_app

    with current_database():  # a refusal is told before the server begins
        pass
    say(Text(f"Страницы: http://{host}:{port}/", f"Pages: http://{host}:{port}/"))
    say(Text(f"Документация: http://{host}:{port}/docs", f"Documentation: http://{host}:{port}/docs"))
    chosen = settings()
    proxies = chosen.proxy_networks.split()
    uvicorn.run(
        create_app(chosen),
        host=host,
        port=port,
        log_level="warning",
        server_header=False,
        forwarded_allow_ips=proxies,
    )
