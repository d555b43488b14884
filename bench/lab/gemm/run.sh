#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Compiles the versions with the production sources and runs them: bench/lab/gemm/run.sh [baseline|v3|v4]
set -eu

here=$(cd "$(dirname "$0")" && pwd)
sources=$here/../../../kernels/cpu/src/main/c
v3="-mavx2 -mfma -mbmi -mbmi2 -mlzcnt -mpopcnt -mmovbe -mf16c"
case ${1:-v3} in
baseline) flags= ;;
v3) flags=$v3 ;;
v4) flags="$v3 -mavx512f -mavx512bw -mavx512cd -mavx512dq -mavx512vl" ;;
*) echo "usage: $0 [baseline|v3|v4]" >&2; exit 2 ;;
esac

program=$(mktemp)
trap 'rm -f "$program"' EXIT
# shellcheck disable=SC2086 # several flags on purpose
"${CC:-cc}" -std=gnu11 -O3 -Wall -Wextra -Wno-unknown-pragmas -fno-stack-protector -ffp-contract=off -fno-math-errno \
    -fno-strict-aliasing $flags -I"$sources" "$here/gemm.c" "$sources"/*.c -o "$program"
"$program"
