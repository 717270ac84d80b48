"""M-Pesa: everything Safaricom's Daraja says and means; its words stop here."""
