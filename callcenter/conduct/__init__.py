"""Conduct: quality of calls (W-3, W-4), what people contribute (W-5), who has acknowledged the rules (W-10)."""
