// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import dev.avocet.integrations.micrometer.MicrometerListener;
import dev.avocet.pipelines.Batcher;
import dev.avocet.pipelines.ModelCall;
import dev.avocet.pipelines.ModelListener;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

/**
 * Hears of all calls of a server's models, which are loaded with it as their listener: for Prometheus, and to tell each
 * request where its time went.
 *
 * <p>A call is reported on the thread that computes it, so what a thread does between {@link #begin} and {@link #end} is
 * one request's or one batch's.
 */
public final class Telemetry implements ModelListener {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final MicrometerListener meters = new MicrometerListener(registry);
    @SuppressWarnings("ThreadLocalUsage") // one for each server, and it is emptied after each request
    private final ThreadLocal<Stages> current = new ThreadLocal<>();

    /** Has heard of nothing yet. */
    public Telemetry() {}

    /** How long something has taken, in nanoseconds. */
    static final class Stages {
        private long queue;
        private long preprocess;
        private long compute;
        private long postprocess;

        void addQueue(long nanos) {
            queue += nanos;
        }

        void addPreprocess(long nanos) {
            preprocess += nanos;
        }

        void addPostprocess(long nanos) {
            postprocess += nanos;
        }

        void add(Stages other) {
            queue += other.queue;
            preprocess += other.preprocess;
            compute += other.compute;
            postprocess += other.postprocess;
        }

        long queue() {
            return queue;
        }

        long total() {
            return queue + preprocess + compute + postprocess;
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
        meters.onCall(call);
        var stages = current.get();
        if (stages != null) {
            stages.queue += call.stages().queue();
            stages.preprocess += call.stages().preprocess();
            stages.compute += call.stages().compute();
            stages.postprocess += call.stages().postprocess();
        }
    }

    @Override
    public void onLoad(String model, String device, long nanos) {
        meters.onLoad(model, device, nanos);
    }

    PrometheusMeterRegistry registry() {
        return registry;
    }

    void watch(String name, Batcher<?, ?> batcher) {
        meters.watch(name, batcher);
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
