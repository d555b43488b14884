# SPDX-License-Identifier: Apache-2.0
"""Streams a parquet file with Hugging Face's datasets and prints how many rows a second: peer_datasets.py FILE PASSES"""

import sys
import time

from datasets import load_dataset

for _ in range(int(sys.argv[2])):
    rows = load_dataset("parquet", data_files=sys.argv[1], streaming=True, split="train")
    start, count = time.perf_counter(), 0
    for _ in rows:
        count += 1
    print("datasets", round(count / (time.perf_counter() - start)), "rows/s", flush=True)
