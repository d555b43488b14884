// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import static org.bytedeco.cuda.global.cudnn.*;

import dev.avocet.core.backend.DeviceFailure;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.bytedeco.cuda.cudnn.cudnnBackendDescriptor_t;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * cuDNN's graphs on one device (cuDNN 9 backend API reference); every status is checked in {@link #check}. Not safe for
 * use from several threads at once.
 *
 * <p>A device may also be a description of one that is not there: plans can be built for it, and not run.
 */
final class Dnn implements AutoCloseable {
    private static final int MESSAGE_BYTES = 1024;
    /** Each is compiled, which takes tenths of a second; the library names those that it thinks the fastest first. */
    private static final int CANDIDATES = 3;
    /** Statuses from here on say that a graph or an engine is not supported; those before are mistakes or failures. */
    private static final int NOT_SUPPORTED = 3000;
    private static final int NOT_SUPPORTED_END = 4000;

    private final cudnnContext handle = new cudnnContext();
    private final cudnnBackendDescriptor_t absent;
    private final Map<DnnRecipe, Optional<DnnPlan>> plans = new HashMap<>();
    private final DiskCache cache;
    private final String device;
    private final Tuner tuner;

    /**
     * A device.
     *
     * @param device all that plans for it depend on
     * @param tuner null where nothing can be run
     */
    private Dnn(cudnnBackendDescriptor_t absent, DiskCache cache, String device, Tuner tuner) {
        this.absent = absent;
        this.cache = cache;
        this.device = device;
        this.tuner = tuner;
    }

    /**
     * The device whose context is the calling thread's.
     *
     * @param cache where its plans are kept; where nothing is kept, none is timed
     */
    static Dnn here(Gpu gpu, DiskCache cache, Tuner tuner) {
        var dnn = new Dnn(null, cache, gpu.kind(), tuner);
        check("cudnnCreate", cudnnCreate(dnn.handle));
        return dnn;
    }

    /** A device that is not there, as cuDNN describes it in JSON ("Deviceless ahead-of-time compilation"). */
    static Dnn absent(String json, DiskCache cache) {
        var description = descriptor(CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR);
        try (var text = new BytePointer(json.getBytes(StandardCharsets.UTF_8))) {
            set(description, CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, CUDNN_TYPE_CHAR, text.limit(), text);
            finish(description);
            return new Dnn(description, cache, json, null);
        }
    }

    /** The library's version: 91002 is 9.10.2. */
    static long version() {
        return cudnnGetVersion();
    }

    /** The plan of a graph, built by {@code builder} when it is first asked for; empty where the device can't run it. */
    Optional<DnnPlan> plan(DnnRecipe recipe, Function<Dnn, Optional<DnnPlan>> builder) {
        var plan = plans.get(recipe);
        if (plan == null) {
            plan = kept(recipe, builder);
            plans.put(recipe, plan);
        }
        return plan;
    }

    /** From the disk where it was built before, for that takes tenths of a second. */
    private Optional<DnnPlan> kept(DnnRecipe recipe, Function<Dnn, Optional<DnnPlan>> builder) {
        var key = DiskCache.key("plan", Long.toString(version()), device, recipe.toString());
        var restored = cache.get(key).flatMap(json -> DnnPlan.restored(this, json));
        if (restored.isPresent()) {
            return restored;
        }
        var built = builder.apply(this);
        built.filter(_ -> cache.isUsed()).ifPresent(plan -> keep(key, plan));
        return built;
    }

    private void keep(String key, DnnPlan plan) {
        try {
            plan.json().ifPresent(json -> cache.put(key, json));
        } catch (RuntimeException | Error e) {
            Release.after(e, plan::close);
            throw e;
        }
    }

    /** How many plans of a graph are worth building, so that the fastest can be found out. */
    int candidates() {
        return tuner == null || !cache.isUsed() ? 1 : CANDIDATES;
    }

    /** The number of the fastest plan; 0 where that can't be found out. */
    int fastest(List<DnnPlan> plans, List<DnnPlan.Role> roles, long[] operandBytes) {
        if (tuner == null) {
            return 0;
        }
        return tuner.fastest(operandBytes, plans.stream()
                .map(plan -> new Tuner.Way(plan.workspaceBytes(), (at, workspace, stream) -> {
                    stream(stream);
                    plan.run(roles, at, 1, workspace);
                })).toList()).orElse(0);
    }

    /** Runs what follows in a stream. */
    void stream(long stream) {
        check("cudnnSetStream", cudnnSetStream(handle, JavaCpp.stream(stream)));
    }

    /** Puts a plan with its operands into the stream. */
    void execute(cudnnBackendDescriptor_t plan, cudnnBackendDescriptor_t operands) {
        check("cudnnBackendExecute", cudnnBackendExecute(handle, plan, operands));
    }

    /** Tells a descriptor which device it is for, by the attribute for one that is here or for one that is not; 0 for none. */
    void place(cudnnBackendDescriptor_t descriptor, int handleAttribute, int absentAttribute) {
        if (absent == null && handleAttribute != 0) {
            setPointer(descriptor, handleAttribute, CUDNN_TYPE_HANDLE, handle);
        } else if (absent != null && absentAttribute != 0) {
            setPointer(descriptor, absentAttribute, CUDNN_TYPE_BACKEND_DESCRIPTOR, absent);
        }
    }

    static void check(String function, int status) {
        if (status != CUDNN_STATUS_SUCCESS) {
            throw failure(function, status);
        }
    }

    /** Whether a call succeeded; false where the library does not support what was asked for. */
    static boolean supported(String function, int status) {
        if (status >= NOT_SUPPORTED && status < NOT_SUPPORTED_END) {
            return false;
        }
        check(function, status);
        return true;
    }

    private static DeviceFailure failure(String function, int status) {
        var message = new byte[MESSAGE_BYTES];
        cudnnGetLastErrorString(message, message.length);
        int end = 0;
        while (end < message.length && message[end] != 0) {
            end++;
        }
        try (var name = cudnnGetErrorString(status)) {
            var more = new String(message, 0, end, StandardCharsets.UTF_8);
            return new DeviceFailure(function, status, name.getString() + (more.isEmpty() ? "" : ": " + more));
        }
    }

    /** An empty descriptor, to be destroyed by {@link #destroy}. */
    static cudnnBackendDescriptor_t descriptor(int type) {
        var descriptor = new cudnnBackendDescriptor_t();
        check("cudnnBackendCreateDescriptor", cudnnBackendCreateDescriptor(type, descriptor));
        return descriptor;
    }

    static void destroy(cudnnBackendDescriptor_t descriptor) {
        check("cudnnBackendDestroyDescriptor", cudnnBackendDestroyDescriptor(descriptor));
    }

    static void finish(cudnnBackendDescriptor_t descriptor) {
        check("cudnnBackendFinalize", cudnnBackendFinalize(descriptor));
    }

    static void set(cudnnBackendDescriptor_t descriptor, int attribute, int type, long count, Pointer values) {
        check("cudnnBackendSetAttribute", cudnnBackendSetAttribute(descriptor, attribute, type, count, values));
    }

    static void setNumber(cudnnBackendDescriptor_t descriptor, int attribute, int type, int value) {
        try (var holder = new org.bytedeco.javacpp.IntPointer(new int[] {value})) {
            set(descriptor, attribute, type, 1, holder);
        }
    }

    static void setFlag(cudnnBackendDescriptor_t descriptor, int attribute) {
        try (var holder = new BytePointer(new byte[] {1})) {
            set(descriptor, attribute, CUDNN_TYPE_BOOLEAN, 1, holder);
        }
    }

    static void setNumbers(cudnnBackendDescriptor_t descriptor, int attribute, long... values) {
        try (var holder = new LongPointer(values)) {
            set(descriptor, attribute, CUDNN_TYPE_INT64, values.length, holder);
        }
    }

    static void setPointer(cudnnBackendDescriptor_t descriptor, int attribute, int type, Pointer... values) {
        try (var holder = new PointerPointer<Pointer>(values)) {
            set(descriptor, attribute, type, values.length, holder);
        }
    }

    static void setDescriptors(
            cudnnBackendDescriptor_t descriptor, int attribute, cudnnBackendDescriptor_t... values) {
        setPointer(descriptor, attribute, CUDNN_TYPE_BACKEND_DESCRIPTOR, values);
    }

    @Override
    public void close() {
        var kept = plans.values().stream().flatMap(Optional::stream).toList();
        plans.clear();
        Release.all(() -> Release.all(kept.stream().map(plan -> plan::close)), this::closeDevice);
    }

    private void closeDevice() {
        if (absent == null) {
            check("cudnnDestroy", cudnnDestroy(handle));
        } else {
            destroy(absent);
        }
    }
}
