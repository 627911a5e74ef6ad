"""Bringing a database to the schema of the code, on both databases."""

from sqlalchemy import Engine

from api.migrations import differences


def test_the_migrated_database_is_what_the_code_says(engine: Engine) -> None:
    assert differences(engine) == []
