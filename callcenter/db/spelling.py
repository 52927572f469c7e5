"""Names as they are typed on a keyboard without Chinese: 王秀英 is found by wangxiuying and by wxy."""

from __future__ import annotations

from callcenter.domain.names import surname

# Characters that are read otherwise when they are a surname.
AS_SURNAME = {
    "单": ["shan"], "曾": ["zeng"], "解": ["xie"], "仇": ["qiu"], "区": ["ou"], "查": ["zha"], "任": ["ren"],
    "朴": ["piao"], "盖": ["ge"], "缪": ["miao"], "乐": ["yue"], "翟": ["zhai"], "覃": ["qin"], "员": ["yun"],
    "华": ["hua"], "宁": ["ning"], "燕": ["yan"], "纪": ["ji"], "秘": ["bi"], "冼": ["xian"], "尉迟": ["yu", "chi"],
    "万俟": ["mo", "qi"], "单于": ["chan", "yu"], "长孙": ["zhang", "sun"], "澹台": ["tan", "tai"],
}  # fmt: skip


def spell(name: str) -> tuple[str, str]:
    """Pinyin and initials of a name, lower case, without spaces: ("wangxiuying", "wxy")."""
    kept = syllables(name)
    return "".join(kept), "".join(syllable[0] for syllable in kept)


def syllables(name: str) -> list[str]:
    """One for each Chinese character: ["wang", "xiu", "ying"]. Other letters stay together as they are written."""
    first = surname(name)
    rest = name.strip().removeprefix(first)
    found = [*(AS_SURNAME.get(first) or _syllables(first)), *_syllables(rest)]
    kept = ["".join(ch for ch in syllable.lower() if ch.isalnum()) for syllable in found]
    return [syllable for syllable in kept if syllable]


def warm_up() -> None:
    """Read the dictionary, some tenths of a second of work, before somebody waits for it."""
    _syllables("王")


def _syllables(text: str) -> list[str]:
    from pypinyin import Style, lazy_pinyin  # a large dictionary: a service that comes back has calls to take up first

    return [part for syllable in lazy_pinyin(text, style=Style.NORMAL) for part in syllable.split()]
