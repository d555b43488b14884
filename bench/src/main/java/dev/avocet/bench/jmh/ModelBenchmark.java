// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.jmh;

import dev.avocet.bench.Home;
import dev.avocet.bench.Workload;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.loader.Pretrained;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Whole networks of real size with random weights: inferences per second, and GFLOP/s. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@State(Scope.Benchmark)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 2, time = 5)
@Measurement(iterations = 5, time = 5)
public class ModelBenchmark {
    /** Which network. */
    @Param({"vit", "b7", "bert"})
    public String model;

    /** Pictures or texts in an inference. */
    @Param({"1", "8"})
    public int batch;

    /** Which backend. */
    @Param("cpu")
    public String device;

    /** How many threads; 0 stands for all processors. */
    @Param("0")
    public int threads;

    private Pretrained pretrained;
    private PlanRun plan;

    /** Writes the checkpoint where it is missing, and makes the plan; the weights are packed in the warm-up. */
    @Setup
    public void open() throws IOException {
        var workload = Workload.of(model);
        pretrained = Pretrained.open(workload.checkpoint(Home.path()));
        plan = new PlanRun(device, threads, pretrained.model()::forward, workload.inputs(batch), workload.output());
    }

    /** One inference of the batch. */
    @Benchmark
    public List<HostTensor> run(Rate rate) {
        return plan.run(rate);
    }

    /** Frees everything. */
    @TearDown
    public void close() {
        plan.close();
        pretrained.close();
    }
}
