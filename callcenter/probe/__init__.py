"""The press-to-pop probe: every few minutes a press that nobody made takes the real way to a console that nobody looks at.

It runs beside the service, in the watchdog: what it measures is what an elder and a seat get, not what the
service thinks of itself.
"""
