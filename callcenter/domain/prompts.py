"""What callers hear while they wait. Short sentences, said slowly, for old ears; Mandarin first."""

from __future__ import annotations

# Positions beyond this are announced without a number: nobody is helped by hearing “forty-three”.
SPOKEN_POSITIONS = 20

SENTENCES = {
    "emergency_greeting": "您好,您的求助已经收到。请不要着急,工作人员马上接听。",
    "emergency_wait": "请不要挂断,我们正在为您接通工作人员。",
    "queue_first": "您好,欢迎拨打求助热线。现在工作人员正在通话,请稍候,下一位就是您。",
    "queue_position": "您好,欢迎拨打求助热线。现在工作人员正在通话,您前面还有{ahead}位,请稍候。",
    "queue_many": "您好,欢迎拨打求助热线。现在来电较多,请您耐心等候,我们会尽快接听。",
    "parked": "对不起,有紧急求助需要马上处理。请不要挂断,您的来电我们保留着,很快继续为您服务。",
    "seat_lost": "对不起,线路出现问题。请不要挂断,我们马上为您重新接通。",
}


def sentence(prompt: str, position: int = 0) -> str:
    """The text of ``prompt`` for somebody at ``position`` (1 = next). Raises KeyError for an unknown prompt."""
    if prompt == "queue":
        if position <= 1:
            return SENTENCES["queue_first"]
        if position > SPOKEN_POSITIONS:
            return SENTENCES["queue_many"]
        return SENTENCES["queue_position"].format(ahead=position - 1)
    return SENTENCES[prompt]


def every_sentence() -> list[str]:
    """All that may be said, so that it is spoken to files before the first call needs it."""
    fixed = [text for key, text in SENTENCES.items() if key != "queue_position"]
    return fixed + [sentence("queue", position) for position in range(2, SPOKEN_POSITIONS + 1)]
