#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Builds, then holds avocet serve to its promises under load: bench/load.sh [--seconds 10] [--soak 60]
# The server runs on the first core with one thread that computes, what sends to it on the second.
set -eu

folder=$(dirname "$0")
"$folder/../avocet" --version >&2
exec "$folder/java.sh" dev.avocet.bench.load.Load --root "$folder/.." "$@"
