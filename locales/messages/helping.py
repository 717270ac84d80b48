"""HELP: what somebody can text now, by role and by what is open; and what one command does (DR-1508)."""

from locales.mark import _
from locales.messages.kind import Message

MESSAGES: dict[str, Message] = {
    "help_customer": Message(
        _("Text what you need: 5kg tomatoes. TODAY: what there is. PRICE, STATUS, SAME, PLACE, MSG. HELP "
          "PAY tells of PAY. Write to us: HELP and your words.")
    ),
    "help_farmer": Message(
        _("SELL tomatoes 20kg @80. STOCK, SOLD OUT, PRICE, ORDERS, READY, BALANCE, WEATHER. HELP SELL "
          "tells more. Write to us: HELP and your words.")
    ),
    "help_rider": Message(
        _("ON, OFF, YES, NO, PICKED A3B7, DONE A3B7 1234 (code), LATE 30, CASH, STATUS. HELP DONE tells "
          "more. Write to us: HELP and your words.")
    ),
    "help_agent": Message(
        _("For a farm: LIST FOR 2 tomatoes 40kg 80. Your farms: {dial}. For yourself: 5kg tomatoes, "
          "STATUS. Write to us: HELP and your words.")
    ),
    "help_yes_no": Message(
        _("We wait for your YES or NO to our last SMS. Anything else: HELP and your words.")
    ),
    "help_number": Message(
        _("We wait for a number from the list in our last SMS. Anything else: HELP and your words.")
    ),
    "help_figure": Message(
        _("We wait for a figure: how much, or what price. Only the number is enough, e.g. 20. Else: HELP "
          "and your words.")
    ),
    "help_where": Message(
        _("We wait for your place: ward or town and a landmark, e.g. Kangemi, near the market. Else: "
          "HELP and your words.")
    ),
    "help_say": Message(
        _("We wait for your own words to our last SMS. Anything else: HELP and your words.")
    ),
    "help_rating": Message(
        _("Order {order} has come. How was it? Text a number from 1 (bad) to 5 (very good). Bad goods: "
          "COMPLAIN {order}")
    ),
    "help_quote": Message(
        _("Our price waits for your YES, and then you pay. NO leaves it. Another amount: text it, e.g. "
          "3kg.")
    ),
    "help_offer": Message(
        _("A job waits for you: YES takes it, NO leaves it to the next rider. Be quick, it lapses in "
          "minutes.")
    ),
    "help_unpaid": Message(
        _("Order {order} waits for {total}: PAY {order}, from another phone PAY 0722000000. Not wanted: "
          "CANCEL {order}")
    ),
    "help_order": Message(
        _("Order {order} comes {day}: STATUS {order}. To the rider or farmer: MSG {order} and your "
          "words. Write to us: HELP and your words.")
    ),
    "help_waiting": Message(
        _("Orders that wait for your answer: {number}. First {order}: YES {order}, NO {order}, or LESS "
          "{order}. All of them: ORDERS.")
    ),
    "help_work": Message(
        _("Orders to prepare: {number}, see ORDERS. When packed: READY {order}. Less: LESS {order}. Cannot: "
          "REJECT {order}. Also SELL, STOCK.")
    ),
    "help_job": Message(
        _("Your job {order}: PICKED {order}, then DONE {order} and the customer's code. Late: LATE 30. "
          "No code: NOCODE. Not there: FAILED {order}")
    ),
    "help_ticket": Message(
        _("We have answered your question {number}. To write back: HELP and your words. Or text HELP "
          "SELL, HELP PAY.")
    ),
    "help_on_order": Message(
        _("Order: amount and produce, e.g. 5kg tomatoes, 2 kale. We say the price; you pay after your "
          "YES.")
    ),
    "help_on_price": Message(_("PRICE tomatoes: what it costs now, and what the market pays.")),
    "help_on_new_price": Message(_("PRICE tomatoes 90: your new price. PRICE tomatoes: what the market "
                                   "pays.")),
    "help_on_list": Message(
        _("TODAY: the best that can be brought to you. 2 5kg orders from line 2. MORE: the rest. LIST "
          "tomatoes: all farms.")
    ),
    "help_on_status": Message(_("STATUS: your newest order. STATUS A3B7: that one. MY ORDERS: all of "
                                "them.")),
    "help_on_cancel": Message(
        _("CANCEL A3B7: lets the order go, free until it is being prepared. After that we decide and "
          "text you.")
    ),
    "help_on_pay": Message(
        _("PAY A3B7: the M-Pesa request again. From another phone: PAY 0722000000. PAY A3B7 CASH: at the "
          "door. PAY A3B7 BANK: by bank.")
    ),
    "help_on_collect": Message(
        _("COLLECT as your answer to a price: you fetch it yourself and pay no delivery. If no rider is "
          "found we ask you too.")
    ),
    "help_on_code": Message(
        _("CODE: your delivery code once more. Give it to the rider only when you hold the goods. CODE A3B7: "
          "of that order.")
    ),
    "help_on_basket": Message(
        _("CART: what is in your basket, and the sum. CLEAR empties it. You need none here: text what you "
          "want, e.g. 5kg tomatoes.")
    ),
    "help_on_rate": Message(_("RATE A3B7 5: from 1 (bad) to 5 (very good); words may follow.")),
    "help_on_complain": Message(
        _("COMPLAIN A3B7 and what was wrong, within a day of the delivery. We look into it and text you.")
    ),
    "help_on_place": Message(
        _("PLACE Kangemi, near the market: where your orders go. PLACE alone asks you for it.")
    ),
    "help_on_same": Message(
        _("SAME: your last basket at today's prices. SAME MONDAY: we ask you each Sunday afternoon. SAME "
          "OFF ends it.")
    ),
    "help_on_follow": Message(_("FOLLOW tomatoes: we text you when there is some. UNFOLLOW tomatoes ends "
                                "it.")),
    "help_on_sell": Message(
        _("SELL tomatoes 20kg @80: what, how much, price for one. What is missing we ask. Also: grade 2, "
          "organic. Growing still: from 25/7")
    ),
    "help_on_stock": Message(
        _("STOCK tomatoes 20kg: what can be sold now. ADD tomatoes 20kg: more. SOLD OUT tomatoes. REMOVE "
          "tomatoes: off sale.")
    ),
    "help_on_accept": Message(
        _("YES A3B7 or ACCEPT A3B7: you have it. LESS A3B7 20kg: only so much. REJECT A3B7 and why: you "
          "have none.")
    ),
    "help_on_ready": Message(
        _("HARVESTED, PACKED, READY A3B7: one order. READY tomatoes: all of it for the day. READY calls "
          "the rider.")
    ),
    "help_on_orders": Message(_("ORDERS: what to prepare, each product and day. The number of a line "
                                "shows more.")),
    "help_on_balance": Message(
        _("BALANCE: what is with us and when it comes. STATEMENT: the last 5 payouts. With your PIN, at "
          "{dial}: be paid now.")
    ),
    "help_on_duty": Message(
        _("ON: jobs may come. OFF: none, and what you earned today. ROUTE: your stops. VEHICLE: yours.")
    ),
    "help_on_offer": Message(_("YES or ACCEPT A3B7 takes the job, NO or DECLINE A3B7 leaves it to the "
                               "next rider.")),
    "help_on_picked": Message(
        _("PICKED A3B7: you hold the goods. ON THE WAY, ARRIVED A3B7. LATE 30: so many minutes later; "
          "she is told.")
    ),
    "help_on_done": Message(
        _("DONE A3B7 1234: her code. With cash: DONE A3B7 1234 450. She has no code: NOCODE A3B7, and we "
          "ask her.")
    ),
    "help_on_failed": Message(
        _("FAILED A3B7 and why (absent, wrong place, refused, damaged). Call her first. We say what "
          "becomes of the goods.")
    ),
    "help_on_cash": Message(_("CASH: what you hold for us. DEPOSIT 500: how to bring it.")),
    "help_on_language": Message(_("LANG EN English, LANG SW Kiswahili, LANG KI Gikuyu. For all we write "
                                  "to you.")),
    "help_on_stop": Message(_("STOP ends adverts and alerts. SMS about your orders and money still come. "
                              "START: back on.")),
    "help_on_message": Message(
        _("MSG A3B7 and your words: to the other party of that order. Your number stays hidden.")
    ),
    "help_on_help": Message(_("HELP and your words: a question to our people. We answer by SMS.")),
    "help_on_weather": Message(_("WEATHER: warnings where you are.")),
    "help_on_hands": Message(
        _("READY A3B7 or ACCEPT A3B7: one order. ACCEPT FOR 2, READY FOR ALL: a farm's, or all. STOCK FOR 2 "
          "tomatoes 40kg.")
    ),
    "help_on_agent": Message(
        _("LIST FOR 2 tomatoes 40kg 80: farm by number or name, produce, amount, price. The farmer gets "
          "an SMS, can say NO.")
    ),
}  # fmt: skip
