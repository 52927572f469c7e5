"""Facts in order, one decision, one transaction, then effects."""
