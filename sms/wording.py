"""Lists of words and phrases, written as people read them."""


def words_in(*texts: str) -> frozenset[str]:
    """The words of the texts."""
    return frozenset(word for text in texts for word in text.split())


def phrases_in(*texts: str) -> tuple[str, ...]:
    """The phrases of the texts, which `|` parts."""
    return tuple(phrase.strip() for text in texts for phrase in text.split("|") if phrase.strip())
