"""Text as a searcher of names sees it: no accents, no case, no invisible characters, and a way back to the original."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# Letters of other alphabets that look like Latin ones, and small capitals: no name must slip through in borrowed ones.
LOOKALIKES = str.maketrans(
    "абеорсухіјѕԁɡαοερτυνικаΑΒΕΖΗΙΚΜΝΟΡΤΥΧАВЕКМНОРСТХᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘǫʀꜱᴛᴜᴠᴡʏᴢıłøđ",
    "abeopcyxijsdgaoeptuvikaabezhikmnoptyxabekmhopctxabcdefghijklmnopqrstuvwyzilod",
)
LINE_HYPHENS = "-\u2010\u00ad"


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` folded for comparison; `origin[i]` is the place in the original of its i-th character."""

    text: str
    origin: tuple[int, ...]
    original: str

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the stretch of the original that a stretch of the folded text came from."""
        return self.origin[start], self.origin[end - 1] + 1


def fold(original: str) -> Folded:
    """Fold a text: accents, case, look-alikes and invisible characters go; a word hyphenated over a line is joined."""
    if original.isascii() and "-\n" not in original:
        return Folded(original.lower(), tuple(range(len(original))), original)
    letters: list[str] = []
    origin: list[int] = []
    skip_until = 0
    for place, character in enumerate(original):
        if place < skip_until:
            continue
        if character in LINE_HYPHENS and original[place + 1 : place + 2] == "\n":
            skip_until = place + 2
            continue
        for part in _folded_character(character):
            letters.append(part)
            origin.append(place)
    return Folded("".join(letters), tuple(origin), original)


def fold_word(text: str) -> str:
    """Return `text` folded, without the way back."""
    return fold(text).text.strip()


@lru_cache(maxsize=4096)
def _folded_character(character: str) -> str:
    if character.isascii():
        return character.lower()
    if character in "\ufffe\ufffd" or unicodedata.category(character) in ("Cf", "Mn", "Co", "Cn"):
        return ""
    decomposed = unicodedata.normalize("NFKD", character).translate(LOOKALIKES)
    return "".join(part for part in decomposed.casefold() if unicodedata.category(part) != "Mn").translate(LOOKALIKES)
