"""What an installation may set: environment variables that begin with `ABONEMENT_`, or lines of a file `.env`."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url


class Settings(BaseSettings):
    """The settings of one installation; each has a default that works on one machine without a server.

    Addresses that may hold a password are secret: they show as stars wherever they are printed.
    """

    model_config = SettingsConfigDict(env_prefix="ABONEMENT_", env_file=".env", extra="ignore", frozen=True)

    database_url: SecretStr = Field(
        default=SecretStr("sqlite:///abonement.db"),
        description="The database: sqlite:///FILE, or postgresql://USER:PASSWORD@HOST/NAME.",
    )
    store_url: str = Field(
        default="",
        description="Where papers are kept: file:///FOLDER or s3://BUCKET/PREFIX; by default the folder `papers` beside"
        " the SQLite file, or in the working directory.",
    )
    language: Literal["ru", "en"] = Field(
        default="ru", description="The language of messages and papers where nobody asked for another."
    )
    render_processes: Annotated[int, Field(ge=1, le=64)] = Field(
        default=2, description="How many processes of a worker print papers at once."
    )
    smtp_url: SecretStr | None = Field(
        default=None,
        description="The mail server: smtp://HOST:PORT or smtps://USER:PASSWORD@HOST:PORT; without it no mail leaves.",
    )

    mail_from: str = Field(
        default="abonement@localhost",
        pattern="^[!-?A-~]+@[!-?A-~]+$",
        description="The address that mail comes from; the mail server must take it from us.",
    )

    @property
    def papers(self) -> str:
        """The URL of the store of papers: the one that is set, or the folder `papers` beside the database."""
        if self.store_url:
            return self.store_url
        url = make_url(self.database_url.get_secret_value())
        beside = Path(url.database or "").parent if url.get_backend_name() == "sqlite" else Path()
        return (beside / "papers").resolve().as_uri()
