"""The SMS channel: texts come in, are read, do something; texts go out."""
