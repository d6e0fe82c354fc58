"""Words that no screen, report or text for the applicant may use."""

from __future__ import annotations

import re

FORBIDDEN = {
    "zh": re.compile("通过|谎|测谎|欺骗|情绪|紧张|黑名单|风险提示|预警|拒贷|可疑|语音信用指纹"),
    "en": re.compile(
        r"\b(lie[sd]?|liar|lying|decept\w*|deceiv\w*|dishonest\w*|emotion\w*|stress\w*|"
        r"suspicio\w*|alert\w*|spoof\w*|confidence|guilt\w*|blacklist\w*|fraudster\w*)\b",
        re.IGNORECASE,
    ),
}
