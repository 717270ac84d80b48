"""Two or a hundred at once, on a real MariaDB; `make soak` plays hundreds of rounds (RACE_ROUNDS)."""
