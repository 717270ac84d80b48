"""One file per family of keywords: a command reads the slots, calls a verb or two, and returns a reply."""
