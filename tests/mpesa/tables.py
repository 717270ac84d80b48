"""Tables that are written as one text: a row is a line, cells stand between bars."""


def rows_of(table: str) -> list[list[str]]:
    """The cells of each line, without the spaces around them."""
    return [[cell.strip() for cell in line.split("|")] for line in table.strip("\n").split("\n")]
