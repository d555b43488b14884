// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import dev.avocet.pipelines.ModelCall.Stages;

/** Times the stages of one call, one after the other; each method adds the time since the last one to its stage. */
final class CallTimer {
    /** What a call has while nobody listens: it never asks the clock. */
    static final CallTimer OFF = new CallTimer(null, null, null, 0);

    private final Observer observer;
    private final InferenceEvent event;
    private final String operation;
    private final int items;
    private long mark;
    private long queue;
    private long preprocess;
    private long compute;
    private long postprocess;
    private int batch;
    private int tokens;

    /** @param observer null where the time is of no interest */
    CallTimer(Observer observer, InferenceEvent event, String operation, int items) {
        this.observer = observer;
        this.event = event;
        this.operation = operation;
        this.items = items;
        this.mark = observer == null ? 0 : System.nanoTime();
    }

    /** A timer of the stages that the calls of one batch have in common. */
    CallTimer forBatch() {
        return observer == null ? OFF : new CallTimer(observer, event, operation, items);
    }

    void queued() {
        if (observer != null) {
            queue += lap();
        }
    }

    void preprocessed() {
        if (observer != null) {
            preprocess += lap();
        }
    }

    /** @param waited what of it was spent waiting for a slot */
    void computed(int together, long waited) {
        if (observer != null) {
            batch = Math.max(batch, together);
            queue += waited;
            compute += lap() - waited;
        }
    }

    void postprocessed() {
        if (observer != null) {
            postprocess += lap();
        }
    }

    void tokens(int count) {
        if (observer != null) {
            tokens += count;
        }
    }

    private long lap() {
        long now = System.nanoTime();
        long passed = now - mark;
        mark = now;
        return passed;
    }

    Stages stages() {
        return observer == null ? Stages.ZERO : new Stages(queue, preprocess, compute, postprocess);
    }

    int batch() {
        return batch;
    }

    /** Ends the call. */
    void end(Throwable failure) {
        end(failure, Stages.ZERO, batch);
    }

    /** Ends the call, which has taken part in a batch with times of its own. */
    void end(Throwable failure, Stages ofBatch, int together) {
        if (observer != null) {
            observer.ended(event, new ModelCall(observer.model(), operation, observer.device(), items, together, tokens,
                    stages().plus(ofBatch), failure));
        }
    }
}
