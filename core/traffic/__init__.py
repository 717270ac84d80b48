"""The callback log: every inbound callback and every outbound call (DR-1802)."""
