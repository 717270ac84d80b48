"""What a person must look at: one open row per kind and subject, texted until it was seen (DR-1803)."""
