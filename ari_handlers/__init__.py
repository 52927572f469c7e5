"""ARI event in, domain fact out. Nothing is decided here.

``ARI_HANDLERS`` is one table, read top to bottom: an event that is not in it is not read.
"""

from ari_handlers.table import ARI_HANDLERS, Origin, facts_of

__all__ = ["ARI_HANDLERS", "Origin", "facts_of"]
