"""The composition root: builds every part, ground floor first, and runs them until told to stop.

Nothing here decides anything. Each module is a part with its own concern; ``service.py`` puts them together in the order of need
and takes them apart in the reverse.
"""

from callcenter.app.service import Service, serve

__all__ = ["Service", "serve"]
