"""Other systems: their keys, and what they are told."""
