"""Signing in through the firm's own provider of identities: OpenID Connect, the code flow with PKCE (RFC 7636)."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import httpx
import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from api.settings import Settings
from contracts.errors import Refusal

log = structlog.get_logger()

SECONDS = 10
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA", "Ed25519"]
"""Signatures with a key of the provider's own; a secret that we share signs nothing."""
LEEWAY_SECONDS = 60
"""How far the provider's clock may be from ours."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one browser must come back with: kept in a cookie of its own, and good for one sign-in."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> "Attempt":
        """An attempt that nobody can guess."""
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))


def has_provider(settings: Settings) -> bool:
    """Whether the installation signs its staff in through a provider."""
    return bool(settings.oidc_issuer and settings.oidc_client_id)


def way_out(settings: Settings, attempt: Attempt, back: str) -> str:
    """The provider's address to which the browser goes. Raises `Refusal("OIDC_FAILED")`."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(attempt.verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "scope": "openid email",
        "client_id": settings.oidc_client_id,
        "redirect_uri": back,
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    with _open() as http:
        endpoint = str(_discovered(http, settings)["authorization_endpoint"])
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"


def proven_email(settings: Settings, attempt: Attempt, code: str, back: str, *, at: datetime) -> str:
    """The e-mail that the provider vouches for, for a code that it gave the browser.

    Raises `Refusal` with OIDC_FAILED, or with OIDC_EMAIL_UNPROVEN when the provider does not vouch for the e-mail.
    """
    secret = settings.oidc_client_secret.get_secret_value() if settings.oidc_client_secret is not None else ""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": attempt.verifier}
    with _open() as http:
        known = _discovered(http, settings)
        given = _json(http.post(str(known["token_endpoint"]), data=form, auth=(settings.oidc_client_id, secret)))
        keys = _json(http.get(str(known["jwks_uri"])))
    claims = _claims(str(given.get("id_token", "")), keys, settings, attempt, at=at)
    if claims.get("email_verified") is not True or not isinstance(claims.get("email"), str):
        raise Refusal("OIDC_EMAIL_UNPROVEN")
    return str(claims["email"])


def _claims(token: str, keys: Any, settings: Settings, attempt: Attempt, *, at: datetime) -> dict[str, Any]:
    """What the provider's token says, when it is signed by the provider, for us, now, and for this attempt."""
    wanted = {
        "iss": {"essential": True, "value": settings.oidc_issuer},
        "aud": {"essential": True, "value": settings.oidc_client_id},
        "exp": {"essential": True},
        "nonce": {"essential": True, "value": attempt.nonce},
    }
    try:
        claims = jwt.decode(token, KeySet.import_key_set(keys), algorithms=ALGORITHMS).claims
        jwt.JWTClaimsRegistry(now=int(at.timestamp()), leeway=LEEWAY_SECONDS, **wanted).validate(claims)  # type: ignore[arg-type]
    except (JoseError, ValueError) as unproven:
        raise _failed(type(unproven).__name__) from unproven
    return dict(claims)


def _discovered(http: httpx.Client, settings: Settings) -> dict[str, Any]:
    """Where the provider's endpoints are (OpenID Connect Discovery 1.0); it must name itself as it was named to us."""
    known = _json(http.get(f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration"))
    if known.get("issuer") != settings.oidc_issuer:
        raise _failed(f"the provider calls itself {known.get('issuer')}")
    return known


def _open() -> "_Client":
    return _Client(timeout=SECONDS, trust_env=False, follow_redirects=False)


class _Client(httpx.Client):
    """A client whose every failure is the same refusal: what went wrong is for the log."""

    def request(self, *arguments: Any, **more: Any) -> httpx.Response:
        try:
            return super().request(*arguments, **more)
        except (httpx.HTTPError, httpx.InvalidURL) as lost:
            raise _failed(type(lost).__name__) from lost


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError as unreadable:
        raise _failed(f"status {answer.status_code}, no JSON") from unreadable
    if answer.status_code != httpx.codes.OK or not isinstance(told, dict):
        raise _failed(f"status {answer.status_code}")
    return told


def _failed(problem: str) -> Refusal:
    log.warning("provider of identities", problem=problem[:200])
    return Refusal("OIDC_FAILED")
