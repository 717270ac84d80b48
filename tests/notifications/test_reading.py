"""Reading what one was told: listed by pages, read one by one or all at once (DR-1501)."""

from collections.abc import Callable

import pytest

from core.actor import system
from core.db import Tx
from core.errors import BadPage, NotAllowed
from core.notifications import service as notifications
from core.settings.models import SystemSetting
from core.users.models import User
from tests.helpers import Person
from tests.orders.shop import Shop
from tests.proving import proves


@pytest.fixture
def told(shop: Shop) -> Callable[[Person, int], None]:
    def work(person: Person, count: int) -> None:
        def tell(tx: Tx) -> None:
            user = tx.session.get_one(User, person.id)
            for number in range(count):
                notifications.tell(tx, user, "order_ready", {"order": "A3B7"}, subject=f"order:{number}")

        shop.db.run(tell)

    return work


def look(shop: Shop, person: Person, **how: bool | int) -> notifications.NoticesView:
    with shop.db.read() as tx:
        return notifications.listed(tx, person.actor, **how)  # type: ignore[arg-type]


@proves("DR-1501", "DR-220")
def test_pages_are_newest_first_and_count_what_is_unread(
    shop: Shop, told: Callable[[Person, int], None]
) -> None:
    shop.db.run(lambda tx: tx.session.add(SystemSetting(name="api.page_size", value="2", updated_at=tx.now)))
    shop.db.parts.settings.refresh(shop.db.engine, now=True)
    customer = shop.cast.customer
    told(customer, 3)
    first, second, none = (look(shop, customer, page=page) for page in (1, 2, 3))
    ids = [notice.notification_id for notice in [*first.notices, *second.notices]]
    assert ids == sorted(ids, reverse=True)
    assert (first.pages, first.unread, len(second.notices), none.notices) == (2, 3, 1, [])
    shop.db.run(lambda tx: notifications.mark_read(tx, customer.actor, notification_id=ids[0]))
    unread = look(shop, customer, only_unread=True)
    assert [notice.notification_id for notice in unread.notices] == ids[1:]


@proves("DR-1501")
def test_all_are_read_at_once_and_only_ones_own(shop: Shop, told: Callable[[Person, int], None]) -> None:
    customer, farmer = shop.cast.customer, shop.cast.farmer
    told(customer, 3)
    told(farmer, 2)
    assert shop.db.run(lambda tx: notifications.mark_all_read(tx, customer.actor)) == 3
    assert shop.db.run(lambda tx: notifications.mark_all_read(tx, customer.actor)) == 0
    assert (look(shop, customer).unread, look(shop, farmer).unread) == (0, 2)


@pytest.mark.parametrize("page", [0, -1, 10_001, "1", None])
def test_there_is_no_such_page(shop: Shop, page: int) -> None:
    with pytest.raises(BadPage):
        look(shop, shop.cast.customer, page=page)


def test_the_system_reads_nothing(shop: Shop) -> None:
    with pytest.raises(NotAllowed):
        shop.db.run(lambda tx: notifications.mark_all_read(tx, system("job")))
