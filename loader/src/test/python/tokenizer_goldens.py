#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes what Hugging Face's tokenizers gives, for the tests of dev.avocet.loader.tokenizer to compare with:

  code-points.txt      every code point of Unicode, in context, through four normalizers: a check sum of the normalized text
                       and the number of words, per 4096 code points
  configurations.json  small tokenizer folders of every kind, and the ids of texts that show how they differ

usage: tokenizer_goldens.py FOLDER    (needs: pip install transformers==5.23.0 tokenizers==0.23.3)
"""
import json
import os
import sys
import tempfile
import zlib

from tokenizers import normalizers, pre_tokenizers
from transformers import AutoTokenizer

BLOCK = 4096
NORMALIZERS = {
    "uncased": dict(clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=True),
    "cased": dict(clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=False),
    "accents-kept": dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=True),
    "accents-stripped": dict(clean_text=False, handle_chinese_chars=True, strip_accents=True, lowercase=False),
}


def code_points(out):
    split = pre_tokenizers.BertPreTokenizer().pre_tokenize_str
    with open(out, "w", encoding="ascii") as file:
        for name, settings in NORMALIZERS.items():
            normalize = normalizers.BertNormalizer(**settings).normalize_str
            for start in range(0, 0x110000, BLOCK):
                text = "".join(
                    # Alone in a word, between accents, and between marks that normalization puts in another order.
                    f"a{c}B {c}\u0301{c} \u0915\U0001D165{c}\u302e{c}\U0001D165{c}\U0001D166 "
                    for c in map(chr, range(start, start + BLOCK)) if not "\ud800" <= c <= "\udfff")
                normal = normalize(text)
                file.write(f"{name} {start:x} {zlib.crc32(normal.encode()):08x} {len(split(normal))}\n")


WORDS = """[PAD] [UNK] [CLS] [SEP] [MASK] a the of cat Cat cats photo ##s ##ed ##ing walk Walk word Word new NEW token foo bar
##bar istanbul İstanbul i̇stanbul cafe café Cafe Café naive naïve strasse straße ß ##ß 中 文 中文 ##文 日 本 ! ? . , ' - [ ] < > / x y ##x ##y
e E [E1] <x> ##< 1 2 ##1 ##2 ö o ##o ##ö Ö O ü u ##u co ##af ##é ##e é İ i ##i ##̇ ̇ unaffable un ##aff ##able ##@ @s @ing @foo""".split()
ODD_LINES = "[PAD]\r\n[UNK]\r\n[CLS]\r\n[SEP]\r\n[MASK]\r\n\r\ncat\r\ndog \t\r\ncat\r\n##s\u3000\r\nlast"
TEXTS = [
    "", " ", "a cat", "The Cat walked, walking: two words!", "İstanbul istanbul CAFÉ café Cafe\u0301 naïve Straße STRASSE",
    "中文日本 x中y", "[CLS] a [SEP] [MASK] [PAD][UNK] [cls] [Mask]", "the new token foo bar foobar NEW  TOKEN  x",
    "<x> <X>y a<x>b  [E1]  [e1] cat[E1]", "x\u00a0y\u200bx\u0000e\u0301\ufffd\tö\n", "word " * 30, "unaffable unaffablex",
    "e" * 30, "ing s foo foos", "cats dog last lasts", "the  [MASK]  .", "cat\u200dcats the\u0301 words",
]


def template(before, after, ids, text_type=0):
    def special(name):
        return {"SpecialToken": {"id": name, "type_id": 0}}
    return {"type": "TemplateProcessing",
            "single": [*map(special, before), {"Sequence": {"id": "A", "type_id": text_type}}, *map(special, after)],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {n: {"id": n, "ids": ids[n], "tokens": [n] * len(ids[n])} for n in {*before, *after}}}


def added(content, id=None, **flags):
    token = {"content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": False,
             **flags}
    return token if id is None else {"id": id, **token}


def serialized(normalizer=None, processor=None, tokens=(), model=None, **others):
    vocab = {w: i for i, w in enumerate(WORDS)}
    special = [added(w, vocab[w], special=True) for w in WORDS[:5]]
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [*special, *tokens],
            "normalizer": normalizer and {"type": "BertNormalizer", **normalizer}, "pre_tokenizer": {"type": "BertPreTokenizer"},
            "post_processor": processor or template(["[CLS]"], ["[SEP]"], {"[CLS]": [2], "[SEP]": [3]}), "decoder": None,
            "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                      "max_input_chars_per_word": 100, "vocab": vocab, **(model or {})}, **others}


UNCASED = dict(clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=True)
CASED = {**UNCASED, "lowercase": False}
VOCAB = "\n".join(WORDS) + "\n"
FAST = {"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
N = len(WORDS)
CONFIGURATIONS = {
    "vocab.txt alone is an uncased BERT": {"vocab.txt": VOCAB},
    "a cased BERT": {"vocab.txt": VOCAB, "tokenizer_config.json": {"do_lower_case": False}},
    "lower case, accents kept": {"vocab.txt": VOCAB, "tokenizer_config.json": {"do_lower_case": True, "strip_accents": False}},
    "cased, accents stripped": {"vocab.txt": VOCAB, "tokenizer_config.json": {"do_lower_case": False, "strip_accents": True}},
    "ideographs stay together": {"vocab.txt": VOCAB, "tokenizer_config.json": {"tokenize_chinese_chars": False}},
    "settings of the slow tokenizer mean nothing": {
        "vocab.txt": VOCAB, "tokenizer_config.json": {"do_basic_tokenize": False, "never_split": ["Cat", "foobar"]}},
    "odd lines in vocab.txt": {"vocab.txt": ODD_LINES},
    "a length is stated": {"vocab.txt": VOCAB, "tokenizer_config.json": {"model_max_length": 12}},
    "no length is stated": {
        "vocab.txt": VOCAB, "tokenizer_config.json": {"model_max_length": 1000000000000000019884624838656}},
    "padding and truncation on the left": {
        "vocab.txt": VOCAB, "tokenizer_config.json": {"padding_side": "left", "truncation_side": "left"}},
    "special tokens are just text": {"vocab.txt": VOCAB, "tokenizer_config.json": {"split_special_tokens": True}},
    "other special tokens": {
        "vocab.txt": VOCAB, "tokenizer_config.json": {"cls_token": "<x>", "sep_token": "[E1]", "unk_token": "foo"}},
    "special tokens as objects": {
        "vocab.txt": VOCAB,
        "tokenizer_config.json": {"mask_token": {"__type": "AddedToken", **added("[MASK]", lstrip=True, normalized=True)}},
        "special_tokens_map.json": {"cls_token": added("[CLS]", rstrip=True), "sep_token": added("[SEP]", single_word=True),
                                    "pad_token": "[PAD]"}},
    "the mask token is not in the vocabulary": {
        "vocab.txt": VOCAB, "special_tokens_map.json": {"mask_token": "<mask>", "pad_token": "[E1]"}},
    "more special tokens in a list": {
        "vocab.txt": VOCAB, "tokenizer_config.json": {"additional_special_tokens": ["new token", "the", "<X>"]}},
    "added_tokens.json": {"vocab.txt": VOCAB, "added_tokens.json": {"New Token": N, "Foo": N + 1}},
    "added_tokens_decoder decides": {
        "vocab.txt": VOCAB, "special_tokens_map.json": {"cls_token": "a"}, "tokenizer_config.json": {"added_tokens_decoder": {
            "2": added("[CLS]", special=True), "3": added("[SEP]", special=True), str(N + 9): added("the", single_word=True),
            str(N + 5): added("<X>", lstrip=True, rstrip=True), str(N): added("Foo Bar", normalized=True),
            str(N + 1): added("Cat", normalized=True, single_word=True)}}},
    "tokenizer.json gives BERT its vocabulary and tokens, tokenizer_config.json the rest": {
        "tokenizer.json": serialized(CASED, tokens=[added("foo bar", N)], model={"max_input_chars_per_word": 5},
                                     padding={"strategy": {"Fixed": 128}, "direction": "Right", "pad_to_multiple_of": None,
                                              "pad_id": 0, "pad_type_id": 0, "pad_token": "[PAD]"},
                                     truncation={"direction": "Right", "max_length": 4, "strategy": "LongestFirst",
                                                 "stride": 0}),
        "vocab.txt": "[PAD]\n[UNK]\n[CLS]\n[SEP]\n", "tokenizer_config.json": {"tokenizer_class": "BertTokenizer"}},
    "tokenizer.json as it stands, uncased": {"tokenizer.json": serialized(UNCASED), "tokenizer_config.json": FAST},
    "tokenizer.json as it stands, cased": {
        "tokenizer.json": serialized(CASED), "tokenizer_config.json": {**FAST, "do_lower_case": True}},
    "tokenizer.json without a normalizer": {"tokenizer.json": serialized(), "tokenizer_config.json": FAST},
    "tokenizer.json with settings of its own": {
        "tokenizer.json": serialized(dict(clean_text=False, handle_chinese_chars=False, strip_accents=True, lowercase=False),
                                     model={"continuing_subword_prefix": "@", "max_input_chars_per_word": 5,
                                            "unk_token": "[E1]"}),
        "tokenizer_config.json": FAST},
    "an empty prefix": {
        "tokenizer.json": serialized(UNCASED, model={"continuing_subword_prefix": ""}), "tokenizer_config.json": FAST},
    "tokenizer.json with added tokens": {
        "tokenizer.json": serialized(UNCASED, tokens=[
            added("Foo", N, normalized=True), added("Foo Bar", N + 1, normalized=True, single_word=True),
            added("[E1]", N + 2, lstrip=True, rstrip=True), added("<x>y", N + 3), added("<x>", N + 4, single_word=True)]),
        "tokenizer_config.json": FAST},
    "BertProcessing": {
        "tokenizer.json": serialized(UNCASED, {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]}),
        "tokenizer_config.json": FAST},
    "RobertaProcessing": {
        "tokenizer.json": serialized(UNCASED, {"type": "RobertaProcessing", "sep": ["<x>", WORDS.index("<x>")],
                                               "cls": ["a", 5], "trim_offsets": True, "add_prefix_space": False}),
        "tokenizer_config.json": FAST},
    "a template of its own": {
        "tokenizer.json": serialized(UNCASED, template(["[CLS]", "a"], ["[SEP]"], {"[CLS]": [2], "a": [5, 6], "[SEP]": [3]}, 1)),
        "tokenizer_config.json": FAST},
    "stored padding on the left": {
        "tokenizer.json": serialized(UNCASED, padding={"strategy": "BatchLongest", "direction": "Left", "pad_id": 7,
                                                       "pad_to_multiple_of": 8, "pad_type_id": 1, "pad_token": "[MASK]"}),
        "tokenizer_config.json": {"tokenizer_class": "PreTrainedTokenizerFast"}},
}


def configurations(out):
    results = []
    for name, files in CONFIGURATIONS.items():
        with tempfile.TemporaryDirectory() as folder:
            for file, content in {"config.json": {"model_type": "bert"}, **files}.items():
                with open(os.path.join(folder, file), "w", encoding="utf-8", newline="") as f:
                    f.write(content if isinstance(content, str) else json.dumps(content))
            tokenizer = AutoTokenizer.from_pretrained(folder)
            result = {"name": name, "files": files, "ids": [tokenizer(t)["input_ids"] for t in TEXTS],
                      "model_max_length": min(tokenizer.model_max_length, 2**31 - 1), "pad_id": tokenizer.pad_token_id}
            for key, how in ("to_length", "max_length"), ("to_longest", "longest"):
                batch = tokenizer(TEXTS, padding=how, truncation=True, max_length=9, return_token_type_ids=True)
                result[key] = [batch["input_ids"], batch["attention_mask"], batch["token_type_ids"]]
            results.append(result)
    with open(out, "w", encoding="ascii") as file:
        # One configuration a line, so that a difference shows.
        lines = ",\n".join(json.dumps(r, separators=(",", ":")) for r in results)
        file.write(f'{{"texts":{json.dumps(TEXTS)},"configurations":[\n{lines}\n]}}\n')


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    code_points(os.path.join(sys.argv[1], "code-points.txt"))
    configurations(os.path.join(sys.argv[1], "configurations.json"))
