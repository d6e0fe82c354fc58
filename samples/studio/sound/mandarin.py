"""How espeak-ng is told to read Chinese: words that its dictionary gets wrong."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["VOICE", "spelled"]

VOICE = "cmn-latn-pinyin"
"""The Mandarin voice; espeak-ng 1.51 reads `cmn` as English letters."""

# Mostly characters with two readings, where the dictionary takes the other one.
_READINGS: Mapping[str, str] = {
    "银行": "yin2hang2",
    "还款": "huan2kuan3",
    "还清": "huan2qing1",
    "还贷": "huan2dai4",
    "还完": "huan2wan2",
    "还钱": "huan2qian2",
    "要还": "yao4huan2",
    "得还": "dei3huan2",
    "月还": "yue4huan2",
    "都还": "dou1huan2",
    "长大": "zhang3da4",
    "校长": "xiao4zhang3",
    "行业": "hang2ye4",
    "重新": "chong2xin1",
    "怎么还": "zen3me5huan2",
    "还多": "huan2duo1",
    "贷款": "dai4kuan3",
    "地铁": "di4tie3",
    "地方": "di4fang5",
    "落地": "luo4di4",
    "嗯": "en4",
}
_LONGEST = max(map(len, _READINGS))


def spelled(text: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Write the pinyin of words that would be misread.

    Returns:
        The text for the voice, and for each of its characters the span of characters of
        the given text that it stands for.
    """
    out: list[str] = []
    places: list[tuple[int, int]] = []
    at = 0
    while at < len(text):
        word = _misread_at(text, at)
        reading = _READINGS.get(word, word)
        out.append(reading)
        places += [(at, at + len(word))] * len(reading)
        at += len(word)
    return "".join(out), tuple(places)


def _misread_at(text: str, at: int) -> str:
    """Return the longest word of the table that starts here, else one character."""
    for length in range(_LONGEST, 0, -1):
        if text[at : at + length] in _READINGS:
            return text[at : at + length]
    return text[at]
