"""What the centre refuses, in words for people: what happened, what to do, which rule says so."""

from __future__ import annotations


class Refused(Exception):
    """A command or request that is not carried out. Nothing was changed.

    ``code`` is for programs, ``status`` is the HTTP status that fits, ``rule`` the id of the regulation row, if one decides.
    """

    def __init__(
        self,
        code: str,
        zh: str,
        en: str,
        *,
        remedy_zh: str = "",
        remedy_en: str = "",
        rule: str | None = None,
        status: int = 409,
    ) -> None:
        super().__init__(f"{code}: {en}")
        self.code = code
        self.zh = zh
        self.en = en
        self.remedy_zh = remedy_zh
        self.remedy_en = remedy_en
        self.rule = rule
        self.status = status


class IllegalMove(Refused):
    """A state machine was asked for a move its table does not have. Nothing was changed."""

    def __init__(self, what_zh: str, what_en: str, state: str, move: str) -> None:
        super().__init__(
            "illegal_move",
            f"{what_zh}现在的状态是“{state}”,不能执行“{move}”。",
            f"The {what_en} is in state “{state}”, which has no move “{move}”.",
            remedy_zh="请按界面上显示的最新状态操作。",
            remedy_en="Act on the latest state that the screen shows.",
        )
        self.state = state
        self.move = move
