"""Guessing the customer's code: five tries, however many come at once and by whatever road (S6, DR-214)."""

import threading

from core.deliveries import errors
from tests.orders.shop import Shop

TRIES = 12


def test_s6_guesses_at_the_same_moment_get_five_tries_in_all_like_guesses_one_by_one(shop: Shop) -> None:
    shop.publish()
    order = shop.assigned()
    shop.pick_up(order)
    code = shop.code(order)
    guesses = [f"{number:04}" for number in range(TRIES + 1) if f"{number:04}" != code][:TRIES]
    ready, outcomes = threading.Barrier(TRIES), []

    def guess(offered: str) -> None:
        ready.wait()
        try:
            shop.deliver(offered, order)
        except (errors.WrongCode, errors.CodeLocked) as refused:
            outcomes.append(refused)

    threads = [threading.Thread(target=guess, args=(offered,)) for offered in guesses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == TRIES
    delivery = shop.delivery(order)
    assert (delivery.code_attempts, delivery.code_locked) == (5, True), "a sixth guess was compared"
    assert shop.statuses(order)[0] == "out_for_delivery"
