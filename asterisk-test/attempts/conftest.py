"""The fixtures of this folder."""

from __future__ import annotations

from ladder_calls import drills, evidence, network, node, one, tone, two

__all__ = ["drills", "evidence", "network", "node", "one", "tone", "two"]
