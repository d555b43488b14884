#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Builds the simulated libraries of CUDA, with the names and symbol versions of the true ones: build.sh OUT JNI [FLAG...]
# JNI: a folder with JavaCPP's libjnicudart.so, libjnicublas.so and libjnicudnn.so, which name every function that must be
# there. FLAG: more for the C++ compiler, such as -fsanitize=address.
# Exit code 77: this machine can't, and the last line says why.
set -eu
[ $# -ge 2 ] || exit 2
here=$(cd "$(dirname "$0")" && pwd)
out=$1 jni=$2
shift 2
flags=$*
cxx=${CXX:-c++} cc=${CC:-cc}
for tool in "$cxx" "$cc" nm; do
    command -v "$tool" >/dev/null 2>&1 || { echo "there is no $tool"; exit 77; }
done
[ "$(uname -sm)" = "Linux x86_64" ] || { echo "the simulation is for Linux on x86-64"; exit 77; }
mkdir -p "$out/made"
echo 'int main() { return 0; }' >"$out/made/probe.cc"
# shellcheck disable=SC2086
"$cxx" -std=c++20 $flags "$out/made/probe.cc" -o "$out/made/probe" 2>/dev/null || { echo "$cxx has no C++20 $flags"; exit 77; }

compile() {
    # shellcheck disable=SC2086
    "$cxx" -std=c++20 -O2 -g1 -Wall -Wextra -Werror -Wno-unknown-pragmas -ffp-contract=off -fno-strict-aliasing -fPIC \
        -fvisibility=hidden $flags -I"$here/../shim" -I"$here/../../main/cuda" "$@"
}

link() {
    # shellcheck disable=SC2086
    "$cxx" -shared $flags "$@"
}

# What JavaCPP needs of a library, as traps: traps VERSION, which is what nm shows behind a symbol's name, empty for none.
traps() {
    echo '#include "traps.h"'
    sed -n "s/^ *U \\(cu[A-Za-z0-9_]*\\)$1\$/TRAP(\\1)/p" "$out/made/needed.txt"
}

# library SONAME VERSION OBJECT...
library() {
    soname=$1 version=$2
    shift 2
    traps "$version" >"$out/made/$soname.c"
    "$cc" -O1 -fPIC -I"$here" -c "$out/made/$soname.c" -o "$out/made/$soname.o"
    driver="$out/libcuda.so.1"
    [ "$soname" != libcuda.so.1 ] || driver=-ldl
    names=-Wl,-Bsymbolic-functions
    if [ -n "$version" ]; then
        echo "$soname { global: cu*; nvrtc*; local: *; };" >"$out/made/$soname.map"
        names=-Wl,--version-script,$out/made/$soname.map
    fi
    link -Wl,-soname,"$soname" "$names" -o "$out/$soname" "$@" "$out/made/$soname.o" "$driver"
}

sh "$here/../shim/wrap.sh" "$here/../../main/cuda" >"$out/made/kernels.cc"
pids=
for storage in F32 F16 BF16; do
    compile -DSTORAGE_$storage -c "$out/made/kernels.cc" -o "$out/made/kernels-$storage.o" &
    pids="$pids $!"
done
for part in world driver kernels compiler blas dnn dnn_graph ../shim/shim; do
    compile -c "$here/$part.cc" -o "$out/made/$(basename $part).o" &
    pids="$pids $!"
done
for pid in $pids; do wait "$pid"; done

for storage in F32 F16 BF16; do
    link -Wl,-Bsymbolic -o "$out/kernels-$storage.so" "$out/made/kernels-$storage.o" "$out/made/kernels.o" "$out/made/shim.o"
done
nm -D --undefined-only "$jni"/libjnicudart.so "$jni"/libjnicublas.so "$jni"/libjnicudnn.so | sort -u >"$out/made/needed.txt"
# 12 or 13: which CUDA the glue is for.
cuda=$(sed -n 's/.*@libcudart\.so\.\([0-9]*\)$/\1/p' "$out/made/needed.txt" | head -n 1)
echo "$cuda" >"$out/version"
library libcuda.so.1 "" "$out/made/world.o" "$out/made/driver.o"
library "libcudart.so.$cuda" "@libcudart.so.$cuda"
library "libcublasLt.so.$cuda" "@libcublasLt.so.$cuda" "$out/made/blas.o"
library "libcublas.so.$cuda" "@libcublas.so.$cuda"
library libcudnn_graph.so.9 @libcudnn_graph.so.9 "$out/made/dnn.o" "$out/made/dnn_graph.o"
for part in ops cnn adv; do library libcudnn_$part.so.9 @libcudnn_$part.so.9; done
library "libnvrtc.so.$cuda" "@libnvrtc.so.$cuda" "$out/made/compiler.o"
