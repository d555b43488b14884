// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.jmh;

import dev.avocet.bench.checkpoint.RandomWeight;
import dev.avocet.core.backend.Session;
import dev.avocet.core.graph.Activation;
import dev.avocet.core.graph.Ops;
import dev.avocet.core.graph.Padding;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
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

/**
 * Single operations at the sizes that the models use: runs per second, and GFLOP/s.
 *
 * <p>Each is a plan of one operation, so copying the input in and the output out belongs to the time. The same weights are used
 * again in every run; those of a whole model come from memory, so a model's share of peak may be lower.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@State(Scope.Benchmark)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class KernelBenchmark {
    /**
     * The operation and its extents.
     *
     * <p>{@code linear:MxKxN}: a product with a weight, and {@code linear-gelu}, {@code linear-swish} with the activation
     * after it. {@code depthwise:HxC:KsS}: a picture of H x H pixels and C channels under kernels of K x K with stride S.
     * {@code attention:SxDxH}: S tokens of width D in H heads.
     */
    @Param({
        "linear:577x1024x1024", "linear:577x1024x3072", "linear-gelu:577x1024x4096", "linear:577x4096x1024",
        "linear:1x1024x1000", "linear:64x768x768", "linear:64x768x2304", "linear-gelu:64x768x3072",
        "linear:64x3072x768",
        "linear-swish:5329x48x288", "linear:5329x288x48", "linear-swish:361x160x960", "linear:361x960x160",
        "linear-swish:100x384x2304", "linear:100x2304x384",
        "depthwise:145x64:3s1", "depthwise:73x288:3s1", "depthwise:37x480:5s1", "depthwise:19x960:3s1",
        "depthwise:19x1344:5s2", "depthwise:10x2304:5s1",
        "attention:577x1024x16", "attention:64x768x12"})
    public String op;

    /** Which backend. */
    @Param("cpu")
    public String device;

    /** How many threads; 0 stands for all processors. */
    @Param("0")
    public int threads;

    private PlanRun plan;

    /** Makes the plan. */
    @Setup
    public void open() {
        var parts = op.split(":");
        var sizes = Arrays.stream(String.join("x", List.of(parts).subList(1, parts.length)).split("[xs]"))
                .mapToInt(Integer::parseInt).toArray();
        plan = switch (parts[0]) {
            case "linear" -> linear(sizes, Activation.NONE);
            case "linear-gelu" -> linear(sizes, Activation.GELU);
            case "linear-swish" -> linear(sizes, Activation.SWISH);
            case "depthwise" -> depthwise(sizes[0], sizes[1], sizes[2], sizes[3]);
            case "attention" -> attention(sizes[0], sizes[1], sizes[2]);
            default -> throw new IllegalArgumentException("there is no operation " + op);
        };
    }

    private PlanRun linear(int[] sizes, Activation activation) {
        var weight = RandomWeight.matrix("weight", Shape.of(sizes[2], sizes[1]), 1);
        var bias = new RandomWeight("bias", Shape.of(sizes[2]), 0, 0.2f, 1);
        return plan(Shape.of(sizes[0], sizes[1]),
                (ops, x) -> ops.activation(ops.linear(x, weight, bias), activation));
    }

    private PlanRun depthwise(int side, int channels, int kernel, int stride) {
        var weight = RandomWeight.matrix("weight", Shape.of(channels, 1, kernel, kernel), 1);
        var bias = new RandomWeight("bias", Shape.of(channels), 0, 0.2f, 1);
        return plan(Shape.of(1, side, side, channels), (ops, x) -> ops.activation(
                ops.depthwiseConv2d(x, weight, bias, stride, Padding.same(kernel)), Activation.SWISH));
    }

    /** On one product with query, key and value side by side, as the layers lay them out. */
    private PlanRun attention(int tokens, int width, int heads) {
        return plan(Shape.of(1, tokens, 3 * width), (ops, x) -> ops.attention(
                ops.slice(x, 2, 0, width), ops.slice(x, 2, width, 2 * width), ops.slice(x, 2, 2 * width, 3 * width),
                null, heads, (float) (1 / Math.sqrt((double) width / heads))).context());
    }

    @FunctionalInterface
    private interface Operation {
        Tensor record(Ops ops, Tensor x);
    }

    private PlanRun plan(Shape shape, Operation operation) {
        var random = new Random(1);
        var values = new float[Math.toIntExact(shape.elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = 2 * random.nextFloat() - 1;
        }
        Session.Recorder model =
                (ops, inputs) -> Map.of("y", operation.record(ops, ops.input("x", DType.F32, inputs.get("x"))));
        return new PlanRun(device, threads, model, Map.of("x", HostTensor.of(shape, values)), "y");
    }

    /** One run of the operation. */
    @Benchmark
    public List<HostTensor> run(Rate rate) {
        return plan.run(rate);
    }

    /** Frees everything. */
    @TearDown
    public void close() {
        plan.close();
    }
}
