// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import static org.bytedeco.cuda.global.cudnn.*;

import dev.avocet.core.backend.Precision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.cuda.cudnn.cudnnBackendDescriptor_t;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/** Operations for cuDNN to join into as few kernels as it can, under construction. Everything is summed in float. */
final class DnnGraph implements AutoCloseable {
    /** More than this, a plan's speed is not worth: it would be kept for every slot. */
    private static final long MOST_WORKSPACE_BYTES = 64 << 20;

    private final Dnn dnn;
    private final Precision precision;
    private final List<cudnnBackendDescriptor_t> operations = new ArrayList<>();
    private final List<cudnnBackendDescriptor_t> owned = new ArrayList<>();
    private final List<DnnPlan.Role> roles = new ArrayList<>();
    private final List<Long> operandBytes = new ArrayList<>();
    private long nextHidden = 1000;

    /** What operations read and write. */
    record Tensor(cudnnBackendDescriptor_t descriptor, long[] dims, long[] strides) {}

    DnnGraph(Dnn dnn, Precision precision) {
        this.dnn = dnn;
        this.precision = precision;
    }

    private int storage() {
        return switch (precision) {
            case F32, TF32 -> CUDNN_DATA_FLOAT;
            case F16 -> CUDNN_DATA_HALF;
            case BF16 -> CUDNN_DATA_BFLOAT16;
        };
    }

    private cudnnBackendDescriptor_t descriptor(int type) {
        var descriptor = Dnn.descriptor(type);
        owned.add(descriptor);
        return descriptor;
    }

    /**
     * An operand in memory.
     *
     * @param role how {@link DnnPlan#run} is told where it is
     * @param alignment the bytes that its address is a multiple of
     */
    Tensor operand(DnnPlan.Role role, int alignment, long[] dims, long[] strides) {
        var tensor = tensor(role.ordinal() + 1, storage(), dims, strides);
        Dnn.setNumbers(tensor, CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, alignment);
        Dnn.finish(tensor);
        long elements = 1;
        for (int i = 0; i < dims.length; i++) {
            elements += (dims[i] - 1) * strides[i];
        }
        roles.add(role);
        operandBytes.add(elements * precision.storage().bytes());
        return new Tensor(tensor, dims, strides);
    }

    /** A number that {@link DnnPlan#run} passes by value. */
    Tensor number(DnnPlan.Role role, int rank) {
        var ones = new long[rank];
        Arrays.fill(ones, 1);
        var tensor = tensor(role.ordinal() + 1, CUDNN_DATA_FLOAT, ones, ones);
        Dnn.setNumbers(tensor, CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, Float.BYTES);
        Dnn.setFlag(tensor, CUDNN_ATTR_TENSOR_IS_BY_VALUE);
        Dnn.finish(tensor);
        roles.add(role);
        operandBytes.add(0L);
        return new Tensor(tensor, ones, ones);
    }

    /** A result in float that never reaches memory. */
    Tensor hidden(long[] dims, long[] strides) {
        return hidden(CUDNN_DATA_FLOAT, dims, strides);
    }

    /** A result that never reaches memory, rounded to the type of the operands. */
    Tensor rounded(long[] dims, long[] strides) {
        return hidden(storage(), dims, strides);
    }

    private Tensor hidden(int type, long[] dims, long[] strides) {
        var tensor = tensor(nextHidden++, type, dims, strides);
        Dnn.setNumbers(tensor, CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, 16);
        Dnn.setFlag(tensor, CUDNN_ATTR_TENSOR_IS_VIRTUAL);
        Dnn.finish(tensor);
        return new Tensor(tensor, dims, strides);
    }

    private cudnnBackendDescriptor_t tensor(long id, int type, long[] dims, long[] strides) {
        var tensor = descriptor(CUDNN_BACKEND_TENSOR_DESCRIPTOR);
        Dnn.setNumber(tensor, CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE, type);
        Dnn.setNumbers(tensor, CUDNN_ATTR_TENSOR_DIMENSIONS, dims);
        Dnn.setNumbers(tensor, CUDNN_ATTR_TENSOR_STRIDES, strides);
        Dnn.setNumbers(tensor, CUDNN_ATTR_TENSOR_UNIQUE_ID, id);
        return tensor;
    }

    /** y [B,M,N] = a [B,M,K] times b [B,K,N], batches of either repeated. */
    void matmul(Tensor a, Tensor b, Tensor y) {
        var kind = descriptor(CUDNN_BACKEND_MATMUL_DESCRIPTOR);
        Dnn.setNumber(kind, CUDNN_ATTR_MATMUL_COMP_TYPE, CUDNN_TYPE_DATA_TYPE, CUDNN_DATA_FLOAT);
        Dnn.finish(kind);
        var operation = descriptor(CUDNN_BACKEND_OPERATION_MATMUL_DESCRIPTOR);
        Dnn.setDescriptors(operation, CUDNN_ATTR_OPERATION_MATMUL_DESC, kind);
        Dnn.setDescriptors(operation, CUDNN_ATTR_OPERATION_MATMUL_ADESC, a.descriptor);
        Dnn.setDescriptors(operation, CUDNN_ATTR_OPERATION_MATMUL_BDESC, b.descriptor);
        Dnn.setDescriptors(operation, CUDNN_ATTR_OPERATION_MATMUL_CDESC, y.descriptor);
        add(operation);
    }

    /**
     * How a convolution's windows lie: along height and width.
     *
     * @param before the padding before the first row and column
     * @param after the padding after the last
     */
    record Window(int stride, long[] before, long[] after) {}

    /** y = x convolved with w, dims [B,C,H,W] and [O,C,h,w]. */
    void convolution(Tensor x, Tensor w, Window window, Tensor y) {
        var kind = descriptor(CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR);
        Dnn.setNumber(kind, CUDNN_ATTR_CONVOLUTION_COMP_TYPE, CUDNN_TYPE_DATA_TYPE, CUDNN_DATA_FLOAT);
        Dnn.setNumber(kind, CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_TYPE_CONVOLUTION_MODE, CUDNN_CROSS_CORRELATION);
        Dnn.setNumbers(kind, CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, 2);
        Dnn.setNumbers(kind, CUDNN_ATTR_CONVOLUTION_DILATIONS, 1, 1);
        Dnn.setNumbers(kind, CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, window.stride, window.stride);
        Dnn.setNumbers(kind, CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, window.before);
        Dnn.setNumbers(kind, CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, window.after);
        Dnn.finish(kind);
        var operation = descriptor(CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR);
        Dnn.setDescriptors(operation, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC, kind);
        Dnn.setDescriptors(operation, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X, x.descriptor);
        Dnn.setDescriptors(operation, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W, w.descriptor);
        Dnn.setDescriptors(operation, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y, y.descriptor);
        setReal(operation, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA, 1);
        setReal(operation, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA, 0);
        add(operation);
    }

    /** y = mode(x), element by element. */
    void pointwise(int mode, Tensor x, Tensor y) {
        pointwise(pointwise(mode), x, null, y);
    }

    /** y = mode(x, b), element by element, b repeated along its dimensions of extent 1. */
    void pointwise(int mode, Tensor x, Tensor b, Tensor y) {
        pointwise(pointwise(mode), x, b, y);
    }

    /** y = x &middot; sigmoid(beta &middot; x). */
    void swish(double beta, Tensor x, Tensor y) {
        var kind = pointwise(CUDNN_POINTWISE_SWISH_FWD);
        setReal(kind, CUDNN_ATTR_POINTWISE_SWISH_BETA, beta);
        pointwise(kind, x, null, y);
    }

    private cudnnBackendDescriptor_t pointwise(int mode) {
        var kind = descriptor(CUDNN_BACKEND_POINTWISE_DESCRIPTOR);
        Dnn.setNumber(kind, CUDNN_ATTR_POINTWISE_MODE, CUDNN_TYPE_POINTWISE_MODE, mode);
        Dnn.setNumber(kind, CUDNN_ATTR_POINTWISE_MATH_PREC, CUDNN_TYPE_DATA_TYPE, CUDNN_DATA_FLOAT);
        return kind;
    }

    private void pointwise(cudnnBackendDescriptor_t kind, Tensor x, Tensor b, Tensor y) {
        Dnn.finish(kind);
        var operation = descriptor(CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR);
        Dnn.setDescriptors(operation, CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR, kind);
        Dnn.setDescriptors(operation, CUDNN_ATTR_OPERATION_POINTWISE_XDESC, x.descriptor);
        if (b != null) {
            Dnn.setDescriptors(operation, CUDNN_ATTR_OPERATION_POINTWISE_BDESC, b.descriptor);
        }
        Dnn.setDescriptors(operation, CUDNN_ATTR_OPERATION_POINTWISE_YDESC, y.descriptor);
        add(operation);
    }

    /** y = the sum or the maximum of x along the dimensions in which y has an extent of 1. */
    void reduction(int operator, Tensor x, Tensor y) {
        var kind = descriptor(CUDNN_BACKEND_REDUCTION_DESCRIPTOR);
        Dnn.setNumber(kind, CUDNN_ATTR_REDUCTION_OPERATOR, CUDNN_TYPE_REDUCTION_OPERATOR_TYPE, operator);
        Dnn.setNumber(kind, CUDNN_ATTR_REDUCTION_COMP_TYPE, CUDNN_TYPE_DATA_TYPE, CUDNN_DATA_FLOAT);
        Dnn.finish(kind);
        var operation = descriptor(CUDNN_BACKEND_OPERATION_REDUCTION_DESCRIPTOR);
        Dnn.setDescriptors(operation, CUDNN_ATTR_OPERATION_REDUCTION_DESC, kind);
        Dnn.setDescriptors(operation, CUDNN_ATTR_OPERATION_REDUCTION_XDESC, x.descriptor);
        Dnn.setDescriptors(operation, CUDNN_ATTR_OPERATION_REDUCTION_YDESC, y.descriptor);
        add(operation);
    }

    private static void setReal(cudnnBackendDescriptor_t descriptor, int attribute, double value) {
        try (var holder = new DoublePointer(new double[] {value})) {
            Dnn.set(descriptor, attribute, CUDNN_TYPE_DOUBLE, 1, holder);
        }
    }

    private void add(cudnnBackendDescriptor_t operation) {
        Dnn.finish(operation);
        operations.add(operation);
    }

    /** A plan by the fastest of the first engines that can run the graph on this device; empty where none can. */
    Optional<DnnPlan> plan() {
        var graph = descriptor(CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR);
        dnn.place(graph, CUDNN_ATTR_OPERATIONGRAPH_HANDLE, 0);
        Dnn.setDescriptors(graph, CUDNN_ATTR_OPERATIONGRAPH_OPS,
                operations.toArray(cudnnBackendDescriptor_t[]::new));
        if (!Dnn.supported("cudnnBackendFinalize", cudnnBackendFinalize(graph))) {
            return Optional.empty();
        }
        var plans = plans(graph);
        if (plans.isEmpty()) {
            return Optional.empty();
        }
        DnnPlan best;
        try {
            best = plans.remove(dnn.fastest(plans, roles,
                    operandBytes.stream().mapToLong(Long::longValue).toArray()));
        } catch (RuntimeException | Error e) {
            Release.after(e, () -> Release.all(plans, DnnPlan::close));
            throw e;
        }
        try {
            Release.all(plans, DnnPlan::close);
        } catch (RuntimeException e) {
            Release.after(e, best::close);
            throw e;
        }
        return Optional.of(best);
    }

    /** As many as are worth trying, the one that the library thinks the fastest first. */
    private List<DnnPlan> plans(cudnnBackendDescriptor_t graph) {
        var plans = new ArrayList<DnnPlan>();
        try {
            for (var engine : engines(graph)) {
                var plan = plans.size() < dnn.candidates() ? plan(engine) : null;
                if (plan != null) {
                    plans.add(plan);
                }
            }
            return plans;
        } catch (RuntimeException | Error e) {
            Release.after(e, () -> Release.all(plans, DnnPlan::close));
            throw e;
        }
    }

    private List<cudnnBackendDescriptor_t> engines(cudnnBackendDescriptor_t graph) {
        var heuristics = descriptor(CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
        Dnn.setDescriptors(heuristics, CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph);
        Dnn.setNumber(heuristics, CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, CUDNN_HEUR_MODE_A);
        dnn.place(heuristics, 0, CUDNN_ATTR_ENGINEHEUR_DEVICEPROP);
        if (!Dnn.supported("cudnnBackendFinalize", cudnnBackendFinalize(heuristics))) {
            return List.of();
        }
        try (var count = new LongPointer(1)) {
            Dnn.check("cudnnBackendGetAttribute", cudnnBackendGetAttribute(heuristics, CUDNN_ATTR_ENGINEHEUR_RESULTS,
                    CUDNN_TYPE_BACKEND_DESCRIPTOR, 0, count, null));
            var engines = new cudnnBackendDescriptor_t[(int) count.get()];
            for (int i = 0; i < engines.length; i++) {
                engines[i] = descriptor(CUDNN_BACKEND_ENGINECFG_DESCRIPTOR);
            }
            if (engines.length > 0) {
                try (var places = new PointerPointer<Pointer>(engines)) {
                    Dnn.check("cudnnBackendGetAttribute", cudnnBackendGetAttribute(heuristics,
                            CUDNN_ATTR_ENGINEHEUR_RESULTS, CUDNN_TYPE_BACKEND_DESCRIPTOR, engines.length, count,
                            places));
                }
            }
            return List.of(engines).subList(0, (int) count.get());
        }
    }

    private DnnPlan plan(cudnnBackendDescriptor_t engine) {
        var plan = Dnn.descriptor(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
        boolean kept = false;
        try {
            dnn.place(plan, CUDNN_ATTR_EXECUTION_PLAN_HANDLE, CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP);
            Dnn.setDescriptors(plan, CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, engine);
            if (!Dnn.supported("cudnnBackendFinalize", cudnnBackendFinalize(plan))) {
                return null;
            }
            var found = DnnPlan.of(dnn, plan);
            kept = found.workspaceBytes() <= MOST_WORKSPACE_BYTES;
            return kept ? found : null;
        } finally {
            if (!kept) {
                Dnn.destroy(plan);
            }
        }
    }

    /** A plan keeps what it needs of its graph. */
    @Override
    public void close() {
        Release.all(owned, Dnn::destroy);
    }
}
