"""A firm's own domain says who writes; that of a mail provider says nothing (D4)."""

import pytest

from contracts.errors import Refusal
from contracts.mail_domains import PROVIDERS, own_domain
from contracts.requisites import normal_domain


@pytest.mark.parametrize(("typed", "stored"), [("@Romashka.RU", "romashka.ru"), ("mail.ru.example", "mail.ru.example")])
def test_a_domain_of_a_firm_is_its_own_d4(typed: str, stored: str) -> None:
    assert own_domain(typed) == stored


@pytest.mark.parametrize("typed", ["gmail.com", "mail.ru", "yandex.ru", "Ya.ru", "@BK.ru", "icloud.com", "rambler.ru"])
def test_a_mail_provider_is_nobodys_domain_d4(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        own_domain(typed)
    assert (refused.value.code, refused.value.field) == ("DOMAIN_PUBLIC", "domain")


def test_every_provider_is_listed_in_the_writing_that_is_compared() -> None:
    assert {normal_domain(domain) for domain in PROVIDERS} == PROVIDERS
