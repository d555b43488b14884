// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** A {@link ModelCall} for the JDK's Flight Recorder; its duration is from the call's begin to its end. */
@Name("dev.avocet.Inference")
@Label("Inference")
@Description("A call of a model: what was asked for, and where the time went")
@Category("Avocet")
@StackTrace(false)
final class InferenceEvent extends Event {
    @Label("Model")
    String model;

    @Label("Operation")
    String operation;

    @Label("Device")
    String device;

    @Label("Items")
    int items;

    @Label("Batch")
    @Description("How many items were computed at once at most, those of other calls included")
    int batch;

    @Label("Tokens")
    int tokens;

    @Label("Queue")
    @Timespan(Timespan.NANOSECONDS)
    long queue;

    @Label("Pre-process")
    @Timespan(Timespan.NANOSECONDS)
    long preprocess;

    @Label("Compute")
    @Timespan(Timespan.NANOSECONDS)
    long compute;

    @Label("Post-process")
    @Timespan(Timespan.NANOSECONDS)
    long postprocess;

    @Label("Failure")
    @Description("The class of what was thrown; none where the call went well")
    String failure;

    void fill(ModelCall call) {
        model = call.model();
        operation = call.operation();
        device = call.device();
        items = call.items();
        batch = call.batch();
        tokens = call.tokens();
        queue = call.stages().queue();
        preprocess = call.stages().preprocess();
        compute = call.stages().compute();
        postprocess = call.stages().postprocess();
        failure = call.failure() == null ? null : call.failure().getClass().getName();
    }
}
