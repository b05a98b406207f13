"""Wording that puts blame on people or says more than is known, each with what to write instead; never a block.

The list is DOMAIN.md's "Language", and what Dudley's "Language Matters" guidance says of the same.
"""

import re
from collections.abc import Iterator
from typing import Final

from data.free_text.found import Finding

_INSTEAD: Final = (
    (r"child prostitut\w*|underage prostitut\w*", "a child who is being sexually exploited"),
    (r"prostitutes?|hookers?|sex slaves?|call girls?|streetwalkers?|working girls?", "a person selling sex"),
    (r"prostitution|prostituting", "selling sex"),
    (r"brothels?|cat ?houses?|knocking shops?", "premises where people sell sex, if that was seen"),
    (
        r"(?:refus\w+|fail\w+|declin\w+|unwilling|(?:did not|didn't) want) to (?:engage|co-?operate|talk|speak)",
        "chose not to speak today",
    ),
    (r"(?:non|un)-?(?:engag\w+|co-?operative|compliant)|hard to reach|difficult to engage", "chose not to speak today"),
    (r"claim(?:s|ed|ing)? (?:that|to|he|she|they)\b|claims\b|alleges\b|purports\b", "said"),
    (
        r"illegal (?:immigrants?|migrants?|aliens?|workers?)|illegals|overstayers?|failed asylum seekers?",
        "people; leave their status out",
    ),
    (r"(?:immigration|visa|asylum) status|no papers|undocumented", "nothing: their status is not recorded"),
    (r"rescu(?:e|es|ed|ing)", "support to leave if they wish"),
    (
        r"life ?style choices?|chose this life|making poor choices|promiscuous|attention seeking",
        "what was seen, without the judgement",
    ),
    (
        r"put(?:s|ting)? (?:her|him|them)sel(?:f|ves) at risk|risk-?taking behaviours?",
        "is being put at risk by somebody else",
    ),
    (r"victims?", "a person who may be being exploited, unless a referral was made"),
    (
        r"(?:is|are|was|were) (?:definitely |clearly |obviously )?(?:being )?(?:trafficked|exploited|enslaved)",
        "may be being exploited",
    ),
    (r"slaves?|slave masters?", "a person who may be being exploited"),
    (r"pimps?|madams?|gang ?masters?", "a person who seems to control others, if that was seen"),
    (r"junkies|junkie|crackheads?|druggies|addicts?|drug abusers?", "a person who uses drugs, if that was seen"),
    (
        r"gyps(?:y|ies)|pikeys?|orientals?|coloured (?:people|person|men|man|women|woman)",
        "nothing: describe what was done, not who people are",
    ),
    (r"punters?|johns", "people who buy sex"),
    (r"obviously|clearly|definitely|typical of", "what was seen that makes you think so"),
)
_PHRASES: Final = tuple((re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), instead) for pattern, instead in _INSTEAD)


def wordings(text: str) -> Iterator[Finding]:
    """Give the phrases that could be said better."""
    for pattern, instead in _PHRASES:
        for match in pattern.finditer(text):
            start, end = match.span()
            yield Finding(start=start, end=end, kind="wording", sentence=f"Better: {instead}.")
