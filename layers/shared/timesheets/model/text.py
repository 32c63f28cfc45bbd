"""Rules for text: invisible characters, Unicode normalisation, white space, length.

Invisible characters never tell two texts apart, and no text changes how the text next to it is displayed. The
character classes are ranges of the Unicode Standard (version 16), so that other languages can use the same
patterns: `tests/cases/text.json` holds the cases that every implementation must agree on.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

# Property White_Space, and U+2800, which is blank but not white space.
BLANK: Final = (
    "\t\n\v\f\r \x85\xa0\u1680"
    + "".join(map(chr, range(0x2000, 0x200B)))
    + "\u2028\u2029\u202f\u205f\u3000\u2800"
)

# Zero-width characters that never change how a text looks: U+00AD, U+200B, U+2060, U+FEFF.
_MEANINGLESS: Final = dict.fromkeys(map(ord, "\xad\u200b\u2060\ufeff"))

_SYMBOL: Final = (
    "\xa9\xae\u203c\u2049\u2122\u2139\u2190-\u27ff\u2900-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001fbff"
)
_HAN: Final = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
# Myanmar, Phags-pa, CJK punctuation, full-width forms, Manichaean, Egyptian hieroglyphs.
_VARIANT_LETTER: Final = (
    "\u1000-\u109f\u3001\u3002\ua840-\ua87f\ua9e0-\ua9ff\uaa60-\uaa7f\uff01-\uff1f\U00010ac0-\U00010aff"
    "\U00013000-\U000143ff"
)
_MONGOLIAN_LETTER: Final = "\u1807\u1810-\u1819\u1820-\u18aa"

# Variation selectors after a character that has variants (Unicode Standard, section 23.4): emoji and symbols,
# keycaps, ideographs, Mongolian letters. A match of the group is kept, any other selector is removed.
_SELECTOR: Final = (
    f"((?<=[{_SYMBOL}])[\ufe00-\ufe0f]"
    f"|(?<=[0-9#*])\ufe0f(?=\u20e3)"
    f"|(?<=[{_HAN}{_VARIANT_LETTER}])[\ufe00-\ufe0d]"
    f"|(?<=[{_HAN}])[\U000e0100-\U000e01ef]"
    f"|(?<=[{_MONGOLIAN_LETTER}])[\u180b-\u180f])"
    "|[\ufe00-\ufe0f\U000e0100-\U000e01ef\u180b-\u180f]"
)

# Canonical combining class 9.
_VIRAMA: Final = (
    "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d3b\u0d3c\u0d4d\u0dca\u0e3a\u0eba\u0f84\u1039\u103a\u1714"
    "\u1715\u1734\u17d2\u1a60\u1b44\u1baa\u1bab\u1bf2\u1bf3\u2d7f\ua806\ua82c\ua8c4\ua953\ua9c0\uaaf6\uabed"
    "\U00010a3f\U00011046\U00011070\U0001107f\U000110b9\U00011133\U00011134\U000111c0\U00011235\U000112ea"
    "\U0001134d\U00011442\U000114c2\U000115bf\U0001163f\U000116b6\U0001172b\U00011839\U0001193d\U0001193e"
    "\U000119e0\U00011a34\U00011a47\U00011a99\U00011c3f\U00011d44\U00011d45\U00011d97\U00011f41\U00011f42"
)
_KHMER_SHIFTER: Final = "\u17c9\u17ca"
# Joining_Type D, L and C: letters that join the next one.
_JOINS_NEXT: Final = (
    "\u0620\u0626\u0628\u062a-\u062e\u0633-\u0647\u0649\u064a\u066e\u066f\u0678-\u0687\u069a-\u06bf\u06c1\u06c2"
    "\u06cc\u06ce\u06d0\u06d1\u06fa-\u06fc\u06ff\u0712-\u0714\u071a-\u071d\u071f-\u0727\u0729\u072b\u072d\u072e"
    "\u074e-\u0758\u075c-\u076a\u076d-\u0770\u0772\u0775-\u0777\u077a-\u077f\u07ca-\u07ea\u07fa\u0841-\u0845"
    "\u0848\u084a-\u0853\u0855\u0860\u0862-\u0865\u0868\u0883-\u0886\u0889-\u088d\u088f\u08a0-\u08a9\u08af\u08b0"
    "\u08b3-\u08b8\u08ba-\u08c8\u1807\u180a\u1820-\u1878\u1887-\u18a8\u18aa\ua840-\ua872\U0001e900-\U0001e943"
)
# Joining_Type R: letters that join only the one before.
_JOINS_PREVIOUS: Final = (
    "\u0622-\u0625\u0627\u0629\u062f-\u0632\u0648\u0671-\u0673\u0675-\u0677\u0688-\u0699\u06c0\u06c3-\u06cb\u06cd"
    "\u06cf\u06d2\u06d3\u06d5\u06ee\u06ef\u0710\u0715-\u0719\u071e\u0728\u072a\u072c\u072f\u074d\u0759-\u075b"
    "\u076b\u076c\u0771\u0773\u0774\u0778\u0779\u0840\u0846\u0847\u0849\u0854\u0856-\u0858\u0867\u0869\u086a"
    "\u0870-\u0882\u088e\u08aa-\u08ac\u08ae\u08b1\u08b2\u08b9"
)
# Joining_Type T: marks between two letters do not keep them from joining.
_MARK: Final = (
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a"
    "\u07eb-\u07f3\u0859-\u085b\u0897-\u089f\u08ca-\u08e1\u08e3-\u08ff\u180b-\u180d\u180f\U0001e944-\U0001e94a"
)
_AFTER: Final = (
    f"(?:(?<=[{_JOINS_NEXT}])|(?<=[{_JOINS_NEXT}][{_MARK}])|(?<=[{_JOINS_NEXT}][{_MARK}][{_MARK}]))"
)
_BEFORE: Final = f"(?=[{_MARK}]*[{_JOINS_NEXT}{_JOINS_PREVIOUS}])"

_JOINERS: Final = "([\u200c\u200d])[\u200c\u200d]*"
# Joiners that change how a text looks (RFC 5892, appendices A.1 and A.2, and UTS #51 for emoji): beside a
# virama, between emoji, and where they break or make a joint of Arabic-like letters.
_JOINER: Final = (
    f"((?<=[{_VIRAMA}])[\u200c\u200d]|[\u200c\u200d](?=[{_VIRAMA}{_KHMER_SHIFTER}])"
    f"|(?<=[{_SYMBOL}\ufe0f])\u200d(?=[{_SYMBOL}])"
    f"|{_AFTER}\u200c{_BEFORE}"
    f"|{_AFTER}\u200d(?!{_BEFORE})|(?!{_AFTER})\u200d{_BEFORE})"
    "|[\u200c\u200d]"
)

# The flags of England, Scotland and Wales: the only emoji made of tag characters (UTS #51, RGI sequences).
_FLAG: Final = (
    "\U0001f3f4(?:\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067"
    "|\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074"
    "|\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073)\U000e007f"
)

# Property Default_Ignorable_Code_Point without the characters above; annotation marks; noncharacters.
_INVISIBLE: Final = (
    "\u034f\u115f\u1160\u17b4\u17b5\u2061-\u2065\u206a-\u206f\u3164\ufdd0-\ufdef\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
_REFUSED: Final = {
    "the control character": "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f",
    "the bidirectional control": "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069",
    "the invisible character": _INVISIBLE,
    "half of a surrogate pair,": "\ud800-\udfff",
}
_LINES: Final = {"the line break": "\n\r\u2028\u2029", "the tab": "\t"}
_DAMAGE: Final = {"the replacement character": "\ufffd"}

_MARGIN: Final = 200


def clean(text: str) -> str:
    """Return text in NFC, without zero-width characters that mean nothing and without blanks at its ends."""
    if text.isascii():
        return text.strip(BLANK)
    cleaned = _clean_once(text)
    if _clean_once(cleaned) == cleaned:
        return cleaned
    # Marks that a removed character kept apart changed places, so that a joiner lost its meaning, and perhaps
    # each one after it. No language has such text: remove all joiners rather than one in each pass.
    return _clean_once(re.sub(_JOINERS, "", text))


def strip(text: str) -> str:
    """Return text without zero-width characters that mean nothing and without blanks at its ends."""
    visible = text if text.isascii() else text.translate(_MEANINGLESS)
    return visible.strip(BLANK)


def parse_text(
    value: object, longest: int, *, blank: bool = False, lines: bool = False, damage: bool = False
) -> str:
    """Return a text cleaned.

    Parameters
    ----------
    value
        Decoded JSON.
    longest
        Characters (code points) that the cleaned text may have.
    blank
        Permit an empty text.
    lines
        Permit line breaks and tabs.
    damage
        Permit U+FFFD, which decoders put in place of bytes that they cannot read.

    Raises
    ------
    ValueError
        If it is not a string, is blank or too long, or holds a character that is not permitted.

    """
    if not isinstance(value, str):
        raise ValueError("must be a string")
    text = strip(value)
    # The time to normalise a run of combining marks grows with the square of its length.
    if len(text) <= 2 * longest + _MARGIN:
        text = clean(text)
    if not text and not blank:
        raise ValueError("must not be blank")
    if len(text) > longest:
        raise ValueError(f"must be at most {longest} characters")
    if not (text.isascii() and text.isprintable()):
        _check_characters(
            re.sub(_FLAG, "", text), _REFUSED | ({} if lines else _LINES) | ({} if damage else _DAMAGE)
        )
    return text


def _check_characters(text: str, refused: Mapping[str, str]) -> None:
    for kind, characters in refused.items():
        found = re.search(f"[{characters}]", text)
        if found:
            raise ValueError(f"must not contain {kind} U+{ord(found[0]):04X}")


def _clean_once(text: str) -> str:
    text = unicodedata.normalize("NFC", strip(text))
    # re compiles these patterns at their first use, not at each cold start.
    text = re.sub(_SELECTOR, r"\1", text)
    text = re.sub(_JOINER, r"\1", re.sub(_JOINERS, r"\1", text))
    return unicodedata.normalize("NFC", text).strip(BLANK)
