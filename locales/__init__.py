"""Values into words: catalogues, slots, GSM-7, one voice in three languages."""
