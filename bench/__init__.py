"""`make bench`: what a hop costs, beside a hop written by hand that does nothing but the bare minimum."""
