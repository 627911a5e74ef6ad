"""What anybody may see: whether the server lives, and the documentation of the API with its assets from this server."""

from datetime import datetime
from importlib.resources import files
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from sqlalchemy import Engine, text

from api.database import reading
from api.request import GuardedRoute
from api.signing import stored_key
from contracts.errors import Refusal
from contracts.money import Money
from documents.sealing import sealed
from entitlements.key_rotation import published
from entitlements.receipts import key_set

router = APIRouter(route_class=GuardedRoute)

KEYS_KEPT_SECONDS = 300
"""For how long others may go on with the public keys that they have read."""

STATIC = files("api") / "static"
ASSETS = {
    "desk.js": "text/javascript",
    "docs.js": "text/javascript",
    "pages.css": "text/css",
    "pages.js": "text/javascript",
    "paper_page.js": "text/javascript",
    "verify.css": "text/css",
    "verify.js": "text/javascript",
    "verify_page.js": "text/javascript",
    "vendor/swagger-ui-bundle.js": "text/javascript",
    "vendor/swagger-ui.css": "text/css",
    "vendor/favicon-32x32.png": "image/png",
    "vendor/htmx.min.js": "text/javascript",
    "vendor/pico.min.css": "text/css",
}
_BY_NAME = {path.rpartition("/")[2]: path for path in ASSETS}
DOCS_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Health(BaseModel):
    """That the server answers."""

    status: Literal["ok"] = "ok"


@router.get("/health", tags=["health"])
async def live() -> Health:
    """Whether the process answers; it asks nobody else."""
    return Health()


@router.get("/health/ready", tags=["health"])
def ready(request: Request) -> Health:
    """Whether requests can be served: 503 while the database cannot be reached."""
    with reading(request.app.state.engine) as session:
        session.connection().execute(text("SELECT 1"))
    return Health()


class PublicKey(BaseModel):
    """A key that proves what it signed, as a JWK (RFC 7517) with two members of our own.

    From `withdrawn_from` on, if there is one, it proves nothing.
    """

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    x: str
    kid: str
    alg: Literal["Ed25519"]
    use: Literal["sig"]
    made_at: datetime
    withdrawn_from: datetime | None = None


class PublicKeys(BaseModel):
    """Every key that ever signed a receipt or a pass, the newest first."""

    keys: list[PublicKey]


@router.get("/.well-known/jwks.json", tags=["receipts"], response_model_exclude_none=True)
def keys(request: Request, response: Response) -> PublicKeys:
    """The public keys that receipts and offline passes are checked with."""
    engine: Engine = request.app.state.engine
    stored_key(engine, at=request.app.state.clock())
    with reading(engine) as session:
        known = published(session)
    response.headers["Cache-Control"] = f"public, max-age={KEYS_KEPT_SECONDS}"
    return PublicKeys.model_validate(key_set(known))


@router.get("/openapi.json", include_in_schema=False)
async def openapi(request: Request) -> Response:
    """The documentation for programs."""
    return JSONResponse(request.app.openapi())


@router.get("/docs", include_in_schema=False)
def docs() -> Response:
    """The documentation for people."""
    return Response(static_file("docs.html"), media_type="text/html", headers={"Content-Security-Policy": DOCS_POLICY})


@router.get("/verify", include_in_schema=False)
def verify() -> Response:
    """The page that checks a receipt with the public keys, in the reader's own browser."""
    return Response(
        static_file("verify.html"), media_type="text/html", headers={"Content-Security-Policy": DOCS_POLICY}
    )


class SealedStatement(BaseModel):
    """What was issued under a fingerprint, to be compared with the paper in hand."""

    number: str
    seller: str
    month: str
    total: str
    currency: str
    closed_at: datetime
    previous_sha256: str | None
    pdf_sha256: str | None
    """None while the paper is not printed."""


@router.get("/verify/statements/{sha256}", tags=["receipts"])
def sealed_statement(request: Request, sha256: Annotated[str, Path(pattern="^[0-9a-f]{64}$")]) -> SealedStatement:
    """The statement with this fingerprint. Raises `Refusal("FINGERPRINT_UNKNOWN")`."""
    with reading(request.app.state.engine) as session:
        found = sealed(session, sha256)
    if found is None:
        raise Refusal("FINGERPRINT_UNKNOWN", field="sha256", value=sha256)
    seal, statement, seller, paper = found
    return SealedStatement(
        number=statement.number,
        seller=seller.name,
        month=f"{statement.month:%Y-%m}",
        total=str(Money(statement.total_minor, statement.currency)),
        currency=statement.currency,
        closed_at=statement.closed_at,
        previous_sha256=seal.previous_sha256 or None,
        pdf_sha256=paper.sha256,
    )


@router.get("/docs/{asset}", include_in_schema=False)
def asset(asset: str) -> Response:
    """A script, style or picture of the documentation and the pages. Raises `Refusal("ROUTE_UNKNOWN")`."""
    if asset not in _BY_NAME:
        raise Refusal("ROUTE_UNKNOWN")
    path = _BY_NAME[asset]
    return Response(static_file(path), media_type=ASSETS[path], headers={"Cache-Control": "public, max-age=3600"})


def static_file(path: str) -> bytes:
    """What a static file of this server holds."""
    return STATIC.joinpath(*path.split("/")).read_bytes()
