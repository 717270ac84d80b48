"""`make demo`: one order, all the way, played on the simulator's phones and the admin's pages."""
