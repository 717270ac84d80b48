"""What a text does: a room for each role, a file for each family of words.

A command reads the slots of its text, calls a verb or two, and returns a reply. Each room says which of its
commands carries out which intent; `table.py` puts the rooms together, `answers.py` answers questions.
"""
