#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Brings those of NVIDIA's libraries that say something without a GPU: fetch.sh DIR. About 120 MB to load, 360 MB unpacked; they
# stay below DIR, under NVIDIA's licences: the packages that NVIDIA publishes for Python, and the driver's library as Debian
# packages it. What only has to be there for JavaCPP to load is compiled here, empty.
set -eu
[ $# -eq 1 ] || exit 2
mkdir -p "$1"
cd "$1"

skip() {
    echo "avocet: NVIDIA's libraries are not checked: $1"
    exit 0
}

fetch_packages() {
    python=${AVOCET_PYTHON:-python3}
    command -v "$python" >/dev/null 2>&1 || skip "there is no $python to fetch them"
    for package in nvidia-cuda-nvrtc-cu12==12.9.86 nvidia-cuda-runtime-cu12==12.9.79 nvidia-cudnn-jit-cu12==9.14.0.64; do
        "$python" -m pip download --quiet --disable-pip-version-check --no-deps --dest wheels "$package" ||
            skip "$package could not be fetched"
    done
    for wheel in wheels/*.whl; do "$python" -m zipfile -e "$wheel" .; done
    rm -rf wheels
    touch complete
}

# Debian's package is in a section that few machines read, so it is read here alone, from where this machine gets the others.
fetch_driver() {
    [ ! -e driver/libcuda.so.1 ] || return 0
    command -v apt-get >/dev/null 2>&1 && command -v dpkg-deb >/dev/null 2>&1 || return 0
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 2>/dev/null | grep '/debian/*$' | head -n 1)
    [ -n "$mirror" ] || return 0
    rm -rf apt
    mkdir -p apt/lists/partial apt/archives/partial driver
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror bookworm non-free" >apt/sources.list
    set -- -qq -o "Dir::Etc::sourcelist=$PWD/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null \
        -o "Dir::State::lists=$PWD/apt/lists" -o "Dir::Cache=$PWD/apt" -o APT::Sandbox::User=root
    if (cd apt && apt-get "$@" update && apt-get "$@" download libcuda1) >/dev/null 2>&1; then
        dpkg-deb -x apt/libcuda1_*.deb apt/driver
        mv "$(find apt/driver -name 'libcuda.so.*.*' -type f)" driver/libcuda.so.1
    fi
    rm -rf apt
}

# library SONAME: none of its functions, and the version that JavaCPP's own library asks for.
library() {
    [ ! -e "empty/$1" ] || return 0
    mkdir -p empty
    echo "$1 { global: *; };" >"empty/$1.map"
    echo 'int avocet_nothing_here;' | "${CC:-cc}" -shared -fPIC -x c - -Wl,-soname,"$1" -Wl,--version-script,"empty/$1.map" -o "empty/$1"
    rm "empty/$1.map"
}

[ -e complete ] || fetch_packages
fetch_driver
if command -v "${CC:-cc}" >/dev/null 2>&1; then
    for name in libcublas.so.12 libcublasLt.so.12 libcudnn_ops.so.9 libcudnn_cnn.so.9 libcudnn_adv.so.9; do library "$name"; done
fi
