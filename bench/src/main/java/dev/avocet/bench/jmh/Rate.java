// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.jmh;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Counts floating-point operations beside the runs, so that JMH reports GFLOP/s where it reports runs per second. */
@AuxCounters(AuxCounters.Type.OPERATIONS)
@State(Scope.Thread)
public class Rate {
    /** Thousand millions of operations so far; JMH reads it. */
    public double gflop;
}
