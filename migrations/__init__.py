"""The schema's history; core/migrate.py walks it."""
