#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Compiles a kernel's versions with the production sources and runs them: bench/lab/run.sh gemm|depthwise|attention [baseline|v3|v4]
set -eu

here=$(cd "$(dirname "$0")" && pwd)
sources=$here/../../kernels/cpu/src/main/c
v3="-mavx2 -mfma -mbmi -mbmi2 -mlzcnt -mpopcnt -mmovbe -mf16c"
case ${2:-v3} in
baseline) flags= ;;
v3) flags=$v3 ;;
v4) flags="$v3 -mavx512f -mavx512bw -mavx512cd -mavx512dq -mavx512vl" ;;
*) flags=unknown ;;
esac
if [ "$flags" = unknown ] || [ ! -f "$here/${1-}/${1-}.c" ]; then
    echo "usage: $0 gemm|depthwise|attention [baseline|v3|v4]" >&2
    exit 2
fi

program=$(mktemp)
trap 'rm -f "$program"' EXIT
# shellcheck disable=SC2086 # several flags on purpose
"${CC:-cc}" -std=gnu11 -O3 -Wall -Wextra -Wno-unknown-pragmas -fno-stack-protector -ffp-contract=off -fno-math-errno \
    -fno-strict-aliasing $flags -I"$sources" -I"$here" "$here/$1/$1.c" "$sources"/*.c -lm -o "$program"
"$program"
