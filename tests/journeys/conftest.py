"""A seller who sells the ITS catalogue and the plan "support", and a press that all tests share."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from api.database import transaction
from contracts.parties import Seller
from documents.render import Press
from tests.builders import a_plan, a_seller, its_catalogue


@pytest.fixture
def seller(engine: Engine) -> Seller:
    with transaction(engine) as session:
        its_catalogue(session)
        a_plan(session)
        return a_seller(session)


@pytest.fixture(scope="session")
def press() -> Iterator[Press]:
    with Press() as press:
        yield press
