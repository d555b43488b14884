# SPDX-License-Identifier: Apache-2.0
"""What huggingface_hub makes of the stub hub, and of caches that Avocet wrote.

hub_peer.py version                 prints huggingface_hub's version
hub_peer.py download CACHE          downloads what the tests download with Avocet
hub_peer.py copies CACHE            the same, without symbolic links
hub_peer.py check CACHE             finds all of it, offline, sound by every hash
hub_peer.py scan FOLDER             finds nothing wrong in any of the caches in a folder
"""

import hashlib
import os
import sys
from pathlib import Path

if sys.argv[1] == "copies":
    os.environ["HF_HUB_DISABLE_SYMLINKS"] = "1"

from huggingface_hub import __version__, get_cached_repo_tree, hf_hub_download, scan_cache_dir, snapshot_download
from huggingface_hub.errors import EntryNotFoundError

FILES = ["config.json", "model.safetensors", "preprocessor_config.json", "vocab.txt"]
MODELS = [("org/model", "main"), ("org/model", "refs/pr/2")]
AWFUL = "subfolder/to?/awful?filename%you:should,never.give"
DATA = ["README.md", AWFUL, "data/part-1.parquet"]


def download(cache):
    for model, revision in MODELS:
        snapshot_download(model, revision=revision, allow_patterns=FILES, cache_dir=cache)
    for file in DATA:
        snapshot_download("org/data", repo_type="dataset", allow_patterns=[file], cache_dir=cache)
    try:
        hf_hub_download("org/data", "folder/none.txt", repo_type="dataset", cache_dir=cache)
        sys.exit("a file that is not there was found")
    except EntryNotFoundError:
        pass


def check(cache):
    for model, revision in MODELS:
        verify(snapshot_download(model, revision=revision, allow_patterns=FILES, cache_dir=cache),
               get_cached_repo_tree(model, revision=revision, cache_dir=cache), FILES)
    for file in DATA:
        verify(snapshot_download("org/data", repo_type="dataset", allow_patterns=[file], cache_dir=cache),
               get_cached_repo_tree("org/data", repo_type="dataset", cache_dir=cache), [file])
    found = scan_cache_dir(cache)
    assert not found.warnings, found.warnings
    assert not found.incomplete_files, found.incomplete_files
    assert {repo.repo_id for repo in found.repos} == {"org/model", "org/data"}, found.repos


def verify(folder, tree, files):
    listed = {file.path: file for file in tree}
    for name in files:
        if name not in listed:
            continue
        data = Path(folder, name).read_bytes()
        digest = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
        assert len(data) == listed[name].size, name
        if len(data) < 100_000:
            assert digest == listed[name].blob_id, name


def scan(folder):
    states = sorted(Path(folder).iterdir())
    for state in states:
        found = scan_cache_dir(state)
        assert not found.warnings, (state, found.warnings)
    print(len(states))


if __name__ == "__main__":
    if sys.argv[1] == "version":
        print(__version__)
    else:
        if sys.argv[1] == "check":
            assert os.environ["HF_HUB_OFFLINE"] == "1"
        {"download": download, "copies": download, "check": check, "scan": scan}[sys.argv[1]](sys.argv[2])
