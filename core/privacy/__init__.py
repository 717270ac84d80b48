"""Consent, export, erasure and retention of personal data (section 19)."""
