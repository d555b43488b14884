// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.worker;

import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;

/** An engine whose result says how often it ran. As its model, {@code refuse} doesn't load and {@code break} fails when it runs. */
public final class CountingWorker implements Worker.Engine {
    private final boolean breaks;
    private int runs;

    private CountingWorker(Worker.Task task) {
        if (task.model().endsWith("refuse")) {
            throw new IllegalStateException("this model is not supported");
        }
        breaks = task.model().endsWith("break");
    }

    public static void main(String[] args) throws Exception {
        Worker.serve(args, CountingWorker::new);
    }

    @Override
    public String version() {
        return "counter 1.0";
    }

    @Override
    public void run() {
        if (breaks) {
            throw new IllegalStateException("out of order");
        }
        runs++;
    }

    @Override
    public HostTensor output() {
        return HostTensor.of(Shape.of(1), (float) runs);
    }
}
