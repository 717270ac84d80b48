"""The conversations of the USSD phones, as data: one file a flow, compiled once into one shared machine."""
