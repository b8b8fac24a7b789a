"""Every pair of colours that text or a control stands in, computed from the stylesheet, light and dark."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[2] / "static/css/puente.css").read_text(encoding="utf-8")
TONES = ("good", "warning", "bad", "progress", "neutral")
GROUNDS = ("paper", "sheet", "shade")
TEXT = [
    *((text, ground) for text in ("ink", "ink-soft", "jacaranda", "jacaranda-deep", "bad") for ground in GROUNDS),
    *((tone, f"{tone}-tint") for tone in TONES),
    *(("ink", f"{tone}-tint") for tone in TONES),
    ("jacaranda", "progress-tint"),
    ("on-jacaranda", "jacaranda"),
    ("on-jacaranda", "jacaranda-deep"),
    ("on-cempasuchil", "cempasuchil"),
    ("on-cempasuchil", "cempasuchil-deep"),
    ("paper", "bad"),
]
# WCAG 1.4.11: the edge of a control and the ring of the focus need 3:1 against what is beside them.
EDGES = [(edge, ground) for edge in ("edge", "jacaranda") for ground in GROUNDS]


def tokens(scheme: str) -> dict[str, str]:
    light, dark = CSS.split("@media screen and (prefers-color-scheme: dark)", 1)
    found = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", light))
    if scheme == "dark":
        found.update(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", dark.split("}", 1)[0]))
    return found


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_of_black_on_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == 21


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(scheme: str) -> None:
    colours = tokens(scheme)
    faint = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in TEXT}
    assert {pair: round(ratio, 2) for pair, ratio in faint.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_controls_stand_out_from_their_ground(scheme: str) -> None:
    colours = tokens(scheme)
    faint = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in EDGES}
    assert {pair: round(ratio, 2) for pair, ratio in faint.items() if ratio < 3} == {}


def test_the_citys_colours_are_the_ones_agreed() -> None:
    light, dark = tokens("light"), tokens("dark")
    assert [light[name] for name in ("jacaranda", "cempasuchil", "ink", "paper", "rule")] == [
        "#4f3a86",
        "#f2a100",
        "#1e1b26",
        "#fbfaf7",
        "#e7e3da",
    ]
    assert [dark[name] for name in ("paper", "ink", "jacaranda")] == ["#17151d", "#eeeaf5", "#b9a6f0"]


def test_dark_replaces_every_colour_that_light_sets_except_the_accent() -> None:
    light, dark = tokens("light"), tokens("dark")
    same = {name for name in light if light[name] == dark[name]}
    assert same == {"cempasuchil", "cempasuchil-deep", "on-cempasuchil"}


def test_every_token_that_is_used_is_defined() -> None:
    sheets = CSS + (Path(__file__).parents[2] / "static/css/components.css").read_text(encoding="utf-8")
    used = set(re.findall(r"var\((--[a-z0-9-]+)", sheets))
    assert used - set(re.findall(r"(--[a-z0-9-]+):", sheets)) == set()
