"""Messages that may take more than one SMS segment, and why (DR-1509); every other keeps within one.

A test fills every message in three languages with more lines than people order: what gets longer than one
segment must stand here, and what stands here must get longer (tests/sms/test_segments.py).
"""

from collections.abc import Mapping

_QUOTE = "a quote over four lines: leaving one out, or cutting a sum, would hide what she pays"
_SHELF = "over four things: she asked what there is, and a name cut short is none"

# code: the reason.
LONGER: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "quote_lines",
            "quote_lines_fetch",
            "quote_lines_covered",
            "quote_lines_again",
            "quote_lines_less",
            "quote_lines_rest",
            "quote_lines_less_fetch",
            "quote_lines_more",
            "quote_lines_more_fetch",
            "quote_lines_collect",
            "quote_lines_to",
            "quote_lines_again_to",
            "quote_lines_less_to",
            "quote_lines_more_to",
            "same_ask",
        ),
        _QUOTE,
    ),
    **dict.fromkeys(("for_sale", "following", "stock_several"), _SHELF),
    **dict.fromkeys(("basket", "basket_more"), "a basket over three lines: the command shows three of them"),
    "statement": "a statement over three lines: each is an order with its sum, and she has asked for it",
}
