#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# wrap.sh FOLDER: a C++ file on standard output that compiles the kernels of all .cu files of FOLDER, each in a namespace of
# its own, and registers every kernel by its name.
set -eu
cd "$1"
echo '#include "shim.h"'
for header in *.cuh; do echo "#include \"$header\""; done
for source in *.cu; do
    echo "namespace $(basename "$source" .cu)_cu {"
    echo "#include \"$source\""
    sed -n 's/^extern "C" __global__ void \([a-z0-9_]*\)(.*/const shim::registration<\&\1> registered_\1("\1");/p' "$source"
    echo '}'
    sed -n 's/^#define \([A-Z_]*\).*/#undef \1/p' "$source"
done
