"""A market by text: 50 kg of tomatoes at KSh 80 in Kinoo, and nothing else."""

import pytest

from tests.helpers import Cast
from tests.sms.conftest import Desk, sell


@pytest.fixture
def market(desk: Desk, cast: Cast) -> Desk:
    """50 kg of tomatoes at KSh 80 in Kinoo, and nothing else."""
    sell(desk.db, cast, "tomatoes", "50", "80")
    desk.work()
    desk.sent.clear()
    return desk
