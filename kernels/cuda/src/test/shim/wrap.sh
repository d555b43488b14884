#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# wrap.sh FILE.cu: a C++ file on standard output that compiles the kernels of FILE.cu and registers each by its name.
set -eu
echo '#include "shim.h"'
echo "#include \"$1\""
sed -n 's/^extern "C" __global__ void \([a-z0-9_]*\)(.*/static const shim::registration<\&\1> registered_\1("\1");/p' "$1"
