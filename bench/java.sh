#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Builds the benchmarks, then runs one of their classes: bench/java.sh CLASS ARGUMENT...
# The build comes first every time, so that no one ever measures code that is older than its source.
#
#   AVOCET_JAVA_OPTS   options for the JVM, separated by spaces
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
mvn -B -q -ntp -Dstyle.color=never -f "$root/pom.xml" -Dquick ${AVOCET_BENCH_DEVICE:+-Pgpu} -pl bench -am package </dev/null >&2
. "$root/bench/target/quick/launch"
# shellcheck disable=SC2086,SC2154 # several options on purpose; the build wrote java and class_path
exec "$java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow ${AVOCET_JAVA_OPTS-} \
    -cp "$class_path" "$@"
