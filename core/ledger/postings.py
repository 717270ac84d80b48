"""Every row of the table of postings (10.2) as one function, and nothing else: who posts, calls these.

Amounts are KES, above zero where not said otherwise. An entry is posted once per (kind, source) (DR-1002):
the functions return the entry, or None where this key was posted before or nothing is left to post. Each
raises Unbalanced only for our own mistakes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from core.db import Tx
from core.ledger import accounts as a
from core.ledger.models import JournalEntry
from core.ledger.service import post
from core.ledger.several import Entries, post_all
from core.money import ZERO

Entry = JournalEntry | None


@dataclass(frozen=True)
class Sold:
    """What an order item brings its farmer: `value` KES, of which `commission` is ours; `source` its id."""

    source: int
    farmer_id: int
    value: Decimal
    commission: Decimal = ZERO


Till = Literal["mpesa", "bank"]
OwnTill = Literal["mpesa", "mpesa_payouts"]
Road = Literal["b2c", "reversal", "bank", "credit"]

# Money that had come in and is away again: the provider took it (and where that was said wrongly, has not),
# or a transfer was entered wrongly.
TAKEN_BACK = ("provider_reversal", "provider_reversal_undone", "payment_undone")
# Kinds that bring money into an order's funds, that take it out again for the payer, and that turn it into
# what is owed and earned. PROMISED are the kinds that fill an order's refunds_due.
MONEY_IN = ("payment", "suspense_matched", "cod_collected", "credit_used", *TAKEN_BACK, "write_off")
REFUND_HELD = ("refund_approved", "refund_approved_undone")  # promised, and called off before it went out
GIVEN_BACK = (*REFUND_HELD, "kept_as_credit")
OWED = ":debt"  # of what is kept: it paid what the customer owed from a door (DR-902)
RECOGNISED = (
    *("delivered_item", "delivered_fee", "delivered_discount", "delivered_residue"),
    *("prepared_charged", "fee_kept"),
)
CLAIMED = ("refund_of_farmer", "refund_of_ours")
PROMISED = (*REFUND_HELD, *CLAIMED)


# --- money comes in ----------------------------------------------------------------------------------------
def payment_matched(tx: Tx, transaction_id: int, order_id: int, amount: Decimal, *, till: Till) -> Entry:
    """An order's payment has arrived by M-Pesa or bank."""
    lines = {till: amount, a.order_funds(order_id): -amount}
    return post(tx, "payment", transaction_id, lines, order_id)


def payment_unmatched(tx: Tx, suspense_id: int, amount: Decimal, *, till: Till = "mpesa") -> Entry:
    """Money whose order nobody knows (DR-812)."""
    return post(tx, "suspense", suspense_id, {till: amount, a.SUSPENSE: -amount})


def suspense_matched(tx: Tx, source: int | str, order_id: int, amount: Decimal) -> Entry:
    """Money in suspense, or a part of it, has found its order."""
    lines = {a.SUSPENSE: amount, a.order_funds(order_id): -amount}
    return post(tx, "suspense_matched", source, lines, order_id)


def suspense_returned(
    tx: Tx,
    suspense_id: int,
    amount: Decimal,
    *,
    road: Literal["b2c", "reversal"],
    fee: Decimal = ZERO,
    part: str = "",
) -> Entry:
    """Unmatched money was sent back; `fee` is what the provider took for a B2C.

    part  the receipt under which the provider took it back, or some of it, without our asking (P6)
    """
    lines = {a.SUSPENSE: amount} | _paid_out(road, amount, fee)
    return post(tx, "suspense_returned", f"{suspense_id}:{part}" if part else suspense_id, lines)


def cod_collected(tx: Tx, source: int | str, order_id: int, rider_id: int, amount: Decimal) -> Entry:
    """Cash was taken at the door; it is the rider's debt (DR-903)."""
    lines = {a.rider_cash(rider_id): amount, a.order_funds(order_id): -amount}
    return post(tx, "cod_collected", source, lines, order_id)


def rider_deposit(tx: Tx, source: int | str, rider_id: int, amount: Decimal, *, till: Till) -> Entry:
    """A rider has paid cash in by paybill or bank (DR-904)."""
    return post(tx, "rider_deposit", source, {till: amount, a.rider_cash(rider_id): -amount})


def cash_set_off(tx: Tx, source: int | str, rider_id: int, amount: Decimal) -> Entry:
    """A rider's cash debt is taken from what we owe him (DR-904)."""
    return post(tx, "cash_set_off", source, {a.rider_due(rider_id): amount, a.rider_cash(rider_id): -amount})


def cash_counted(tx: Tx, source: int | str, rider_id: int, amount: Decimal) -> Entry:
    """An admin has counted a rider's cash into the office's box (DR-904)."""
    return post(tx, "cash_counted", source, {a.OFFICE_CASH: amount, a.rider_cash(rider_id): -amount})


def cash_banked(tx: Tx, source: int | str, amount: Decimal) -> Entry:
    """The office's cash went to the bank."""
    return post(tx, "cash_banked", source, {a.BANK: amount, a.OFFICE_CASH: -amount})


def float_moved(tx: Tx, source: int | str, amount: Decimal) -> Entry:
    """Money was moved from the paybill to the account that pays out."""
    return post(tx, "float_moved", source, {a.MPESA_PAYOUTS: amount, a.MPESA: -amount})


# --- delivery turns it into what is owed and earned --------------------------------------------------------
def delivered_item(
    tx: Tx, order_item_id: int | str, order_id: int, farmer_id: int, value: Decimal, commission: Decimal
) -> Entry:
    """An item was delivered: the farmer's share, and ours."""
    lines = _sold(order_id, farmer_id, value, commission)
    return post(tx, "delivered_item", order_item_id, lines, order_id)


def delivered_items(tx: Tx, order_id: int, sold: Sequence[Sold]) -> None:
    """As `delivered_item` of each, in as many statements as one."""
    post_all(tx, "delivered_item", _all_sold(order_id, sold), order_id)


def prepared_charged(tx: Tx, order_id: int, sold: Sequence[Sold]) -> None:
    """A cancelled order's prepared items are charged all the same (7.3)."""
    post_all(tx, "prepared_charged", _all_sold(order_id, sold), order_id)


def delivered_fee(tx: Tx, order_id: int, fee: Decimal) -> Entry:
    """The delivery fee is earned."""
    lines = {a.order_funds(order_id): fee, a.DELIVERY_FEES: -fee}
    return post(tx, "delivered_fee", order_id, lines, order_id)


def fee_kept(tx: Tx, order_id: int, fee: Decimal) -> Entry:
    """The delivery fee of a cancelled order is kept (7.3)."""
    lines = {a.order_funds(order_id): fee, a.DELIVERY_FEES: -fee}
    return post(tx, "fee_kept", order_id, lines, order_id)


def delivered_discount(tx: Tx, order_id: int, discount: Decimal, *, source: str = "") -> Entry:
    """The discount is ours to pay; `source` names one that was given after the delivery."""
    lines = {a.GOODWILL: discount, a.order_funds(order_id): -discount}
    return post(tx, "delivered_discount", source or order_id, lines, order_id)


def delivered_residue(tx: Tx, order_id: int, held: Decimal) -> Entry:
    """The cents that whole shillings left over or lacked (DR-103).

    held  the balance of the order's funds as the books have it: below zero where cents are left
    """
    lines = {a.order_funds(order_id): -held, a.ROUNDING: held}
    return post(tx, "delivered_residue", order_id, lines, order_id)


def rider_earning(tx: Tx, delivery_id: int, order_id: int, rider_id: int, earning: Decimal) -> Entry:
    """A rider has earned a delivery (DR-1105)."""
    lines = {a.RIDER_COST: earning, a.rider_due(rider_id): -earning}
    return post(tx, "rider_earning", delivery_id, lines, order_id)


def failed_attempt(tx: Tx, source: int | str, order_id: int, rider_id: int, earning: Decimal) -> Entry:
    """A rider has gone to a door in vain (DR-1105)."""
    lines = {a.RIDER_COST: earning, a.rider_due(rider_id): -earning}
    return post(tx, "failed_attempt", source, lines, order_id)


def refused_shares(tx: Tx, order_id: int, shares: Sequence[Sold]) -> None:
    """Cash on delivery refused without a fault: the farmers' shares of prepared perishables (DR-908)."""
    lines: Entries = {
        one.source: {a.GOODWILL: one.value, a.farmer_due(one.farmer_id): -one.value} for one in shares
    }
    post_all(tx, "refused_share", lines, order_id)


# --- money goes back ---------------------------------------------------------------------------------------
def refund_approved(tx: Tx, refund_id: int, order_id: int, amount: Decimal) -> Entry:
    """A refund out of what we hold for the order is promised."""
    lines = {a.order_funds(order_id): amount, a.refunds_due(order_id): -amount}
    return post(tx, "refund_approved", refund_id, lines, order_id)


def refund_of_farmer(
    tx: Tx, refund_id: int, order_id: int, farmer_id: int, amount: Decimal, commission: Decimal
) -> Entry:
    """A refund after delivery at the farmer's fault: she gives her share back, we our commission."""
    lines = {
        a.farmer_due(farmer_id): amount - commission,
        a.COMMISSION: commission,
        a.refunds_due(order_id): -amount,
    }
    return post(tx, "refund_of_farmer", refund_id, lines, order_id)


def refund_of_ours(tx: Tx, refund_id: int, order_id: int, amount: Decimal) -> Entry:
    """A refund after delivery at the platform's or the rider's fault."""
    lines = {a.GOODWILL: amount, a.refunds_due(order_id): -amount}
    return post(tx, "refund_of_ours", refund_id, lines, order_id)


def refund_paid(
    tx: Tx,
    refund_id: int,
    order_id: int,
    amount: Decimal,
    *,
    road: Road,
    fee: Decimal = ZERO,
    customer_id: int = 0,
) -> Entry:
    """A refund has reached the payer; by `credit` it is kept for the customer's next order."""
    if road == "credit":
        lines = {a.refunds_due(order_id): amount, a.customer_credit(customer_id): -amount}
    else:
        lines = {a.refunds_due(order_id): amount} | _paid_out(road, amount, fee)
    return post(tx, "refund_paid", refund_id, lines, order_id)


def kept_as_credit(tx: Tx, source: int | str, order_id: int, customer_id: int, amount: Decimal) -> Entry:
    """Too little to send back, or change kept at the door: for the next order (DR-810, DR-902).

    A source that ends in OWED: it pays what was missing at her last door, and is not hers to spend.
    """
    lines = {a.order_funds(order_id): amount, a.customer_credit(customer_id): -amount}
    return post(tx, "kept_as_credit", source, lines, order_id)


def credit_used(tx: Tx, source: int | str, order_id: int, customer_id: int, amount: Decimal) -> Entry:
    """Credit pays for an order; a little short at the door is credit below zero (DR-902)."""
    lines = {a.customer_credit(customer_id): amount, a.order_funds(order_id): -amount}
    return post(tx, "credit_used", source, lines, order_id)


def provider_reversal(
    tx: Tx, transaction_id: int, order_id: int, amount: Decimal, *, part: str = ""
) -> Entry:
    """M-Pesa has taken a payment back without our asking (P6); `part` names a part of it."""
    lines = {a.order_funds(order_id): amount, a.MPESA: -amount}
    source = f"{transaction_id}:{part}" if part else transaction_id
    return post(tx, "provider_reversal", source, lines, order_id, reverses="" if part else "payment")


def deposit_reversed(tx: Tx, source: int | str, rider_id: int, amount: Decimal) -> Entry:
    """M-Pesa has taken back what a rider had paid in at the paybill, or a part: he owes it again (P6)."""
    return post(tx, "deposit_reversed", source, {a.rider_cash(rider_id): amount, a.MPESA: -amount})


def write_off(tx: Tx, source: int | str, account: str, amount: Decimal, order_id: int | None = None) -> Entry:
    """What nobody will pay any more: a rider's cash, or another account that stands above zero."""
    return post(tx, "write_off", source, {a.WRITE_OFF: amount, account: -amount}, order_id)


# --- what the provider's word shows of our own money ------------------------------------------------------
def provider_charge(tx: Tx, source: int | str, amount: Decimal, *, till: OwnTill) -> Entry:
    """The provider has taken a charge that no payout's or refund's result had named."""
    return post(tx, "provider_charge", source, {a.PROVIDER_FEES: amount, till: -amount})


def bank_moved(tx: Tx, source: int | str, amount: Decimal, *, till: OwnTill) -> Entry:
    """Money went from the paybill or the paying account to the bank; below zero: from the bank to it."""
    return post(tx, "bank_moved", source, {a.BANK: amount, till: -amount})


def owner_money(tx: Tx, source: int | str, amount: Decimal, *, till: OwnTill) -> Entry:
    """The owner has put money into one of our accounts; below zero: taken it out."""
    return post(tx, "owner_money", source, {till: amount, a.OWNER: -amount})


# --- payouts -----------------------------------------------------------------------------------------------
def payout_started(tx: Tx, payout_id: int, tries: int, due: str, amount: Decimal) -> Entry:
    """A payout is under way; `due` is the payee's account, farmer_due or rider_due."""
    return post(
        tx, "payout_started", f"{payout_id}:{tries}", {due: amount, a.payout_clearing(payout_id): -amount}
    )


def payout_paid(tx: Tx, payout_id: int, amount: Decimal, fee: Decimal = ZERO) -> Entry:
    """A payout has reached the payee."""
    lines = {a.payout_clearing(payout_id): amount} | _paid_out("b2c", amount, fee)
    return post(tx, "payout_paid", payout_id, lines)


def payout_failed(tx: Tx, payout_id: int, tries: int, due: str, amount: Decimal) -> Entry:
    """A payout did not go through; the payee is owed as before."""
    lines = {a.payout_clearing(payout_id): amount, due: -amount}
    return post(tx, "payout_failed", f"{payout_id}:{tries}", lines, reverses="payout_started")


def _all_sold(order_id: int, sold: Sequence[Sold]) -> Entries:
    return {one.source: _sold(order_id, one.farmer_id, one.value, one.commission) for one in sold}


def _sold(order_id: int, farmer_id: int, value: Decimal, commission: Decimal) -> dict[str, Decimal]:
    return {
        a.order_funds(order_id): value,
        a.farmer_due(farmer_id): commission - value,
        a.COMMISSION: -commission,
    }


def _paid_out(road: str, amount: Decimal, fee: Decimal) -> dict[str, Decimal]:
    """Where the money leaves; what the provider takes for it goes out of the same account."""
    account = {"b2c": a.MPESA_PAYOUTS, "reversal": a.MPESA, "bank": a.BANK}[road]
    return {account: -(amount + fee), a.PROVIDER_FEES: fee}
