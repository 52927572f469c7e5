"""The pure heart: facts, decisions, states. Standard library only; time is an argument."""
