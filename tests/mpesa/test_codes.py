"""The contract's table 2.5, line by line."""

from typing import Any

import pytest

from mpesa import codes
from mpesa.codes import stk

TABLE = """
0           paid     no
1           failed   later
2           failed   no
3           failed   no
4           failed   later
8           failed   no
15          unknown  no
17          failed   later
21          failed   no
26          failed   later
1001        failed   later
1019        failed   yes
1025        failed   yes
1031        failed   yes
1032        failed   yes
1036        failed   yes
1037        failed   yes
1101        failed   no
1102        failed   no
2001        failed   yes
2008        failed   yes
2026        failed   yes
2028        failed   no
4999        pending  no
8006        failed   no
9999        failed   yes
100000100   unknown  no
E3008       failed   no
SFC_IC0003  failed   no
"""


@pytest.mark.parametrize("line", TABLE.split("\n")[1:-1], ids=lambda line: line.split()[0])
def test_a_code_means_what_the_contract_says(line: str) -> None:
    code, final, again = line.split()
    meant = stk.meaning(code)
    assert (meant.final, meant.again) == (final, again)


def test_the_table_has_no_code_that_the_contract_lacks() -> None:
    assert set(stk.RESULTS) == {line.split()[0] for line in TABLE.split("\n")[1:-1]}


@pytest.mark.parametrize("code", ["7", "1999", "R000002", "C2B00011", "", "00"])
def test_a_code_nobody_knows_is_unknown_and_never_failed(code: str) -> None:
    assert stk.meaning(code).final == "unknown"


@pytest.mark.parametrize("code", ["1036", "9999"])
def test_a_failure_that_sources_doubt_is_to_be_verified(code: str) -> None:
    assert stk.meaning(code).verify


@pytest.mark.parametrize(
    ("raw", "code"),
    [(0, "0"), ("0", "0"), (" 0 ", "0"), (0.0, "0"), ("1032", "1032"), (1032, "1032"), (1032.0, "1032"),
     ("SFC_IC0003", "SFC_IC0003"), ("500.001.1001", "500.001.1001"), (None, ""), (False, ""), (True, "")],
)  # fmt: skip
def test_a_code_is_one_text_however_it_is_typed(raw: Any, code: str) -> None:
    assert codes.normal(raw) == code


@pytest.mark.parametrize(
    ("code", "message", "refused"),
    [
        ("404.001.03", "Invalid Access Token", True),
        ("401.002.01", "Error Occurred - Invalid Access Token - kZ2xQ0", True),
        ("400.003.01", "Invalid Access Token", True),
        ("500.999.99", "invalid access TOKEN", True),
        ("400.002.02", "Bad Request - Invalid PhoneNumber", False),
    ],
)
def test_an_invalid_token_has_three_spellings(code: str, message: str, refused: bool) -> None:
    assert codes.is_invalid_token(code, message) is refused
