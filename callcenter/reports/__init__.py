"""What the centre did, in figures and on paper."""
