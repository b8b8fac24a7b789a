"""The number of an application, with a check character that catches a mistyped or swapped one."""

PREFIX = "MOV"
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no I and no O: they read as 1 and 0


def folio(year: int, number: int) -> str:
    """Return the folio of an application: `MOV-2026-000123-K`."""
    return f"{PREFIX}-{year:04d}-{number:06d}-{_check(year, number)}"


def _check(year: int, number: int) -> str:
    # Weights are powers of two modulo the prime 31: one wrong digit, or two neighbours swapped, changes the result.
    total = 0
    for digit in f"{year:04d}{number:06d}":
        total = (total + int(digit)) * 2 % 31
    return _ALPHABET[(32 - total) % 31]
