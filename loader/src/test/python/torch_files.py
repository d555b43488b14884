#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the files that TorchFileTest reads: python3 torch_files.py OUT

torch.bin has views of all kinds and types, torch.safetensors the same tensors. Needs torch and safetensors.
"""

import collections
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file


def main(out: Path) -> None:
    torch.manual_seed(1)
    numbers = torch.randn(24)
    linear = torch.nn.Linear(3, 2)
    tensors = collections.OrderedDict(
        contiguous=torch.arange(6.0).reshape(2, 3),
        transposed=torch.arange(6.0).reshape(2, 3).t(),
        whole=numbers,
        part=numbers[3:9].reshape(2, 3),
        columns=numbers.reshape(4, 6)[:, 1:3],
        steps=numbers[1::5],
        permuted=numbers.reshape(2, 3, 4).permute(2, 0, 1),
        repeated=torch.arange(4.0).reshape(1, 4).expand(3, 4),
        channels_last=torch.randn(1, 2, 3, 2).contiguous(memory_format=torch.channels_last),
        scalar=torch.tensor(42.0),
        empty=torch.zeros(2, 0),
        half=torch.tensor([1.5, -65504.0, 2.0**-24]).half(),
        brain=torch.tensor([1.5, -1.0]).bfloat16().expand(2, 2),
        double=torch.tensor([0.1, 1e300], dtype=torch.float64),
        long=torch.tensor(2**53 + 1),
        int=torch.tensor([[-(2**31), 7], [1, 2]], dtype=torch.int32).t(),
        byte=torch.tensor([[0, 1], [254, 255]], dtype=torch.uint8).t(),
        short=torch.tensor([1, 2], dtype=torch.int16),
        char=torch.tensor([1, -2], dtype=torch.int8),
        bool=torch.tensor([True, False]),
        parameter=linear.weight,
    )
    tensors["größe 😀"] = torch.tensor([3.0])
    tensors._metadata = {"": {"version": 1}}
    torch.save(tensors, out / "torch.bin")
    save_file({name: each.detach().contiguous().clone() for name, each in tensors.items()}, out / "torch.safetensors")
    torch.save({"w": torch.arange(3.0)}, out / "legacy.bin", _use_new_zipfile_serialization=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
