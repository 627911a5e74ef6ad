"""Receipts and offline passes: signed texts that anybody can check with the published keys alone (D1).

A signed text is a compact JWS (RFC 7515) by Ed25519, the algorithm's name since RFC 9864; no other is read.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from msgspec import Struct

from contracts.errors import Refusal

ALGORITHM = "Ed25519"
CURVE: Literal["Ed25519"] = "Ed25519"
LONGEST_TEXT = 1_000_000
"""Characters of a signed text that are read at all."""


class Kind(StrEnum):
    """What was signed; it stands in the header, so that neither can be taken for the other."""

    RECEIPT = "abonement-receipt"
    PASS = "abonement-pass"


class SigningKey(Struct, frozen=True):
    """The key that signs now."""

    kid: str
    pair: OKPKey


class PublishedKey(Struct, frozen=True):
    """A key as everybody may know it; what it signed from `withdrawn_from` on proves nothing."""

    kid: str
    public_key: str
    made_at: datetime | None = None
    withdrawn_from: datetime | None = None


class Signed(Struct, frozen=True):
    """A genuine text: what it says, and the key that signed it."""

    kind: Kind
    key: PublishedKey
    claims: dict[str, Any]


def new_pair() -> OKPKey:
    """A new pair of keys, whose id is no option when it is typed behind a command."""
    while (pair := OKPKey.generate_key(CURVE)).thumbprint().startswith("-"):
        pass
    return pair


def pair_of(public_key: str, private_key: str | None = None) -> OKPKey:
    """The pair of these parts, or its public part alone."""
    parts: dict[str, str | list[str]] = {"kty": "OKP", "crv": CURVE, "x": public_key}
    return OKPKey.import_key(parts if private_key is None else parts | {"d": private_key})


def parts_of(pair: OKPKey) -> tuple[str, str]:
    """The public and the private part of a pair."""
    parts = pair.as_dict(private=True)
    return str(parts["x"]), str(parts["d"])


def sign(key: SigningKey, kind: Kind, claims: Mapping[str, Any]) -> str:
    """The claims as a signed text; the same claims under the same key are the same text."""
    header = {"alg": ALGORITHM, "kid": key.kid, "typ": kind.value}
    return jws.serialize_compact(header, msgspec.json.encode(claims), key.pair, algorithms=[ALGORITHM])


def receipt(key: SigningKey, evaluated_at: datetime, question: Any, answer: Mapping[str, Any]) -> str:
    """The receipt of an answer as it was told: all of it, and the question as it came."""
    return sign(key, Kind.RECEIPT, {"issued_at": evaluated_at, "question": question, "answer": answer})


def key_set(keys: Iterable[PublishedKey]) -> dict[str, Any]:
    """The keys as a JWK set (RFC 7517); `made_at` and `withdrawn_from` are members of our own."""
    return {"keys": [_jwk(key) for key in keys]}


def _jwk(key: PublishedKey) -> dict[str, Any]:
    known = {"kty": "OKP", "crv": CURVE, "x": key.public_key, "kid": key.kid, "alg": ALGORITHM, "use": "sig"}
    return known | {name: at for name in ("made_at", "withdrawn_from") if (at := getattr(key, name)) is not None}


class _Jwk(Struct):
    kty: str
    kid: str = ""
    crv: str = ""
    x: str = ""
    made_at: datetime | None = None
    withdrawn_from: datetime | None = None


class _JwkSet(Struct):
    keys: list[_Jwk]


def read_key_set(text: bytes | str) -> dict[str, PublishedKey]:
    """The keys of a JWK set by their names; those of other kinds are left out. Raises `Refusal("KEYS_UNREADABLE")`."""
    try:
        known = msgspec.json.decode(text, type=_JwkSet).keys
        keys = [PublishedKey(one.kid, one.x, one.made_at, one.withdrawn_from) for one in known if one.crv == CURVE]
        return {key.kid: key for key in keys if pair_of(key.public_key)}
    except (msgspec.MsgspecError, JoseError, ValueError):
        raise Refusal("KEYS_UNREADABLE", field="keys") from None


def verified(text: str, keys: Mapping[str, PublishedKey]) -> Signed:
    """What the text says, if one of the keys signed exactly it.

    Raises `Refusal` with RECEIPT_UNREADABLE, RECEIPT_KEY_UNKNOWN or RECEIPT_ALTERED.
    """
    kind, kid = _header(text)
    key = keys.get(kid)
    if key is None:
        raise Refusal("RECEIPT_KEY_UNKNOWN", field="kid", value=kid, allowed=list(keys))
    try:
        payload = jws.deserialize_compact(text, pair_of(key.public_key), algorithms=[ALGORITHM]).payload
    except (JoseError, ValueError):
        raise Refusal("RECEIPT_ALTERED", field="receipt") from None
    return Signed(kind, key, msgspec.json.decode(payload))


def require_good(signed: Signed, *, at: datetime) -> None:
    """Raises `Refusal` with RECEIPT_KEY_WITHDRAWN, or with PASS_EXPIRED at that moment."""
    withdrawn, issued_at = signed.key.withdrawn_from, datetime.fromisoformat(signed.claims["issued_at"])
    if withdrawn is not None and issued_at >= withdrawn:
        raise Refusal("RECEIPT_KEY_WITHDRAWN", field="kid", value=signed.key.kid, withdrawn_from=withdrawn)
    if signed.kind is Kind.PASS and at >= datetime.fromisoformat(signed.claims["valid_until"]):
        raise Refusal("PASS_EXPIRED", field="valid_until", value=signed.claims["valid_until"])


def _header(text: str) -> tuple[Kind, str]:
    """Kind and key of a signed text by its header, which nothing proves yet. Raises `Refusal("RECEIPT_UNREADABLE")`."""
    try:
        if len(text) > LONGEST_TEXT:
            raise ValueError(text[:20])
        header = jws.extract_compact(text.encode("ascii")).headers()
        if header["alg"] != ALGORITHM:
            raise ValueError(header["alg"])
        return Kind(header["typ"]), str(header["kid"])
    except (JoseError, ValueError, KeyError, TypeError):
        raise Refusal("RECEIPT_UNREADABLE", field="receipt") from None
