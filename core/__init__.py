"""The domain of docs/domain.md. It knows no channel, vendor, language or queue."""
