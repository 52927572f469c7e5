"""What the system wants of a case by itself. A keeper asks for many things in turn: one that the rules refuse is logged, and those
behind it have their turn. It is looked for again at the keeper's next look.
"""

from __future__ import annotations

import structlog

from callcenter.domain.errors import Refused
from callcenter.domain.facts import Fact
from callcenter.engine.processor import Processor

log = structlog.get_logger()


async def ask_by_itself(processor: Processor, fact: Fact) -> bool:
    """Whether it was done. Raises what the database raises, and TimeoutError: then nothing else would be done either."""
    try:
        await processor.ask(fact)
    except Refused as error:
        log.warning("not_done_by_itself", fact=type(fact).__name__, case=str(getattr(fact, "case_id", "")), why=error.code)
        return False
    return True
