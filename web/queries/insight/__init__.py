"""How the business goes: trade, what an order leaves, talk, demand, and where everybody is."""
