"""Receipts: what was signed is read back, and nothing else is, whatever anybody does to it (D1)."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import OctKey, OKPKey

from contracts.errors import Refusal
from entitlements.receipts import (
    Kind,
    PublishedKey,
    SigningKey,
    key_set,
    new_pair,
    pair_of,
    parts_of,
    read_key_set,
    receipt,
    require_good,
    sign,
    verified,
)
from tests.builders import moment

AT = moment("2026-10-05 10:00")
PAIR = new_pair()
KEY = SigningKey(PAIR.thumbprint(), PAIR)
PUBLISHED = PublishedKey(KEY.kid, parts_of(PAIR)[0], AT)
KEYS = {KEY.kid: PUBLISHED}
ANSWER = {"decision": "allow", "decision_id": "7d2f", "client_id": 1, "state_version": 4, "at": AT, "text": "Покрыто"}
RECEIPT = receipt(KEY, AT, {"client": {"id": 1}}, ANSWER)


def part(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unpacked(text: str, place: int) -> dict[str, Any]:
    return json.loads(base64.urlsafe_b64decode(text.split(".")[place] + "=="))


def code_of(text: str, keys: dict[str, PublishedKey] = KEYS) -> str:
    with pytest.raises(Refusal) as refused:
        verified(text, keys)
    return refused.value.code


def with_part(place: int, value: Any) -> str:
    parts = RECEIPT.split(".")
    parts[place] = part(value)
    return ".".join(parts)


def test_a_receipt_tells_the_whole_answer_and_the_question() -> None:
    signed = verified(RECEIPT, KEYS)
    assert (signed.kind, signed.key) == (Kind.RECEIPT, PUBLISHED)
    assert signed.claims["question"] == {"client": {"id": 1}}
    assert signed.claims["answer"] == ANSWER | {"at": "2026-10-05T07:00:00Z"}
    require_good(signed, at=AT + timedelta(days=5000))


def test_the_same_answer_has_the_same_receipt() -> None:
    again = SigningKey(KEY.kid, pair_of(*parts_of(PAIR)))
    assert receipt(again, AT, {"client": {"id": 1}}, dict(ANSWER)) == RECEIPT


@pytest.mark.parametrize("field", ANSWER)
def test_no_field_of_the_answer_can_be_altered(field: str) -> None:
    claims = unpacked(RECEIPT, 1)
    claims["answer"][field] = "other"
    assert code_of(with_part(1, claims)) == "RECEIPT_ALTERED"


@pytest.mark.parametrize("claim", ["issued_at", "question", "answer"])
def test_no_claim_can_be_taken_away(claim: str) -> None:
    claims = unpacked(RECEIPT, 1)
    del claims[claim]
    assert code_of(with_part(1, claims)) == "RECEIPT_ALTERED"


def test_no_letter_of_the_text_can_be_altered() -> None:
    """But the last, of which only some bits count."""
    for place, letter in enumerate(RECEIPT[:-1]):
        altered = RECEIPT[:place] + ("A" if letter != "A" else "B") + RECEIPT[place + 1 :]
        assert code_of(altered) in {"RECEIPT_ALTERED", "RECEIPT_UNREADABLE", "RECEIPT_KEY_UNKNOWN"}


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "EdDSA"},
        {"alg": "ed25519"},
        {"alg": None},
        {"typ": "JWT"},
        {"typ": None},
        {"typ": []},
    ],
)
def test_a_text_of_another_algorithm_or_kind_is_not_even_read(header: dict[str, Any]) -> None:
    assert code_of(with_part(0, unpacked(RECEIPT, 0) | header)) == "RECEIPT_UNREADABLE"


def test_the_public_key_is_no_secret_that_could_sign() -> None:
    """The classic confusion: HMAC with the published key as its secret."""
    secret = OctKey.import_key(PUBLISHED.public_key)
    claims = base64.urlsafe_b64decode(RECEIPT.split(".")[1] + "==")
    header = {"alg": "HS256", "kid": KEY.kid, "typ": Kind.RECEIPT.value}
    forged = jws.serialize_compact(header, claims, secret, algorithms=["HS256"])
    assert code_of(forged) == "RECEIPT_UNREADABLE"
    assert code_of(".".join([part(header | {"alg": "Ed25519"}), *forged.split(".")[1:]])) == "RECEIPT_ALTERED"


def test_a_receipt_is_no_pass() -> None:
    assert code_of(with_part(0, unpacked(RECEIPT, 0) | {"typ": "abonement-pass"})) == "RECEIPT_ALTERED"


def test_a_foreign_key_under_our_name_proves_nothing() -> None:
    foreign = SigningKey(KEY.kid, OKPKey.generate_key("Ed25519"))
    assert code_of(receipt(foreign, AT, None, ANSWER)) == "RECEIPT_ALTERED"


def test_an_unknown_key_is_told_apart() -> None:
    assert code_of(RECEIPT, {}) == "RECEIPT_KEY_UNKNOWN"
    assert code_of(with_part(0, unpacked(RECEIPT, 0) | {"kid": "other"})) == "RECEIPT_KEY_UNKNOWN"


@pytest.mark.parametrize("text", ["", ".", "..", "a.b", "a.b.c", "Покрыто", "x" * 1_000_001, RECEIPT + ".x", "é.é.é"])
def test_what_is_no_signed_text_is_told_apart(text: str) -> None:
    assert code_of(text) == "RECEIPT_UNREADABLE"


@pytest.mark.parametrize(("days", "good"), [(-1, False), (0, False), (1, True)])
def test_a_withdrawn_key_proves_what_it_signed_before_that_moment_only(days: int, good: bool) -> None:
    withdrawn = PublishedKey(PUBLISHED.kid, PUBLISHED.public_key, AT, AT + timedelta(days=days))
    signed = verified(RECEIPT, {KEY.kid: withdrawn})
    if good:
        require_good(signed, at=AT)
    else:
        with pytest.raises(Refusal, match="RECEIPT_KEY_WITHDRAWN"):
            require_good(signed, at=AT)


def test_a_pass_ends_at_its_moment() -> None:
    until = AT + timedelta(hours=24)
    signed = verified(sign(KEY, Kind.PASS, {"issued_at": AT, "valid_until": until}), KEYS)
    require_good(signed, at=until - timedelta(seconds=1))
    with pytest.raises(Refusal, match="PASS_EXPIRED"):
        require_good(signed, at=until)


def test_published_keys_are_read_back_without_their_private_parts() -> None:
    withdrawn = PublishedKey("old", parts_of(new_pair())[0], AT, datetime(2026, 11, 1, tzinfo=UTC))
    text = json.dumps(key_set([PUBLISHED, withdrawn]), default=str)
    assert read_key_set(text) == {KEY.kid: PUBLISHED, "old": withdrawn}
    assert parts_of(PAIR)[1] not in text
    assert '"d"' not in text


def test_keys_of_others_in_a_set_are_left_out() -> None:
    others = [
        {"kty": "RSA", "kid": "r", "n": "AQ", "e": "AQAB"},
        {"kty": "OKP", "crv": "Ed448", "kid": "e", "x": "AA"},
    ]
    assert read_key_set(json.dumps({"keys": others})) == {}


NO_KEY = '{"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "a", "x": "!"}]}'


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"keys": 1}', NO_KEY])
def test_what_is_no_set_of_keys_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="KEYS_UNREADABLE"):
        read_key_set(text)
