"""What an installation may set: environment variables that begin with `ABONEMENT_`, or lines of a file `.env`."""

import re
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator
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
        description="The mail server: smtp://HOST:PORT or smtps://USER:PASSWORD@HOST:PORT, or file:///FOLDER to write"
        " letters there instead; without it no mail leaves.",
    )
    pass_hours: Annotated[int, Field(ge=1, le=720)] = Field(
        default=24, description="For how many hours at most an offline pass of the desk stands."
    )
    override_days: Annotated[int, Field(ge=1, le=3660)] = Field(
        default=366, description="For how many days at most a person may let a client be served whatever the rules say."
    )
    public_url: str = Field(
        default="",
        pattern=r"^$|^https?://[^\s@?#]+[^\s@?#/]$",
        description="Where others reach this server: https://HOST/PATH; statements then carry a code to /verify there.",
    )
    link_days: Annotated[int, Field(ge=1, le=366)] = Field(
        default=30, description="For how many days a link in a letter opens its paper; links need the public URL."
    )
    register_url: str = Field(
        default="",
        pattern=r"^$|^https://[^\s@?#]+$|^http://(127\.0\.0\.1|\[::1\]|localhost)(:[0-9]+)?(/[^\s@?#]*)?$",
        description="The vendor's register: https://HOST/PATH (http on this machine only); without it none is asked.",
    )
    register_authorization: SecretStr | None = Field(
        default=None,
        description="What the register knows us by: `Bearer TOKEN` or `Basic USER:PASSWORD`.",
    )

    oidc_issuer: str = Field(
        default="",
        pattern=r"^$|^https://[^\s@?#]+$|^http://(127\.0\.0\.1|\[::1\]|localhost)(:[0-9]+)?(/[^\s@?#]*)?$",
        description="The provider of identities through which staff may sign in (OpenID Connect): https://HOST/PATH.",
    )
    oidc_client_id: str = Field(default="", max_length=200, description="What that provider calls this installation.")
    oidc_client_secret: SecretStr | None = Field(default=None, description="The secret that goes with that name.")

    @field_validator("register_authorization")
    @classmethod
    def _is_of_a_scheme(cls, secret: SecretStr | None) -> SecretStr | None:
        known = r"Bearer [\x21-\x7e]+|Basic [^:\r\n]+:[^\r\n]+"
        if secret is not None and not re.fullmatch(known, secret.get_secret_value()):
            raise ValueError("Bearer TOKEN, or Basic USER:PASSWORD")
        return secret

    webhook_networks: str = Field(
        default="",
        description="Networks that webhooks may reach besides the public internet, by http too: 10.1.0.0/16 ::1/128.",
    )

    proxy_networks: str = Field(
        default="127.0.0.1/32 ::1/128",
        description="Networks of the proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.",
    )

    @field_validator("webhook_networks", "proxy_networks")
    @classmethod
    def _are_networks(cls, networks: str) -> str:
        for network in networks.split():
            ip_network(network)  # says what is wrong
        return networks

    mail_from: str = Field(
        default="abonement@localhost",
        pattern="^[!-?A-~]+@[!-?A-~]+$",
        description="The address that mail comes from; the mail server must take it from us.",
    )

    @property
    def verify_at(self) -> str:
        """The address of the page that checks papers; empty while nobody outside reaches this server."""
        return f"{self.public_url}/verify" if self.public_url else ""

    @property
    def link_days_outside(self) -> int | None:
        """For how many days a link to a paper opens; none while nobody outside reaches this server."""
        return self.link_days if self.public_url else None

    @property
    def papers(self) -> str:
        """The URL of the store of papers: the one that is set, or the folder `papers` beside the database."""
        if self.store_url:
            return self.store_url
        url = make_url(self.database_url.get_secret_value())
        beside = Path(url.database or "").parent if url.get_backend_name() == "sqlite" else Path()
        return (beside / "papers").resolve().as_uri()
