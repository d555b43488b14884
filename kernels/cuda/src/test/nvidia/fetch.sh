#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Brings those of NVIDIA's libraries that say something without a GPU: fetch.sh DIR. About 115 MB to load, 330 MB unpacked, from the
# packages that NVIDIA publishes for Python; they stay below DIR, under NVIDIA's licences.
set -eu
[ $# -eq 1 ] || exit 2
mkdir -p "$1"
cd "$1"
[ ! -e complete ] || exit 0
python=${AVOCET_PYTHON:-python3}
command -v "$python" >/dev/null 2>&1 || { echo "avocet: NVIDIA's libraries are not checked: there is no $python to fetch them"; exit 0; }
for package in nvidia-cuda-nvrtc-cu12==12.9.86 nvidia-cuda-runtime-cu12==12.9.79 nvidia-cudnn-jit-cu12==9.14.0.64; do
    if ! "$python" -m pip download --quiet --disable-pip-version-check --no-deps --dest wheels "$package"; then
        echo "avocet: NVIDIA's libraries are not checked: $package could not be fetched"
        exit 0
    fi
done
for wheel in wheels/*.whl; do "$python" -m zipfile -e "$wheel" .; done
rm -rf wheels
touch complete
