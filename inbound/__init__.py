"""What every HTTP channel shares: the gateway's parts, the secret door, log lines, counts."""
