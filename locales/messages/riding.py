"""Replies to a rider."""

from locales.mark import _, plural
from locales.messages.kind import Message

MESSAGES: dict[str, Message] = {
    "on_duty": Message(_("You are on duty. Jobs come by SMS: answer YES or NO. Text OFF to stop.")),
    "on_full": Message(
        plural("You are on duty and have {count} job, the most at a time. Finish it for the next. "
          "ROUTE shows it.",
            "You are on duty and have {count} jobs, the most at a time. Finish one for the next. "
              "ROUTE shows them.")
    ),
    "on_no_cash": Message(
        _("You are on duty. You hold {sum} cash: no cash jobs till you bring it in. Text CASH to see how.")
    ),
    "on_blocked": Message(
        _("You are on duty but hold {sum} cash: no jobs at all till you bring it in. Text CASH to see how.")
    ),
    "off_duty": Message(
        plural("You are off duty. Today: {count} trip, earned {earning}. You hold {sum} cash of "
          "ours. Text ON to start again.",
            "You are off duty. Today: {count} trips, earned {earning}. You hold {sum} cash of ours. "
              "Text ON to start again.")
    ),
    "off_with_jobs": Message(
        plural("Off duty. ROUTE shows what is still yours. Today: {count} trip, earned {earning}. "
          "You hold {sum} cash of ours.",
            "Off duty. ROUTE shows what is still yours. Today: {count} trips, earned {earning}. You "
              "hold {sum} cash of ours.")
    ),
    "no_vehicle": Message(
        _("You have no approved vehicle yet. Dial {dial} to register one; we SMS you when it is approved."),
        refusal=True,
    ),
    "riders_only": Message(
        _("That is for riders. To become one dial {dial}."), first_contact=True, refusal=True
    ),
    "rider_words": Message(
        _("Ready for jobs? Text ON. You have the goods? PICKED and the order, e.g. PICKED A3B7. Your stops: "
          "ROUTE"),
        refusal=True,
    ),
    "offer_none": Message(
        _("No job waits for your answer now. Stay on duty, the next one comes by SMS."), refusal=True
    ),
    "offer_declined": Message(_("OK, another rider gets it. You stay on duty. Text OFF to stop.")),
    "job_unknown": Message(
        _("You have no such job. Check the 4 letters and digits, or text STATUS to see your jobs."),
        refusal=True,
    ),
    "job_which": Message(_("Several jobs fit. Text it again with the number of one:"), listing="after"),
    "job_not_yet": Message(
        _("That step is not possible for this job now. Text STATUS to see your jobs."), refusal=True
    ),
    "job_not_ready": Message(
        _("Order {order} is not ready at the farm yet. Call the farmer, then text PICKED {order} again."),
        refusal=True,
    ),
    "code_missing": Message(
        _("Ask the customer for the 4-digit code, then text DONE, order and code, e.g. DONE A3B7 1234"),
        refusal=True,
    ),
    "code_wrong": Message(
        _("That code is not right, nothing has changed. Ask the customer again. Tries left: {left}."),
        refusal=True,
    ),
    "code_locked": Message(
        _("Too many wrong codes, this job is locked. Keep the goods safe, we will call you."), refusal=True
    ),
    "code_help": Message(
        _("The code is in the customer's SMS from us. Ask them to look, or to read it to you by phone. "
          "Then text DONE and the code.")
    ),
}  # fmt: skip
