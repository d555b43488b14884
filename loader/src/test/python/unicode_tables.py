#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes unicode.txt, the character tables that Hugging Face's tokenizers uses for BERT, by asking the library itself.

Every code point is put through the library's normalizers, its pre-tokenizer and its added tokens, each step alone; nothing
comes from another source of Unicode data, so the tables are as old or as new as the library's.

usage: unicode_tables.py OUT.txt    (needs: pip install tokenizers==0.23.3)
"""
import sys
from collections import defaultdict

import tokenizers
from tokenizers import AddedToken, Tokenizer, normalizers, pre_tokenizers
from tokenizers.models import WordPiece

CODE_POINTS = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]
HANGUL = range(0xAC00, 0xD7A4)


def step(**on):
    settings = {"clean_text": False, "handle_chinese_chars": False, "strip_accents": False, "lowercase": False, **on}
    return normalizers.BertNormalizer(**settings).normalize_str


def ranges(code_points):
    """[1, 2, 3, 5] -> ["1-3", "5"] in hexadecimal; every second one of a range is written "1-5/2"."""
    rest, out = sorted(code_points), []
    while rest:
        best = [rest[0]]
        members = set(rest)
        for stride in (1, 2):
            run = [rest[0]]
            while run[-1] + stride in members:
                run.append(run[-1] + stride)
            if len(run) > len(best) + stride - 1:
                best, best_stride = run, stride
        if len(best) == 1:
            out.append(f"{best[0]:x}")
        else:
            out.append(f"{best[0]:x}-{best[-1]:x}" + ("" if best_stride == 1 else f"/{best_stride}"))
        taken = set(best)
        rest = [c for c in rest if c not in taken]
    return out


def plain_ranges(code_points):
    out, first, last = [], None, None
    for c in sorted(code_points):
        if last is not None and c == last + 1:
            last = c
            continue
        if first is not None:
            out.append((first, last))
        first = last = c
    out.append((first, last))
    return [f"{a:x}" if a == b else f"{a:x}-{b:x}" for a, b in out]


def words():
    """What a token that must stand alone can't stand next to."""
    tokenizer = Tokenizer(WordPiece({"[UNK]": 0}, unk_token="[UNK]"))
    tokenizer.add_tokens([AddedToken("\ue000", single_word=True, normalized=False)])
    return [c for c in CODE_POINTS if c != 0xE000 and 1 not in tokenizer.encode(chr(c) + "\ue000").ids]


def has_class(nfd, s):
    """Whether a code point has a canonical combining class, read off the order that NFD gives to pairs."""
    lowest, highest = "\u0334", "\u0345"  # classes 1 and 240
    return nfd(s) == s and (nfd(s + lowest) != s + lowest or nfd(highest + s) != highest + s)


def combining_class(nfd, s):
    probes = {7: 0x93C, 8: 0x3099, 9: 0x94D, 216: 0x31B, 218: 0x302A, 220: 0x316, 222: 0x59A, 224: 0x302E, 226: 0x1D16D,
              228: 0x5AE, 230: 0x300, 232: 0x302C, 233: 0x35C, 234: 0x35D}
    equal = [k for k, p in probes.items() if nfd(s + chr(p)) == s + chr(p) and nfd(chr(p) + s) == chr(p) + s]
    assert len(equal) == 1, (s, equal)
    return equal[0]


def main(out):
    clean, cjk = step(clean_text=True), step(handle_chinese_chars=True)
    strip, lower = step(strip_accents=True), step(lowercase=True)
    nfd = normalizers.NFD().normalize_str
    split = pre_tokenizers.BertPreTokenizer().pre_tokenize_str
    table = defaultdict(list)
    folds, lowers = defaultdict(list), defaultdict(list)
    for c in CODE_POINTS:
        s = chr(c)
        pieces = [p for p, _ in split("a" + s + "b")]
        if pieces == ["a", "b"]:
            table["space"].append(c)
        elif pieces == ["a", s, "b"]:
            table["punctuation"].append(c)
        else:
            assert pieces == ["a" + s + "b"], hex(c)
        cleaned = clean(s)
        if cleaned == "":
            table["removed"].append(c)
        else:
            assert cleaned == (" " if pieces == ["a", "b"] else s), hex(c)
        if cjk(s) != s:
            assert cjk(s) == f" {s} ", hex(c)
            table["cjk"].append(c)
        if lower(s) != s:
            if len(lower(s)) == 1:
                lowers[ord(lower(s)) - c].append(c)
            else:
                assert (c, lower(s)) == (0x130, "i\u0307")
        if strip(s) == "":
            table["mark"].append(c)
        elif c in HANGUL:
            i = c - HANGUL.start
            jamo = [0x1100 + i // 588, 0x1161 + i % 588 // 28] + ([0x11A7 + i % 28] if i % 28 else [])
            assert strip(s) == "".join(map(chr, jamo)), hex(c)
        elif strip(s) != s:
            folds[strip(s)].append(c)
    table["word"] = words()
    marks = set(table["mark"])
    starters = [c for c in table["mark"] if not all(has_class(nfd, part) for part in nfd(chr(c)))]
    classes = defaultdict(list)
    for c in CODE_POINTS:
        if c not in marks and has_class(nfd, chr(c)):
            classes[combining_class(nfd, chr(c))].append(c)

    with open(out, "w", encoding="ascii") as file:
        def line(*fields):
            file.write(" ".join(fields) + "\n")
        line("# SPDX-License-Identifier: Apache-2.0")
        line("# Character tables of Hugging Face's tokenizers", tokenizers.__version__ + ", made by unicode_tables.py.")
        line("# Ranges of code points in hexadecimal, both ends included; /2 takes every second one.")
        for name in ("space", "removed", "punctuation", "cjk", "mark", "word"):
            line(name, *plain_ranges(table[name]))
        line("# Marks that are, or decompose into one, of canonical combining class 0: they end a run of marks that normalization sorts.")
        line("starter", *plain_ranges(starters))
        line("# class C: code points of that combining class that are no non-spacing marks here, so stay when accents go.")
        for k in sorted(classes):
            line("class", str(k), *plain_ranges(classes[k]))
        line("# lower D: the lower-case letter is D further; the one exception is U+0130: i and U+0307.")
        for delta in sorted(lowers):
            line("lower", str(delta), *ranges(lowers[delta]))
        line("# fold T: what is left of the canonical decomposition when non-spacing marks are gone; Hangul is arithmetic.")
        for target in sorted(folds):
            line("fold", ",".join(f"{ord(t):x}" for t in target), *plain_ranges(folds[target]))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
