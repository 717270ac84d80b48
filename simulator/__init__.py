"""The outside world in a box: Africa's Talking, Daraja, and the phones; a program of its own (README.md)."""
