"""The server that is measured: the product's own application, with a bare endpoint of the framework beside it."""

import sys

import uvicorn
from pydantic import SecretStr

from api.app import create_app
from api.settings import Settings


def main() -> None:
    """Serve `sys.argv[1]` (a database) on port `sys.argv[2]`; the bare endpoint answers `sys.argv[3]` characters."""
    url, port, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    app = create_app(Settings(_env_file=None, database_url=SecretStr(url)), works=False)
    answer = {"text": "x" * (size - len('{"text":""}'))}

    @app.get("/bare")
    async def bare() -> dict[str, str]:
        return answer

    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
