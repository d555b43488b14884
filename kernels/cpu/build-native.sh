#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the native library, once per instruction-set tier, below OUTDIR under the names by which Java looks for it.
# Usage: build-native.sh OUTDIR    (CC: the compiler, else cc, gcc or clang)
# Without a compiler it says so and succeeds: everything else works, only slower.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
sources=$here/src/main/c

if [ $# -ne 1 ]; then
    echo "usage: $0 OUTDIR" >&2
    exit 2
fi

skip() {
    echo "avocet: no native kernels are built: $1; the cpu device will be unavailable here, the reference device works (slowly)"
    exit 0
}

[ "$(uname -s)" = Linux ] || skip "they are for Linux so far, this is $(uname -s)"
case $(uname -m) in
x86_64 | amd64) arch=x86_64 tiers="baseline v3 v4" ;;
aarch64 | arm64) arch=aarch64 tiers=baseline ;;
*) arch=$(uname -m) tiers=baseline ;;
esac

cc=${CC:-}
for candidate in cc gcc clang; do
    [ -n "$cc" ] || ! command -v $candidate >/dev/null 2>&1 || cc=$candidate
done
[ -n "$cc" ] || skip "there is no C compiler on the PATH (install gcc or clang, or set CC)"

out=$1/dev/avocet/kernels/cpu/native/linux-$arch

# The instructions that each tier may use, spelled out because older compilers don't know the tiers' names. On ARM, atomic operations
# in place: the compiler would call its run-time library for them.
flags_of() {
    case $1-$arch in
    baseline-aarch64) echo "-mno-outline-atomics" ;;
    v3-*) echo "-mavx2 -mfma -mbmi -mbmi2 -mlzcnt -mpopcnt -mmovbe -mf16c" ;;
    v4-*) echo "$(flags_of v3) -mavx512f -mavx512bw -mavx512cd -mavx512dq -mavx512vl" ;;
    esac
}

# Freestanding: the library needs nothing of the machine it runs on, not even a C library. Results must not depend on what a
# compiler makes of a * b + c, so nothing is contracted or reordered.
build() {
    # shellcheck disable=SC2046
    "$cc" -std=c11 -O3 -Wall -Wextra -Werror -Wno-unknown-pragmas \
        -ffreestanding -fPIC -fvisibility=hidden -fno-stack-protector -fno-asynchronous-unwind-tables \
        -ffp-contract=off -fno-math-errno -fno-strict-aliasing $(flags_of "$1") \
        -shared -nostdlib -Wl,-z,defs -Wl,-z,noexecstack -Wl,--build-id=none -s \
        "$sources"/*.c -o "$out/libavocet-$1.so.new"
    mv "$out/libavocet-$1.so.new" "$out/libavocet-$1.so"
}

mkdir -p "$out"
pending=
for tier in $tiers; do
    library=$out/libavocet-$tier.so
    if [ ! -f "$library" ] || [ -n "$(find "$sources" "$0" -newer "$library" -print)" ]; then
        build "$tier" &
        pending="$pending $!"
    fi
done
for job in $pending; do
    wait "$job"
done
