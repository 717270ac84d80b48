"""Texts by made-up people, each with what it means: how well does the reader read them? (docs/reading.md)

Spellings and sentences are written here on their own, by hand, and share no list with the reader.
"""
