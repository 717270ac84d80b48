"""The money storm: payments, refunds and payouts in random order and weather; then the books are compared."""
