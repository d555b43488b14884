// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.worker;

import dev.avocet.core.tensor.HostTensor;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Avocet with many callers at once on one device, as a service has them. After the arguments of all workers come the number of
 * callers, and {@code platform} or {@code virtual} for what threads they are.
 */
final class CallersWorker implements Worker.Engine {
    private final AvocetWorker avocet;
    private final ExecutorService callers;

    private CallersWorker(AvocetWorker avocet, ExecutorService callers) {
        this.avocet = avocet;
        this.callers = callers;
    }

    public static void main(String[] args) throws Exception {
        var threads = args[5].equals("virtual") ? Thread.ofVirtual() : Thread.ofPlatform().daemon();
        var callers = Executors.newFixedThreadPool(Integer.parseInt(args[4]), threads.factory());
        Worker.serve(args, task -> new CallersWorker(new AvocetWorker(task), callers));
    }

    @Override
    public String version() {
        return avocet.version();
    }

    @Override
    public void run() {
        avocet.run();
    }

    @Override
    public void run(int count) throws Exception {
        Callable<Void> call = () -> {
            avocet.run();
            return null;
        };
        for (var outcome : callers.invokeAll(Collections.nCopies(count, call))) {
            outcome.get();
        }
    }

    @Override
    public void close() {
        callers.shutdown();
        avocet.close();
    }

    /** The result of one more call: the callers keep theirs. */
    @Override
    public HostTensor output() {
        avocet.run();
        return avocet.output();
    }
}
