"""The USSD channel: a hop comes in, CON or END goes out. Vendor quirks end in callback.py."""
