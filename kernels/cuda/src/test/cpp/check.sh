#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs all CUDA kernels on this machine's processor, under the sanitizers for addresses and undefined behaviour.
# Usage: check.sh WORKDIR SHIM|F32|F16|BF16|DEFECTS|GRAPHS [ROUNDS]
# SHIM: builds what those in the same folder need that come after it: F32, F16 and BF16, and DEFECTS.
# F32, F16, BF16: the kernels for this storage, over as many random shapes. DEFECTS: that defects are found.
# GRAPHS: the simulated cuDNN, against plain sums.
# Exit code 77: this machine can't, and the last line says why.
set -eu
[ $# -ge 2 ] || exit 2
here=$(cd "$(dirname "$0")" && pwd)
work=$1 storage=$2
cxx=${CXX:-c++}
command -v "$cxx" >/dev/null 2>&1 || { echo "there is no C++ compiler"; exit 77; }
sanitizers="-fsanitize=address,undefined -fno-sanitize-recover=all"

mkdir -p "$work"
echo 'int main() { return 0; }' >"$work/$storage-probe.cc"
# shellcheck disable=SC2086
"$cxx" -std=c++20 $sanitizers "$work/$storage-probe.cc" -o "$work/$storage-probe" 2>/dev/null \
    || { echo "$cxx has no C++20 or no sanitizers"; exit 77; }

# What runs for long is worth optimising, and what is compiled for longer than it runs is not.
compile() {
    level=$1
    shift
    # shellcheck disable=SC2086
    "$cxx" -std=c++20 "$level" -g1 -Wall -Wextra -Wno-unknown-pragmas -ffp-contract=off -fno-strict-aliasing $sanitizers -I"$here/../shim" \
        -I"$here/../../main/cuda" "$@"
}

if [ "$storage" = GRAPHS ]; then
    compile -O0 "$here"/../simulator/dnn*.cc -o "$work/graphs"
    "$work/graphs"
    exit
fi
if [ "$storage" = SHIM ]; then
    compile -O1 -c "$here/../shim/shim.cc" -o "$work/shim.o"
    sh "$here/../shim/wrap.sh" "$here/../../main/cuda" >"$work/wrapped.cc"
    exit
fi
if [ "$storage" = DEFECTS ]; then
    compile -O0 -DSTORAGE_F32 "$here/defects.cc" "$work/shim.o" -o "$work/defects"
    "$work/defects"
    if "$work/defects" outside 2>"$work/outside.txt"; then echo "a store beyond a block was not found"; exit 1; fi
    grep -q heap-buffer-overflow "$work/outside.txt"
    exit
fi
compile -O1 -DSTORAGE_"$storage" -c "$work/wrapped.cc" -o "$work/$storage-wrapped.o"
compile -O0 -DSTORAGE_"$storage" "$here/kernels.cc" "$work/$storage-wrapped.o" "$work/shim.o" -o "$work/$storage"
"$work/$storage" "${3:-6}"
