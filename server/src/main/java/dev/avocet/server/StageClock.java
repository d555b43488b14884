// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import dev.avocet.pipelines.ModelCall;
import dev.avocet.pipelines.ModelListener;

/**
 * Tells each request where its time went; the models of a server are loaded with it as their listener.
 *
 * <p>A request computes on one platform thread from begin to end, which is also the thread that models report on.
 */
public final class StageClock implements ModelListener {
    @SuppressWarnings("ThreadLocalUsage") // one for each server, and it is emptied after each request
    private final ThreadLocal<Stages> current = ThreadLocal.withInitial(Stages::new);

    /** Knows of no request yet. */
    public StageClock() {}

    /** The stages of the request that the current thread works on, in nanoseconds. */
    static final class Stages {
        private long queue;
        private long preprocess;
        private long compute;
        private long postprocess;
        private int tokens;

        void addQueue(long nanos) {
            queue += nanos;
        }

        void addPreprocess(long nanos) {
            preprocess += nanos;
        }

        void addPostprocess(long nanos) {
            postprocess += nanos;
        }

        long queue() {
            return queue;
        }

        long preprocess() {
            return preprocess;
        }

        long compute() {
            return compute;
        }

        long postprocess() {
            return postprocess;
        }

        int tokens() {
            return tokens;
        }

        /** The {@code Server-Timing} header, which browsers show and scripts read; milliseconds. */
        String header() {
            return "queue;dur=" + millis(queue) + ", preprocess;dur=" + millis(preprocess) + ", compute;dur="
                    + millis(compute) + ", postprocess;dur=" + millis(postprocess);
        }

        private static double millis(long nanos) {
            return Math.round(nanos / 1e3) / 1e3;
        }
    }

    @Override
    public void onCall(ModelCall call) {
        var stages = current.get();
        stages.queue += call.stages().queue();
        stages.preprocess += call.stages().preprocess();
        stages.compute += call.stages().compute();
        stages.postprocess += call.stages().postprocess();
        stages.tokens += call.tokens();
    }

    Stages begin() {
        var stages = new Stages();
        current.set(stages);
        return stages;
    }

    void end() {
        current.remove();
    }
}
