"""How a person's particulars look until somebody gives a reason to see them: 张**, 138****1234, the last 4 of a number.

Pure. The same masks stand on the desk, on phones and in exports.
"""

HIDDEN = "*"
_SOME = HIDDEN * 4
_INVISIBLE = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF, 0x00AD])


def mask_name(name: str | None) -> str:
    """The first character and two stars, however long the name is: its length tells nearly as much as its end.

    The dot of 阿卜杜拉·买买提 goes with the rest. One character alone is hidden whole: it would be all of it.
    """
    seen = _visible(name)
    if not seen:
        return ""
    return HIDDEN * 2 if len(seen) == 1 else seen[0] + HIDDEN * 2


def mask_phone(phone: str | None) -> str:
    """The first 3 and last 4 of a mobile number (with or without +86); of another number only the last 2."""
    seen = _visible(phone)
    digits = seen if seen.isdecimal() else "".join(c for c in seen if c.isdecimal())
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    if len(digits) == 11:
        return digits[:3] + _SOME + digits[-4:]
    return _tail(digits if len(digits) >= 6 else seen, shown=2 if len(digits) >= 6 else 0)


def mask_id(number: str | None) -> str:
    """The last 4 of an identity number or other document; a short one is hidden whole."""
    seen = _visible(number).upper()
    return _tail(seen, shown=4 if len(seen) >= 8 else 0)


def _tail(text: str, *, shown: int) -> str:
    if not text:
        return ""
    return _SOME + (text[-shown:] if shown else "")


def _visible(text: str | None) -> str:
    """Without the marks nobody sees (right-to-left, zero-width): a mask must not be led by one."""
    if not text:
        return ""
    return text.strip() if text.isascii() else text.translate(_INVISIBLE).strip()
