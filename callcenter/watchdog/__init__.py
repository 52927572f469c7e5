"""A process of its own that sees when the service, the database or Asterisk fail, and phones the people on duty.

It stands beside everything it watches and shares no loop, no pool and no memory with it: what freezes the service does not
freeze the watchdog. It decides nothing about cases.
"""
