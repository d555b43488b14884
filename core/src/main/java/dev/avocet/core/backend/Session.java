// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.backend;

import dev.avocet.core.graph.Graph;
import dev.avocet.core.graph.Ops;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * One model on one device: its weights there, and the plans for the shapes in use. May be used from any number of
 * threads.
 *
 * <p>Plans are kept for the {@value #PLANS} most recently used combinations of input shapes and outputs.
 */
public final class Session implements AutoCloseable {
    private static final int PLANS = 64;

    /** Records a model's graph for given input shapes: results by name. */
    @FunctionalInterface
    public interface Recorder {
        /**
         * Records into {@code ops}; every result that anybody may ask for is returned, the session drops the others.
         */
        Map<String, Tensor> record(Ops ops, Map<String, Shape> inputs);
    }

    private record Key(Map<String, Shape> inputs, List<String> outputs) {}

    private final Recorder model;
    private final Device device;
    private final Compiler compiler;
    private final UseCount uses;
    private final SequencedMap<Key, Plan> plans = new LinkedHashMap<>(16, 0.75f, true);

    private Session(
            String name, Recorder model, Device device, Precision precision, Optional<KeptWeights> kept) {
        this.model = model;
        this.device = device;
        this.uses = new UseCount(name);
        this.compiler = device.newCompiler(precision, kept);
    }

    /** A model on a device in float. */
    public static Session open(String name, Recorder model, Device device) {
        return open(name, model, device, Precision.F32, Optional.empty());
    }

    /**
     * A model on a device; nothing is computed or laid out yet.
     *
     * @param name the model's name, for messages
     * @param kept where its weights may be kept as the device lays them out
     * @throws BackendUnavailable where the device does not have this precision
     */
    public static Session open(
            String name, Recorder model, Device device, Precision precision, Optional<KeptWeights> kept) {
        return new Session(name, model, device, precision, kept);
    }

    /** The device. */
    public Device device() {
        return device;
    }

    /** All results that the model has for inputs of these shapes. */
    public SequencedMap<String, Tensor> results(Map<String, Shape> inputs) {
        return record(inputs).outputs();
    }

    /**
     * The plan for inputs of these shapes and these results; compiled at the first call, cached afterwards. Its weights
     * may be laid out only later: an error in reading them is thrown here or by the run that needs them.
     */
    public Plan plan(Map<String, Shape> inputs, List<String> outputs) {
        return uses.using(() -> cached(inputs, outputs));
    }

    private Plan cached(Map<String, Shape> inputs, List<String> outputs) {
        var key = new Key(Map.copyOf(inputs), List.copyOf(outputs));
        synchronized (plans) {
            var plan = plans.get(key);
            if (plan == null) {
                plan = recorded(inputs, outputs, compiler::compile, compiler::compile);
                plans.put(key, plan);
                if (plans.size() > PLANS) {
                    plans.pollFirstEntry();
                }
            }
            return plan;
        }
    }

    private Graph record(Map<String, Shape> inputs) {
        var ops = Ops.record();
        return ops.graph(model.record(ops, inputs));
    }

    /** What is made of a graph, or of one that is several items side by side and of the graph for one of them. */
    private <T> T recorded(
            Map<String, Shape> inputs, List<String> outputs, Function<Graph, T> whole,
            BiFunction<Graph, Graph, T> batch) {
        var graph = record(inputs).only(outputs);
        return itemOf(graph, inputs).map(item -> batch.apply(graph, item)).orElseGet(() -> whole.apply(graph));
    }

    /** The graph for one item, where {@code graph} is for several of them side by side. */
    private Optional<Graph> itemOf(Graph graph, Map<String, Shape> inputs) {
        var shapes = inputs.values();
        if (shapes.stream().anyMatch(shape -> shape.rank() == 0 || shape.dim(0) < 2)
                || shapes.stream().mapToInt(shape -> shape.dim(0)).distinct().count() != 1) {
            return Optional.empty();
        }
        var one = new LinkedHashMap<String, Shape>();
        inputs.forEach((name, shape) -> one.put(name, shape.with(0, 1)));
        var item = record(one).only(graph.outputs().keySet());
        return graph.isRepeated(item) ? Optional.of(item) : Optional.empty();
    }

    /**
     * Runs a plan of this session, once the device has a slot free; see {@link Plan#run}.
     *
     * @return the nanoseconds that it waited for a slot
     * @throws dev.avocet.core.OverloadedException where too many wait already, see {@link DeviceOptions#maxWaiting}
     * @throws dev.avocet.core.InterruptedCallException where the thread is interrupted while it waits
     */
    public long run(Plan plan, List<HostTensor> inputs, List<HostTensor> outputs) {
        long stamp = uses.enter();
        try {
            return admitted(plan, inputs, outputs);
        } finally {
            uses.leave(stamp);
        }
    }

    private long admitted(Plan plan, List<HostTensor> inputs, List<HostTensor> outputs) {
        long waited = device.admission().enter();
        try {
            plan.run(inputs, outputs);
        } finally {
            device.admission().leave();
        }
        return waited;
    }

    /** Runs a plan of this session and times its steps; see {@link Plan#profile}. */
    public Timing profile(Plan plan, List<HostTensor> inputs, List<HostTensor> outputs) {
        return uses.using(() -> {
            device.admission().enter();
            try {
                return plan.profile(inputs, outputs);
            } finally {
                device.admission().leave();
            }
        });
    }

    /** What {@link #plan} would make, without reading any weight. */
    public Outline outline(Map<String, Shape> inputs, List<String> outputs) {
        return uses.using(() -> recorded(inputs, outputs, compiler::outline, compiler::outline));
    }

    /** One inference by names: the inputs, and the results wanted, in new tensors on the heap. */
    public SequencedMap<String, HostTensor> run(Map<String, HostTensor> inputs, List<String> outputs) {
        return uses.using(() -> {
            var shapes = new LinkedHashMap<String, Shape>();
            inputs.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
            var plan = cached(shapes, outputs);
            var given = plan.graph().inputs().stream()
                    .map(input -> inputs.get(input.name()))
                    .toList();
            var results = new LinkedHashMap<String, HostTensor>();
            plan.graph().outputs()
                    .forEach((name, tensor) -> results.put(name, HostTensor.zeros(DType.F32, tensor.shape())));
            admitted(plan, given, new ArrayList<>(results.values()));
            return results;
        });
    }

    /** The bytes that the model's weights take on the device so far. */
    public long weightBytes() {
        return compiler.weightBytes();
    }

    /** Refuses new calls, waits for those that run, and frees the weights. Closing again does nothing. */
    @Override
    public void close() {
        uses.close(() -> {
            synchronized (plans) {
                plans.clear();
            }
            try {
                compiler.close();
            } finally {
                device.release();
            }
        });
    }
}
