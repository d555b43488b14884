#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hugging Face tokenizers as a worker, on one thread.

usage: peer_tokenizers.py CHECKPOINT INPUTS input_ids 1
"""
import os

import numpy
import worker

os.environ["TOKENIZERS_PARALLELISM"] = "false"

import tokenizers  # reads the variable

LENGTH = 64


def main():
    task = worker.Task.from_command_line()
    texts = task.inputs["texts"].tobytes().decode().split("\n")
    tokenizer = tokenizers.BertWordPieceTokenizer(os.path.join(task.model, "vocab.txt"))
    tokenizer.enable_truncation(LENGTH)
    tokenizer.enable_padding(length=LENGTH)

    def run():
        encodings = tokenizer.encode_batch(texts)
        ids = numpy.array([encoding.ids for encoding in encodings], numpy.int32)
        return lambda: ids.astype(numpy.float32)

    worker.serve("tokenizers " + tokenizers.__version__, run)


if __name__ == "__main__":
    main()
