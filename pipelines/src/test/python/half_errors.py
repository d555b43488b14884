# SPDX-License-Identifier: Apache-2.0
"""Writes half.json next to each golden: how far torch is from float64 when it computes in a half-precision type.

usage: half_errors.py GOLDEN_FOLDER...    (needs torch, transformers and safetensors; runs on the CPU)

{"f16": {"logits": 0.0012, ...}, "bf16": {...}}: max|torch in that type - f64| for every f64 output of golden.safetensors. The
weights are those of the checkpoint, rounded to the type; so are the inputs.
"""
import json
import pathlib
import sys

import torch
from safetensors.torch import load_file
from transformers import AlignModel, BertModel, ViTForImageClassification

MODELS = {"vit": ViTForImageClassification, "align": AlignModel, "bert": BertModel}
TYPES = {"f16": torch.float16, "bf16": torch.bfloat16}


def flat(name, value, outputs):
    if torch.is_tensor(value):
        outputs[name] = value
    elif isinstance(value, (tuple, list)):
        for i, each in enumerate(value):
            flat(f"{name}.{i}", each, outputs)
    elif hasattr(value, "items"):
        for key, each in value.items():
            flat(f"{name}.{key}" if name else key, each, outputs)


def run(model, inputs):
    states = dict(output_hidden_states=True, output_attentions=True)
    if model.config.model_type != "align":
        return model(**inputs, **states)
    vision = model.vision_model(pixel_values=inputs["pixel_values"], output_hidden_states=True)
    text = model.text_model(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"], **states)
    return {
        **model(**inputs),
        "vision": vision,
        "text": text,
        "image_features": vision.pooler_output.flatten(1),
        "text_features": model.text_projection(text.last_hidden_state[:, 0]),
    }


def errors(folder):
    golden = load_file(folder / "golden.safetensors")
    exact = {name[4:]: value for name, value in golden.items() if name.startswith("f64.")}
    kind = MODELS[json.loads((folder / "config.json").read_text())["model_type"]]
    found = {}
    for name, dtype in TYPES.items():
        model = kind.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval().to(dtype)
        inputs = {each[3:]: value for each, value in golden.items() if each.startswith("in.")}
        inputs = {each: value.to(dtype) if value.is_floating_point() else value for each, value in inputs.items()}
        outputs = {}
        with torch.no_grad():
            flat("", run(model, inputs), outputs)
        missing = exact.keys() - outputs.keys()
        if missing:
            raise SystemExit(f"{folder}: transformers gives no {sorted(missing)}")
        found[name] = {
            each: float(f"{(outputs[each].double() - value).abs().max().item():.3g}") for each, value in sorted(exact.items())
        }
    return found


for argument in sys.argv[1:]:
    folder = pathlib.Path(argument)
    (folder / "half.json").write_text(json.dumps(errors(folder), indent=1) + "\n")
    print(folder / "half.json")
