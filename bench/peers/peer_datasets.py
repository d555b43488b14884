# SPDX-License-Identifier: Apache-2.0
"""Streams a parquet file with Hugging Face's datasets and prints how many rows a second: peer_datasets.py FILE rows|batches"""

import sys
import time

from datasets import load_dataset

rows = load_dataset("parquet", data_files=sys.argv[1], streaming=True, split="train")
start, count = time.perf_counter(), 0
if sys.argv[2] == "rows":
    for _ in rows:
        count += 1
else:
    for batch in rows.iter(batch_size=1000):
        count += len(batch["id"])
print("datasets", sys.argv[2], round(count / (time.perf_counter() - start)), "rows/s", flush=True)
