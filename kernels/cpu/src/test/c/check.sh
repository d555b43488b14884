#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests the C sources of one tier by themselves.
# Usage: check.sh WORKDIR baseline|v3|v4 functions|ROUNDS
# functions: the error bounds of the vector functions. ROUNDS: all kernels, so often, under the sanitizers for addresses and undefined
# behaviour.
# Exit code 77: this machine can't, and the last line says why.
set -eu
[ $# -eq 3 ] || exit 2
here=$(cd "$(dirname "$0")" && pwd)
work=$1 tier=$2 mode=$3
cc=${CC:-cc}
command -v "$cc" >/dev/null 2>&1 || { echo "there is no C compiler"; exit 77; }

v3="-mavx2 -mfma -mbmi -mbmi2 -mlzcnt -mpopcnt -mmovbe -mf16c"
case $tier in
baseline) bit=1 flags= ;;
v3) bit=2 flags=$v3 ;;
v4) bit=4 flags="$v3 -mavx512f -mavx512bw -mavx512cd -mavx512dq -mavx512vl" ;;
esac
[ "$mode" = functions ] || flags="$flags -fsanitize=address,undefined -fno-sanitize-recover=all"

mkdir -p "$work"
echo 'int main(void) { return 0; }' >"$work/probe.c"
# shellcheck disable=SC2086
"$cc" $flags "$work/probe.c" -o "$work/probe" 2>/dev/null || { echo "$cc has no $flags"; exit 77; }

flags="-std=c11 -g -Wall -Wextra -Wno-unknown-pragmas -ffp-contract=off -fno-math-errno -fno-strict-aliasing $flags -I$here/../../main/c"
# shellcheck disable=SC2086
if [ "$mode" = functions ]; then
    "$cc" -O2 $flags "$here/functions.c" -lm -o "$work/functions-$tier"
    "$work/functions-$tier"
else
    "$cc" -O0 $flags "$here"/../../main/c/*.c "$here/harness.c" -o "$work/harness-$tier"
    "$work/harness-$tier" $bit "$mode"
fi
