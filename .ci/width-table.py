#!/usr/bin/env python3
"""Writes Sources/CTerminal/width_table.h: what the sanitizer and the screen do with each Unicode scalar.

The table is pinned on purpose: the C library of each machine knows another Unicode version, and a column
counted differently by two parts of the program tears the whole screen. Run again only to move the pin:

    .ci/width-table.py > Sources/CTerminal/width_table.h
"""
import sys
import unicodedata

NARROW, WIDE, AMBIGUOUS, MARK, DROP, REPLACE, JAMO, FLAG, TONE, BREAK = range(10)
NAMES = "NARROW WIDE AMBIGUOUS MARK DROP REPLACE JAMO FLAG TONE BREAK".split()

# Emoji of Unicode 15.0, for a Python that knows 14.0.
LATER_WIDE = {0x1F6DC, *range(0x1FA75, 0x1FA78), *range(0x1FA87, 0x1FA89), *range(0x1FAAD, 0x1FAB0),
              *range(0x1FABB, 0x1FABE), 0x1FABF, *range(0x1FACE, 0x1FAD0), *range(0x1FADA, 0x1FADC),
              0x1FAE8, *range(0x1FAF7, 0x1FAF9)}


def treatment(code):
    char = chr(code)
    category = unicodedata.category(char)
    if 0x1F1E6 <= code <= 0x1F1FF:
        return FLAG
    if 0x1F3FB <= code <= 0x1F3FF:
        return TONE
    # Conjoining vowels and finals: composed with their initial, or replaced. Terminals disagree on the rest.
    if 0x1160 <= code <= 0x11FF or 0xD7B0 <= code <= 0xD7FF:
        return JAMO
    if code in (0x2028, 0x2029, 0x85):
        return BREAK
    if code < 0x20 or 0x7F <= code < 0xA0:
        return REPLACE
    # Variation selectors and the keycap frame change the width in some terminals only.
    if 0xFE00 <= code <= 0xFE0F or 0xE0000 <= code <= 0xE0FFF or code == 0x20E3 or 0x180B <= code <= 0x180F:
        return DROP
    if category == "Cf" or code in (0x034F, 0x115F, 0x17B4, 0x17B5, 0x3164, 0xFFA0):
        return DROP
    if code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF:
        return REPLACE
    if code in LATER_WIDE:
        return WIDE
    # Reserved for ideographs: wide in every terminal, and rare names live here.
    if 0x20000 <= code <= 0x3FFFD:
        return WIDE
    if category in ("Cn", "Co", "Cs"):
        return REPLACE
    if category in ("Mn", "Me"):
        return MARK
    width = unicodedata.east_asian_width(char)
    # Hexagrams and circled numbers: half of the terminals draw them wide, and none of our words needs them.
    if 0x4DC0 <= code <= 0x4DFF or 0x3248 <= code <= 0x324F:
        return REPLACE
    if width in "WF":
        return WIDE
    return AMBIGUOUS if width == "A" else NARROW


def main():
    ranges = []
    for code in range(0x110000):
        kind = treatment(code)
        if ranges and ranges[-1][2] == kind:
            ranges[-1][1] = code
        else:
            ranges.append([code, code, kind])
    out = sys.stdout.write
    out("// Written by .ci/width-table.py from Unicode %s and the emoji of 15.0. Do not edit.\n"
        % unicodedata.unidata_version)
    out("// Each entry: first scalar of a range (it ends before the next entry), treatment.\n")
    line = ""
    for first, _, kind in ranges:
        item = "{0x%X, %d}, " % (first, kind)
        if len(line) + len(item) > 108:
            out(line.rstrip() + "\n")
            line = ""
        line += item
    out(line.rstrip().rstrip(",") + "\n")


main()
