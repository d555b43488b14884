# SPDX-License-Identifier: Apache-2.0
"""How far torch's own results in half precision are from those in float64: writes golden/MODEL/half.json.

usage: half_errors.py FOLDER OF GOLDENS; needs torch, transformers and safetensors
"""
import json
import sys
from pathlib import Path

import torch
import transformers
from safetensors.torch import load_file

TYPES = {"f16": torch.float16, "bf16": torch.bfloat16}


def flat(prefix, outputs, to):
    for name, value in outputs.items():
        place = f"{prefix}.{name}" if prefix else name
        if torch.is_tensor(value):
            to[place] = value
        elif isinstance(value, (tuple, list)):
            to.update({f"{place}.{i}": each for i, each in enumerate(value) if torch.is_tensor(each)})
        elif hasattr(value, "items"):
            flat(place, value, to)


def results(model, inputs):
    found = {}
    if isinstance(model, transformers.AlignModel):
        vision = model.vision_model(pixel_values=inputs["pixel_values"], output_hidden_states=True)
        text = model.text_model(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"],
                                output_hidden_states=True, output_attentions=True)
        flat("", model(**inputs), found)
        flat("", {"vision": vision, "text": text, "image_features": vision.pooler_output.flatten(1),
                  "text_features": model.text_projection(text.last_hidden_state[:, 0])}, found)
    else:
        flat("", model(**inputs, output_hidden_states=True, output_attentions=True), found)
    return found


for folder in sorted(Path(sys.argv[1]).iterdir()):
    if not (folder / "golden.safetensors").exists():
        continue
    golden = load_file(folder / "golden.safetensors")
    kind = getattr(transformers, json.loads((folder / "config.json").read_text())["architectures"][0])
    errors = {}
    for name, dtype in TYPES.items():
        model = kind.from_pretrained(folder, dtype=dtype, attn_implementation="eager").eval()
        inputs = {key[3:]: value.to(dtype) if value.is_floating_point() else value
                  for key, value in golden.items() if key.startswith("in.")}
        with torch.no_grad():
            found = results(model, inputs)
        errors[name] = {key[4:]: (found[key[4:]].double() - golden[key]).abs().max().item()
                        for key in golden if key.startswith("f64.")}
    (folder / "half.json").write_text(json.dumps(errors, indent=1, sort_keys=True) + "\n")
