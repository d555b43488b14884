#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""PyTorch as a worker: eager, eager with channels last, or compiled with the weights frozen.

usage: peer_torch.py eager|channels-last|compile CHECKPOINT INPUTS OUTPUT THREADS
"""
import os
import sys

import torch
import transformers
import worker
from torch._inductor import config as inductor


class GlobalMean(torch.nn.Module):
    """What ALIGN's pooler computes; its window of 2560 x 2560 pixels, compiled, takes longer than the rest of the network."""

    def forward(self, x):
        return x.mean(dim=(2, 3), keepdim=True)


def load(folder, inputs):
    """The part of the checkpoint that takes these inputs."""
    transformers.utils.logging.disable_progress_bar()
    load = {"dtype": torch.float32, "local_files_only": True}
    if transformers.AutoConfig.from_pretrained(folder, local_files_only=True).model_type == "vit":
        return transformers.ViTForImageClassification.from_pretrained(folder, **load).eval()
    model = transformers.AlignModel.from_pretrained(folder, **load).eval()
    if "pixel_values" not in inputs:
        return model.text_model
    model.vision_model.pooler = GlobalMean()
    return model.vision_model


def main():
    mode, task = sys.argv[1], worker.Task.from_command_line()
    device = os.environ.get("AVOCET_BENCH_DEVICE", "cpu")
    dtype = {"f16": torch.float16, "bf16": torch.bfloat16}.get(os.environ.get("AVOCET_BENCH_PRECISION"), torch.float32)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = (
        os.environ.get("AVOCET_BENCH_PRECISION") == "tf32")
    torch.set_num_threads(task.threads)
    inputs = {name: torch.from_numpy(values.copy()) for name, values in task.inputs.items()}
    model = load(task.model, inputs).to(device, dtype)
    if mode == "channels-last":
        model = model.to(memory_format=torch.channels_last)
        inputs = {name: value.to(memory_format=torch.channels_last) if value.dim() == 4 else value
                  for name, value in inputs.items()}
    elif mode == "compile":
        inductor.freezing = True
        model = torch.compile(model, mode="default" if device == "cpu" else "reduce-overhead")  # the latter: CUDA graphs

    def run():
        with torch.inference_mode(mode != "compile"), torch.no_grad():
            placed = {name: value.to(device, dtype if value.is_floating_point() else None) for name, value in inputs.items()}
            result = model(**placed)[task.output].cpu()
        return lambda: result.float().numpy()

    if mode == "compile":
        run()  # compiling belongs to loading
    worker.serve(f"PyTorch {torch.__version__} {mode}", run)


if __name__ == "__main__":
    main()
