#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Builds, then runs the JMH benchmarks; the arguments are JMH's own: bench/run.sh Model -p model=vit -prof gc
set -eu

exec "$(dirname "$0")/java.sh" org.openjdk.jmh.Main "$@"
