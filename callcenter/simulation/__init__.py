"""Callers, terminals and seat phones that speak real SIP to the real Asterisk: for demo, tests and benchmarks."""
