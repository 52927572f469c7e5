"""A call centre for the home care of the elderly, driven by Asterisk events."""
