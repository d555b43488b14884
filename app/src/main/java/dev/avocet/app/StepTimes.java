// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.avocet.core.graph.Step;
import java.io.IOException;

/**
 * What some steps of a run amount to: their work, and the time that it took.
 *
 * @param bytes what they move, counting everything once that a step reads or writes
 * @param nanos the time of all steps
 * @param busyNanos the part of it in which the device's threads computed, on average
 */
record StepTimes(int steps, long flops, long bytes, double nanos, double busyNanos) {
    /** Of no steps. */
    static final StepTimes NONE = new StepTimes(0, 0, 0, 0, 0);

    static StepTimes of(Step step, double nanos, double busyNanos) {
        return new StepTimes(1, step.flops(), step.bytes(), nanos, busyNanos);
    }

    StepTimes plus(StepTimes other) {
        return new StepTimes(steps + other.steps, flops + other.flops, bytes + other.bytes, nanos + other.nanos,
                busyNanos + other.busyNanos);
    }

    double millis() {
        return nanos / 1e6;
    }

    double gflopPerSecond() {
        return ratio((double) flops, nanos);
    }

    double gigabytesPerSecond() {
        return ratio((double) bytes, nanos);
    }

    /** How much of the threads' time nothing was computed in: there was no work left, or other threads had not finished. */
    double idle() {
        return Math.max(0, 1 - ratio(busyNanos, nanos));
    }

    /** The part of something larger that these steps take. */
    double shareOf(StepTimes all) {
        return ratio(nanos, all.nanos);
    }

    private static double ratio(double amount, double of) {
        return of == 0 ? 0 : amount / of;
    }

    /** @param peak what the machine does at best, in GFLOP/s; 0 where that is not known */
    void write(JsonGenerator json, StepTimes all, double peak) throws IOException {
        json.writeNumberField("ms", millis());
        json.writeNumberField("share", shareOf(all));
        json.writeNumberField("gflop_per_second", gflopPerSecond());
        JsonLines.writeKnown(json, "of_peak", gflopPerSecond() / peak, peak > 0);
        json.writeNumberField("gb_per_second", gigabytesPerSecond());
        json.writeNumberField("idle", idle());
    }
}
