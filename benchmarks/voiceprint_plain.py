"""What the results of the voiceprint mean, in sentences for docs/voiceprint.md."""

from __future__ import annotations

from typing import Any

__all__ = ["plainly"]


def plainly(r: dict[str, Any], speakers: dict[str, Any]) -> str:
    """Say what a reader of the tables should not miss.

    Args:
        r: Content of voiceprint.json.
        speakers: Content of speakers.json.
    """
    ours, theirs = r["overall"]["facesign"], r["overall"]["resemblyzer"]
    (low, high), (low_2, high_2) = ours["eer_interval_95"], theirs["eer_interval_95"]
    apart = high < low_2 or high_2 < low
    mixed = speakers["conversations"]["third_adult"]["sample_and_questions"]
    taken, net = mixed["other_as_applicant"], mixed["offered_that_is_the_applicants"]
    own, normed = r["cohorts"]["none"]["eer"], r["cohorts"]["shipped"]["eer"]
    lines = [
        f"The EER of {_p(ours['eer'])} % stands beside Resemblyzer's {_p(theirs['eer'])} %; the "
        f"intervals ({_p(low)} to {_p(high)} and {_p(low_2)} to {_p(high_2)} %) "
        + ("do not overlap." if apart else "overlap, so neither is shown to be the better one."),
        f"minDCF ({ours['min_dcf_0.01']:.3f}) is {_than(ours, theirs, 'min_dcf_0.01')} than "
        f"Resemblyzer's ({theirs['min_dcf_0.01']:.3f}), and min Cllr ({ours['min_cllr']:.3f}) is "
        f"{_than(ours, theirs, 'min_cllr')} than Resemblyzer's ({theirs['min_cllr']:.3f}): where "
        "false matches have to be rare, this encoder misses more of the genuine ones.",
        f"The encoder's own cosine has {_p(own)} % EER. AS-norm brings it to {_p(normed)} %, and "
        f"the quality terms of the calibration to {_p(ours['eer'])} %; the cosine of Resemblyzer "
        "had neither.",
        "A third adult on the applicant's own track is taken for the applicant "
        f"{_p(taken['value'])} % of the time ({_ends(taken)}), and of the net speech that is "
        f"compared there {_p(net['value'])} % is the applicant's ({_ends(net)}): see "
        "[who speaks](speakers.md).",
    ]
    return "\n".join(f"- {line}" for line in lines)


def _than(ours: dict[str, Any], theirs: dict[str, Any], name: str) -> str:
    return "worse" if ours[name] > theirs[name] else "better"


def _ends(found: dict[str, Any]) -> str:
    low, high = found["interval_95"]
    return f"95 %: {_p(low)} to {_p(high)}"


def _p(value: float) -> str:
    return f"{100 * value:.1f}"
