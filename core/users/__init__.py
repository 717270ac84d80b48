"""People: registration, roles, language, consent (section 2)."""
