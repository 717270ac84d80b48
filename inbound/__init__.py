"""What every inbound HTTP channel shares: the gateway's parts, the secret door, the callback log's recorder."""
