#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a small checkpoint with random weights in sentence-transformers' layout, and what it gives for some texts.

usage: make_sentences.py FOLDER

Needs torch, transformers and safetensors. FOLDER gets config.json, the tokenizer, model.safetensors, modules.json with
its modules, and golden.safetensors: for each way of pooling the vectors in float32 and float64, computed text by text by
transformers' BertModel and the formulas of sentence-transformers 5 (modules/pooling.py). texts.json are the texts.
"""
import json
import os
import sys

import safetensors.torch
import torch
import transformers

TEXTS = [
    "a cat sat on the mat",
    "A Cat, sat!",
    "",
    "the dog and the cat ran on and on and on and on and on and on and on and on",
    "dog",
    "[SEP] mat [MASK]",
]
WORDS = "a cat sat on the mat dog and ran ##s , ! .".split()
MAX_SEQ_LENGTH = 16


def modes(x):
    """x [S,D]: the vector of each way."""
    places = torch.arange(1, x.shape[0] + 1, dtype=x.dtype).unsqueeze(1)
    return {
        "cls": x[0],
        "max": x.max(0).values,
        "mean": x.sum(0) / x.shape[0],
        "mean_sqrt_len_tokens": x.sum(0) / x.shape[0] ** 0.5,
        "weightedmean": (x * places).sum(0) / places.sum(),
        "lasttoken": x[-1],
    }


def write(path, value):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file, indent=2, ensure_ascii=False)
        file.write("\n")


def main(folder):
    torch.manual_seed(7)
    config = transformers.BertConfig(
        vocab_size=5 + len(WORDS), hidden_size=36, num_hidden_layers=2, num_attention_heads=3, intermediate_size=50,
        max_position_embeddings=24)
    model = transformers.BertModel(config, add_pooling_layer=False).eval()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    os.makedirs(folder, exist_ok=True)
    safetensors.torch.save_file(model.state_dict(), os.path.join(folder, "model.safetensors"))
    write(os.path.join(folder, "config.json"), {**config.to_diff_dict(), "model_type": "bert", "num_hidden_layers": 2})
    with open(os.path.join(folder, "vocab.txt"), "w", encoding="utf-8") as file:
        file.write("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + WORDS) + "\n")
    write(os.path.join(folder, "tokenizer_config.json"), {"tokenizer_class": "BertTokenizer", "do_lower_case": True})
    write(os.path.join(folder, "sentence_bert_config.json"), {"max_seq_length": MAX_SEQ_LENGTH, "do_lower_case": False})
    kinds = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
    write(os.path.join(folder, "modules.json"), [
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for i, (path, kind) in enumerate(kinds)])
    write(os.path.join(folder, "1_Pooling", "config.json"), {
        "word_embedding_dimension": config.hidden_size,
        "pooling_mode_cls_token": False,
        "pooling_mode_mean_tokens": True,
        "pooling_mode_max_tokens": False,
        "pooling_mode_mean_sqrt_len_tokens": False})
    write(os.path.join(folder, "texts.json"), {"texts": TEXTS})

    tokenizer = transformers.BertTokenizer.from_pretrained(folder, local_files_only=True)
    golden = {}
    for name, dtype in (("f32", torch.float32), ("f64", torch.float64)):
        network = model.to(dtype)
        with torch.no_grad():
            hidden = [
                network(**tokenizer([text], truncation=True, max_length=MAX_SEQ_LENGTH, return_tensors="pt"))
                .last_hidden_state[0] for text in TEXTS]
        for mode in modes(hidden[0]):
            golden[f"{name}.{mode}"] = torch.stack([modes(x)[mode] for x in hidden]).double()
    golden["tokens"] = torch.tensor([x.shape[0] for x in hidden], dtype=torch.int32)
    safetensors.torch.save_file(golden, os.path.join(folder, "golden.safetensors"))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
