"""The colours of screen and paper: one meaning each on every page, never the only sign of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """One accent, greys and four status colours, each at least 4.5 : 1 against its paper."""

    paper: str
    ink: str
    muted: str
    grid: str
    accent: str
    band: str
    second: str
    third: str
    target: str
    meets: str
    misses: str
    close: str


LIGHT = Palette(
    paper="#ffffff",
    ink="#1b2430",
    muted="#596474",
    grid="#e4e8ee",
    accent="#0b5cad",
    band="rgba(11,92,173,0.13)",
    second="#8a5a00",
    third="#596474",
    target="#596474",
    meets="#14713d",
    misses="#b42318",
    close="#855600",
)
DARK = Palette(
    paper="#11151c",
    ink="#e8ecf2",
    muted="#a3adba",
    grid="#2a323e",
    accent="#6cb2f7",
    band="rgba(108,178,247,0.18)",
    second="#e3b341",
    third="#a3adba",
    target="#a3adba",
    meets="#57c785",
    misses="#ff8f85",
    close="#e3b341",
)


def palette(dark: bool = False) -> Palette:
    """The colours for a theme."""
    return DARK if dark else LIGHT
