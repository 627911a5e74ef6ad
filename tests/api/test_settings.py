"""Settings come from the environment, have defaults that work, and show no secret."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from api.settings import Settings


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A working directory and an environment that set nothing."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"ABONEMENT_{name}".upper(), raising=False)


def test_without_any_setting_there_is_one_file_and_a_folder_beside_it(tmp_path: Path) -> None:
    settings = Settings()
    assert settings.database_url.get_secret_value() == "sqlite:///abonement.db"
    assert settings.papers == (tmp_path / "papers").as_uri()
    assert (settings.language, settings.render_processes, settings.smtp_url) == ("ru", 2, None)


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("ABONEMENT_LANGUAGE=en\nABONEMENT_RENDER_PROCESSES=4\nPOSTGRES_PASSWORD=another\n")
    monkeypatch.setenv("ABONEMENT_RENDER_PROCESSES", "8")
    settings = Settings()
    assert (settings.language, settings.render_processes) == ("en", 8)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("language", "de"), ("proxy_networks", "*"), ("proxy_networks", "10.1.2.3/8")),
        *(("render_processes", "0"), ("render_processes", "65"), ("render_processes", "many")),
    ],
)
def test_a_setting_out_of_range_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"ABONEMENT_{name}".upper(), value)
    with pytest.raises(ValidationError) as error:
        Settings()
    assert [problem["loc"] for problem in error.value.errors()] == [(name,)]


@pytest.mark.parametrize(
    ("database_url", "papers"),
    [
        ("sqlite:////var/lib/abonement/all.db", "file:///var/lib/abonement/papers"),
        ("sqlite:///data/all.db", "file://{here}/data/papers"),
        ("postgresql://user:secret@host/name", "file://{here}/papers"),
    ],
)
def test_papers_lie_beside_the_database_file(tmp_path: Path, database_url: str, papers: str) -> None:
    assert Settings(database_url=SecretStr(database_url)).papers == papers.format(here=tmp_path)


def test_a_store_that_is_set_is_taken_as_it_is() -> None:
    assert Settings(store_url="s3://bucket/papers").papers == "s3://bucket/papers"


def test_passwords_show_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABONEMENT_DATABASE_URL", "postgresql://user:hunter2@host/name")
    monkeypatch.setenv("ABONEMENT_SMTP_URL", "smtps://user:hunter2@host")
    monkeypatch.setenv("ABONEMENT_OIDC_CLIENT_SECRET", "hunter2")
    settings = Settings()
    assert "hunter2" not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"


@pytest.mark.parametrize(
    "url",
    [
        "http://register.example.org/checks",  # the secret would travel in the open
        "https://user:secret@register.example.org/",
        "https://register.example.org/?token=secret",
        "https://register.example.org/#secret",
        "http://127.0.0.1.example.org/",
        "ftp://register.example.org/",
        "register.example.org",
        "https://register.example.org/ x",
    ],
)
def test_the_register_has_an_address_that_shows_and_loses_no_secret(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("ABONEMENT_REGISTER_URL", url)
    with pytest.raises(ValidationError) as error:
        Settings()
    assert [problem["loc"] for problem in error.value.errors()] == [("register_url",)]


@pytest.mark.parametrize("secret", ["abc", "Bearer", "Bearer a b", "Bearer абв", "Basic user", "Bearer a\r\nX: y"])
def test_the_register_is_authorised_by_bearer_or_basic(monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    monkeypatch.setenv("ABONEMENT_REGISTER_AUTHORIZATION", secret)
    with pytest.raises(ValidationError, match="Bearer TOKEN, or Basic USER:PASSWORD"):
        Settings()


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("https://register.example.org:8443/v2/checks", "Bearer abc.def-_~+/="),
        ("http://127.0.0.1:8080/checks", "Basic user:pass word"),
        ("http://localhost", "Basic анна:пароль"),
    ],
)
def test_a_register_can_be_set(monkeypatch: pytest.MonkeyPatch, url: str, secret: str) -> None:
    monkeypatch.setenv("ABONEMENT_REGISTER_URL", url)
    monkeypatch.setenv("ABONEMENT_REGISTER_AUTHORIZATION", secret)
    settings = Settings()
    assert settings.register_url == url
    assert secret not in f"{settings!r} {settings.model_dump_json()}"


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
