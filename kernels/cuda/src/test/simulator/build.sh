#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Builds the simulated libraries of CUDA, with the names and symbol versions of the true ones: build.sh OUT JNI
# JNI: a folder with JavaCPP's libjnicudart.so, libjnicublas.so and libjnicudnn.so, which name every function that must be there.
# Exit code 77: this machine can't, and the last line says why.
set -eu
[ $# -eq 2 ] || exit 2
here=$(cd "$(dirname "$0")" && pwd)
out=$1 jni=$2
cxx=${CXX:-c++} cc=${CC:-cc}
for tool in "$cxx" "$cc" nm; do
    command -v "$tool" >/dev/null 2>&1 || { echo "there is no $tool"; exit 77; }
done
[ "$(uname -sm)" = "Linux x86_64" ] || { echo "the simulation is for Linux on x86-64"; exit 77; }
mkdir -p "$out/made"

compile() {
    "$cxx" -std=c++20 -O2 -Wall -Wextra -Werror -Wno-unknown-pragmas -ffp-contract=off -fno-strict-aliasing -fPIC -fvisibility=hidden \
        -I"$here/../shim" -I"$here/../../main/cuda" "$@"
}

# The project's kernels for one storage type.
kernels() {
    storage=$1
    compile -DSTORAGE_"$storage" -c "$here/kernels.cc" -o "$out/made/kernels-$storage.o"
    compile -DSTORAGE_"$storage" -c "$here/../shim/shim.cc" -o "$out/made/shim-$storage.o"
    objects=
    for kernel in "$here"/../../main/cuda/*.cu; do
        name=$(basename "$kernel" .cu)-$storage
        (cd "$here/../../main/cuda" && sh "$here/../shim/wrap.sh" "$(basename "$kernel")") >"$out/made/$name.cc"
        compile -DSTORAGE_"$storage" -c "$out/made/$name.cc" -o "$out/made/$name.o"
        objects="$objects $out/made/$name.o"
    done
    # shellcheck disable=SC2086
    "$cxx" -shared -Wl,-Bsymbolic -o "$out/kernels-$storage.so" "$out/made/kernels-$storage.o" "$out/made/shim-$storage.o" $objects
}

# What JavaCPP needs of a library, as traps: library SONAME, and how nm shows its symbols.
traps() {
    echo '#include "traps.h"'
    nm -D --undefined-only "$jni"/libjni*.so | sed -n "s/^ *U \\(cu[A-Za-z0-9_]*\\)$2\$/TRAP(\\1)/p" | sort -u
}

# library SONAME VERSION OBJECT...: VERSION is what nm shows behind a symbol's name, empty for none.
library() {
    soname=$1 version=$2
    shift 2
    traps "$soname" "$version" >"$out/made/$soname.c"
    "$cc" -O1 -fPIC -I"$here" -c "$out/made/$soname.c" -o "$out/made/$soname.traps.o"
    driver="$out/libcuda.so.1"
    [ "$soname" != libcuda.so.1 ] || driver=-ldl
    if [ -n "$version" ]; then
        echo "$soname { global: cu*; nvrtc*; local: *; };" >"$out/made/$soname.map"
        "$cxx" -shared -Wl,-soname,"$soname" -Wl,--version-script,"$out/made/$soname.map" -o "$out/$soname" "$@" \
            "$out/made/$soname.traps.o" "$driver"
    else
        "$cxx" -shared -Wl,-soname,"$soname" -Wl,-Bsymbolic-functions -o "$out/$soname" "$@" "$out/made/$soname.traps.o" "$driver"
    fi
}

pids=
for storage in F32 F16 BF16; do
    kernels $storage &
    pids="$pids $!"
done
for part in world driver compiler blas dnn dnn_graph; do
    compile -c "$here/$part.cc" -o "$out/made/$part.o" &
    pids="$pids $!"
done
for pid in $pids; do wait "$pid"; done

library libcuda.so.1 "" "$out/made/world.o" "$out/made/driver.o"
library libcudart.so.12 @libcudart.so.12
library libcublasLt.so.12 @libcublasLt.so.12 "$out/made/blas.o"
library libcublas.so.12 @libcublas.so.12
library libcudnn_graph.so.9 @libcudnn_graph.so.9 "$out/made/dnn.o" "$out/made/dnn_graph.o"
for part in ops cnn adv; do library libcudnn_$part.so.9 @libcudnn_$part.so.9; done
library libnvrtc.so.12 @libnvrtc.so.12 "$out/made/compiler.o"
