"""What others do while a phone is down; a happening that returns a text is what the phone answers next."""

from tests.menus.stage import Stage


def cast(stage: Stage) -> None:
    """Farmer, customer, rider and admin are registered."""
    assert stage.cast


def listing(stage: Stage, quantity: str = "50", price: str = "80", slug: str = "tomatoes") -> None:
    """The farmer has something for sale, in kg."""
    stage.shop.publish(quantity, price, slug=slug)


def paid_order(stage: Stage, quantity: str = "5") -> None:
    """The customer has paid for tomatoes of the farmer's."""
    stage.shop.publish()
    stage.things["order"] = stage.shop.paid_order(quantity)


def offer(stage: Stage) -> None:
    """A paid order is ready, and the rider is asked."""
    paid_order(stage)
    stage.shop.mark(stage.things["order"], "ready")
    stage.shop.sweep()


def delivery(stage: Stage) -> None:
    """An order has gone all its way."""
    stage.shop.publish()
    stage.things["order"] = stage.shop.delivered_order()


def right_code(stage: Stage) -> str:
    """The rider types the code that the customer read to him."""
    return stage.shop.code(stage.things["order"])
