"""The permission matrix of docs/domain.md 2.1, cell by cell (DR-211 to DR-213, DR-220, DR-222)."""
