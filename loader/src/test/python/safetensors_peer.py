#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Says of every file on standard input, each with its length as 32 bits before it, what the format's own reader finds.

One line each: "refused: REASON", or the tensors by name: name in hex, type, shape and SHA-256 of the bytes. For
SafetensorsPeerTest; needs: pip install safetensors
"""

import hashlib
import struct
import sys

import safetensors


def described(file: bytes) -> str:
    try:
        tensors = safetensors.deserialize(file)
    except safetensors.SafetensorError as refused:
        return f"refused: {refused}".replace("\n", " ")
    return " ".join(
        f"{name.encode().hex()}:{entry['dtype']}:{'x'.join(map(str, entry['shape']))}"
        f":{hashlib.sha256(bytes(entry['data'])).hexdigest()}"
        for name, entry in sorted(tensors, key=lambda each: each[0].encode())
    )


def main() -> None:
    if sys.argv[1:] == ["version"]:
        print(safetensors.__version__)
        return
    while length := sys.stdin.buffer.read(4):
        print(described(sys.stdin.buffer.read(struct.unpack("<I", length)[0])))


if __name__ == "__main__":
    main()
