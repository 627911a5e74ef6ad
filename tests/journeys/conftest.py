"""A seller who sells the ITS catalogue and the plan "support"."""

import pytest
from sqlalchemy import Engine

from api.database import transaction
from contracts.parties import Seller
from tests.builders import a_plan, a_seller, its_catalogue


@pytest.fixture
def seller(engine: Engine) -> Seller:
    with transaction(engine) as session:
        its_catalogue(session)
        a_plan(session)
        return a_seller(session)
