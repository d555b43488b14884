#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Exports a checkpoint in Hugging Face layout to ONNX, for the peers that read nothing else.

usage: export_onnx.py CHECKPOINT OUTPUT_FOLDER

A ViT gives vit.onnx (pixel_values -> logits). ALIGN gives b7.onnx (pixel_values -> pooler_output) and bert.onnx
(input_ids, attention_mask -> last_hidden_state). The batch is dynamic, everything else fixed: pictures of the size that
the checkpoint's preprocessor_config.json makes, texts of 64 tokens. Each graph is run and held against PyTorch before it
gets its name, so a file that is there is a file that is right.
"""
import json
import logging
import os
import sys

import numpy
import onnxruntime
import torch
import transformers

TOKENS = 64
TOLERANCE = 1e-4  # of the largest value: float32 sums in another order


class Tower(torch.nn.Module):
    """One tower with positional inputs and one output, as the exporter wants it."""

    def __init__(self, name, model, inputs, output):
        super().__init__()
        self.name, self.model, self.inputs, self.output = name, model, inputs, output

    def results(self, *values):
        return self.model(**dict(zip(self.inputs, values)))

    def forward(self, *values):
        return self.results(*values)[self.output]


class VisionTower(Tower):
    """ALIGN's pooler averages a window larger than any picture, which some runtimes refuse; the mean says the same."""

    def forward(self, *values):
        return self.results(*values).last_hidden_state.mean(dim=(2, 3))


def random_pictures(folder, batch):
    """pixel_values; ALIGN's config.json names the size of another EfficientNet, so the processor's size is the one."""
    with open(os.path.join(folder, "preprocessor_config.json"), encoding="utf-8") as file:
        processor = json.load(file)
    size = processor["crop_size"] if processor.get("do_center_crop") else processor["size"]
    return [torch.randn(batch, 3, size["height"], size["width"])]


def random_texts(config, batch):
    """input_ids and attention_mask."""
    ids = torch.randint(0, config.vocab_size, (batch, TOKENS))
    return [ids, torch.ones_like(ids)]


def towers(folder):
    """Each tower of a checkpoint, with a function that makes random inputs for a batch."""
    with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
        kind = json.load(file)["model_type"]
    # Attention as plain matrix products is the pattern that the runtimes' own fusions look for.
    load = {"dtype": torch.float32, "attn_implementation": "eager", "local_files_only": True}
    if kind == "vit":
        model = transformers.ViTForImageClassification.from_pretrained(folder, **load)
        yield Tower("vit", model, ["pixel_values"], "logits").eval(), lambda n: random_pictures(folder, n)
    elif kind == "align":
        model = transformers.AlignModel.from_pretrained(folder, **load)
        yield (VisionTower("b7", model.vision_model, ["pixel_values"], "pooler_output").eval(),
               lambda n: random_pictures(folder, n))
        yield (Tower("bert", model.text_model, ["input_ids", "attention_mask"], "last_hidden_state").eval(),
               lambda n: random_texts(model.config.text_config, n))
    else:
        sys.exit(f'export_onnx.py: {folder}/config.json: model_type "{kind}" is neither vit nor align')


def export(tower, values, path):
    """Writes the graph, and its weights beside it in PATH.data."""
    torch.onnx.export(
        tower,
        tuple(values),
        path,
        input_names=tower.inputs,
        output_names=[tower.output],
        dynamic_shapes=(tuple({0: torch.export.Dim("batch")} for _ in values),),
        dynamo=True,
        external_data=True,
        verbose=False,
    )


def difference(tower, values, path):
    """The largest difference to PyTorch, relative to the largest value."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    found = session.run([tower.output], {name: value.numpy() for name, value in zip(tower.inputs, values)})[0]
    with torch.no_grad():
        wanted = tower.results(*values)[tower.output].numpy()
    if found.shape != wanted.shape:
        return float("inf")
    return float(numpy.abs(found - wanted).max() / numpy.abs(wanted).max())


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__.strip())
    folder, out = sys.argv[1:]
    logging.disable(logging.WARNING)  # torch names every optional package that it does not find
    transformers.utils.logging.disable_progress_bar()
    torch.manual_seed(1)
    unproven_folder = os.path.join(out, "unproven")
    os.makedirs(unproven_folder, exist_ok=True)
    for tower, inputs in towers(folder):
        path = os.path.join(out, tower.name + ".onnx")
        unproven = os.path.join(unproven_folder, tower.name + ".onnx")
        with torch.no_grad():
            export(tower, inputs(2), unproven)
        for batch in (1, 3):
            apart = difference(tower, inputs(batch), unproven)
            print(f"{path}: batch {batch} is {apart:.1e} from PyTorch", file=sys.stderr)
            if not apart <= TOLERANCE:
                sys.exit(f"export_onnx.py: {unproven}: {apart:.1e} from PyTorch is more than {TOLERANCE:.0e}")
        os.replace(unproven + ".data", path + ".data")
        os.replace(unproven, path)
    os.rmdir(unproven_folder)


if __name__ == "__main__":
    main()
