"""Checking a receipt or an offline pass with published keys, on any machine."""

import sys
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli import options
from api.cli.counter import app, taught
from api.cli.installation import database, now, settings
from api.cli.language import Text
from api.cli.refusing import complain, explained
from api.cli.screen import as_json, facts, say
from api.cli.values import argument, option
from contracts.errors import Refusal

if TYPE_CHECKING:
    from entitlements.receipts import PublishedKey, Signed

STATUSES = {"RECEIPT_ALTERED": 4, "RECEIPT_KEY_UNKNOWN": 5, "RECEIPT_KEY_WITHDRAWN": 6, "PASS_EXPIRED": 7}
"""The exit statuses of what is no good; an unreadable text is 2, as anything mistyped."""
UTF_16 = (BOM_UTF16_LE, BOM_UTF16_BE)
LONGEST_WAIT_SECONDS = 10.0

ReceiptFile = Annotated[str, argument("файл с квитанцией, «-» — из ввода", "file of the receipt, - for input", "FILE")]
DecisionId = Annotated[str, argument("номер ответа", "id of the answer", Text("ОТВЕТ", "ANSWER"))]
Keys = Annotated[
    str | None,
    option(
        "--keys",
        "файл или адрес ключей; без него — ключи этой установки",
        "file or address of the keys; without it those of this installation",
        metavar=Text("файл|URL", "file|URL"),
    ),
]


@taught(
    app,
    "verify",
    Text(
        "Проверить квитанцию или пропуск опубликованными ключами. Статусы: 0 подлинная, 2 не квитанция, 4 изменена,"
        " 5 ключ неизвестен, 6 ключ отозван, 7 пропуск истёк.",
        "Check a receipt or a pass with published keys. Statuses: 0 genuine, 2 no receipt, 4 altered, 5 key unknown,"
        " 6 key withdrawn, 7 pass expired.",
    ),
    "abonement verify receipt.txt --keys https://desk.example/.well-known/jwks.json",
    "abonement verify - --keys jwks.json --json",
)
def verify(file: ReceiptFile, keys: Keys = None, json: options.AsJson = False) -> None:
    """Say in words what a genuine text tells, and by whose key."""
    from entitlements.receipts import require_good, verified

    text = _text(file, "file").strip()
    known = _published(keys)
    try:
        signed = verified(text, known)
        if json:
            as_json(signed.claims)
        else:
            _tell(signed)
        require_good(signed, at=now())
    except Refusal as refused:
        sentence, status = explained(refused, {})
        complain(sentence)
        raise typer.Exit(STATUSES.get(refused.code, status)) from None


@taught(
    app,
    "receipt",
    Text(
        "Напечатать квитанцию записанного ответа: подписанный текст, который проверяется без этой установки.",
        "Print the receipt of a stored answer: a signed text that is checked without this installation.",
    ),
    "abonement receipt 0f1a7c52-8a35-4d1c-a9b3-6d2f5c1e7a90 > receipt.txt",
)
def print_receipt(decision_id: DecisionId, locale: options.AnswerLocale = None) -> None:
    """Print the receipt of the answer, with all that an administrator sees."""
    from msgspec import json as texts

    from api.database import reading
    from api.roles import Role
    from api.signing import stored_key
    from api.v1.answers import Telling, answer_of
    from billing.owed import with_what_is_owed
    from documents.words import Language
    from entitlements.desk import read_decision
    from entitlements.receipts import receipt
    from entitlements.stored_question import stored_question

    with database() as engine:
        key = stored_key(engine, at=now())
        with reading(engine) as session:
            found = read_decision(session, decision_id)
            if found is None:
                raise Refusal("DECISION_UNKNOWN", field="decision_id", value=decision_id)
            row, known_at = found[0], stored_question(found[0].question).known_then(found[0].evaluated_at)
            [decision] = with_what_is_owed(session, found[1:], known_at=known_at)
    telling = Telling(row.id, row.evaluated_at, Language(locale or settings().language), Role.ADMIN, explain_full=True)
    say(receipt(key, row.evaluated_at, texts.decode(row.question), answer_of(decision, telling)))


def _published(keys: str | None) -> "Mapping[str, PublishedKey]":
    from entitlements.receipts import read_key_set

    if keys is not None:
        return read_key_set(_fetched(keys) if keys.startswith(("https://", "http://")) else _text(keys, "keys"))
    from api.database import reading
    from entitlements.key_rotation import published

    with database() as engine, reading(engine) as session:
        return {key.kid: key for key in published(session)}


def _text(file: str, field: str) -> str:
    """The text of a file or of the input, in UTF-8 or, as PowerShell writes it, in UTF-16 with its mark."""
    try:
        content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return content.decode("utf-16" if content.startswith(UTF_16) else "utf-8-sig")
    except (OSError, ValueError):
        raise Refusal("TEXT_FILE_UNREADABLE", field=field, value=file) from None


def _fetched(url: str) -> bytes:
    import httpx

    try:
        answer = httpx.get(url, timeout=LONGEST_WAIT_SECONDS, follow_redirects=True)
        return answer.raise_for_status().content
    except (httpx.HTTPError, httpx.InvalidURL):
        raise Refusal("KEYS_UNREACHABLE", field="keys", value=url) from None


def _tell(signed: "Signed") -> None:
    """What the text says, in the words in which it was said."""
    from entitlements.receipts import Kind

    claims = signed.claims
    if signed.kind is Kind.RECEIPT:
        say(Text("Подпись подлинная. Квитанция об ответе:", "The signature is genuine. Receipt of an answer:"))
        say(claims["answer"]["text"])
        told = _answered(claims)
    else:
        say(Text("Подпись подлинная. Пропуск на время без связи:", "The signature is genuine. Offline pass:"))
        for line in dict.fromkeys(map(_verdict_line, claims["verdicts"])):
            say(line)
        told = [(Text("Клиент", "Client"), claims["client_id"])]
    facts([
        *told,
        (Text("Выдано", "Issued"), claims["issued_at"]),
        (Text("Годен до", "Valid until"), claims.get("valid_until") or claims.get("answer", {}).get("valid_until")),
        (Text("Ключ", "Key"), signed.key.kid),
    ])  # fmt: skip


def _verdict_line(verdict: dict[str, Any]) -> str:
    """What a pass says of a service; the registrations are named where they are not any."""
    asked = verdict["service"] or verdict.get("feature") or Text("любое обращение", "any request")
    numbers = verdict.get("registrations", [None])
    only = "" if None in numbers else f" ({', '.join(numbers)})"
    return f"  {asked}{only}: {verdict['text']}"


def _answered(claims: dict[str, Any]) -> list[tuple[str, object]]:
    answer, question = claims["answer"], claims["question"]
    named = question and ", ".join(f"{name} {value}" for name, value in question["client"].items() if value is not None)
    return [
        (Text("Вердикт", "Decision"), f"{answer['decision']} ({answer['reason']})"),
        (Text("О ком спросили", "Asked about"), named),
        (Text("Клиент", "Client"), answer.get("client_id")),
        (Text("На момент", "About"), answer["at"]),
        (Text("Ответ", "Answer"), answer["decision_id"]),
        (Text("Версия фактов", "State version"), answer["state_version"]),
    ]
