"""The colours everything printed or drawn is made of, as hexadecimal strings."""

JACARANDA = "#4F3A86"
CEMPASUCHIL = "#F2A100"
OBSIDIAN = "#1E1B26"
MUTED = "#5E5869"
PAPER = "#FBFAF7"
STONE = "#E7E3DA"
STONE_DARK = "#B9B2A3"
WHITE = "#FFFFFF"

# Neighbours differ in lightness as well as hue, so the order survives colour blindness and a grey printer.
SERIES = (JACARANDA, CEMPASUCHIL, "#1F7A72", "#B9A6F0", "#A33B20", "#8C8577")
# What is written on each of them, at 4.5:1 or better.
SERIES_INK = (WHITE, OBSIDIAN, WHITE, OBSIDIAN, WHITE, OBSIDIAN)

# Every tone is at least 4.5:1 on paper; a tone never stands alone, the text beside it says the same.
TONES = {
    "neutral": MUTED,
    "progress": JACARANDA,
    "good": "#1C6B3A",
    "warning": "#8A5A00",
    "bad": "#A3211B",
}
