"""The sentence of a check is in the language that is asked for: `locale`, else the header, else the installation's."""

from typing import Any

import pytest

from tests.api.conftest import House

CHECKS = "/v1/entitlement-checks"
SAID = {"ru": "Покрыто до ", "en": "Covered until "}


def asking(house: House, **changes: Any) -> dict[str, Any]:
    return {"client": {"id": house.own.id}, "service": "remote_work", "requested_minutes": 30} | changes


def asked(house: House, header: str | None, **changes: Any) -> Any:
    headers = {} if header is None else {"Accept-Language": header}
    once = changes.pop("once", None)
    return house.post("desk", CHECKS, asking(house, **changes), headers=headers, once=once)


@pytest.mark.parametrize(
    ("header", "locale", "language"),
    [
        ("ru", None, "ru"),
        ("en-GB", None, "en"),
        ("de, ru;q=0.5, en;q=0.4", None, "ru"),
        ("ru;q=0.4, en;q=0.5", None, "en"),
        ("ru", "en", "en"),
        ("en", "ru", "ru"),
        ("de", None, "en"),  # the language of this installation
        ("*", None, "en"),
        (None, None, "en"),
        ("ru;q=0", None, "en"),
    ],
)
def test_the_header_chooses_the_language_where_the_question_names_none(
    house: House, header: str | None, locale: str | None, language: str
) -> None:
    changes = {} if locale is None else {"locale": locale}
    for mode in ("check", "hold"):
        answer = asked(house, header, mode=mode, **changes)
        assert answer.json()["text"].startswith(SAID[language])
    answer = asked(house, header, **changes)
    assert (answer.headers["content-language"], answer.headers["vary"]) == (language, "Accept-Language")


def test_without_any_wish_the_language_is_that_of_the_installation(house: House) -> None:
    house.app.state.settings = house.app.state.settings.model_copy(update={"language": "ru"})
    assert asked(house, None).json()["text"].startswith(SAID["ru"])


def test_each_question_of_a_batch_has_the_language_of_the_header_or_its_own(house: House) -> None:
    questions = [asking(house), asking(house, locale="en")]
    answer = house.post("desk", f"{CHECKS}:batch", {"questions": questions}, headers={"Accept-Language": "ru"})
    assert [one["text"][:7] for one in answer.json()["answers"]] == ["Покрыто", "Covered"]
    assert answer.headers["vary"] == "Accept-Language"


def test_a_call_that_is_sent_again_gets_the_answer_as_it_was_d8(house: House) -> None:
    first = asked(house, "ru", mode="hold", once="key-of-this-hold")
    again = asked(house, "en", mode="hold", once="key-of-this-hold")
    assert again.headers["idempotent-replayed"] == "true"
    assert again.content == first.content
    assert first.json()["text"].startswith(SAID["ru"])


def test_a_stored_answer_is_read_in_the_language_of_who_reads_it_d2(house: House) -> None:
    path = f"{CHECKS}/{asked(house, 'ru').json()['decision_id']}"
    read = house.get("desk", path, headers={"Accept-Language": "ru"})
    assert (read.json()["text"][:7], read.headers["content-language"]) == ("Покрыто", "ru")
    assert house.get("desk", path, headers={"Accept-Language": "ru"}, params={"locale": "en"}).json()["text"][0] == "C"
    assert house.get("desk", path).json()["text"].startswith(SAID["en"])
