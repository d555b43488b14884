// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import static org.bytedeco.cuda.global.cudnn.*;

import java.util.List;
import java.util.Optional;
import org.bytedeco.cuda.cudnn.cudnnBackendDescriptor_t;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/** A graph that cuDNN has an engine for. */
final class DnnPlan implements AutoCloseable {
    /** What an operand is to its graph. */
    enum Role {
        X,
        WEIGHT,
        BIAS,
        GATE,
        RESIDUAL,
        RESULT,
        KEY,
        VALUE,
        SCALE
    }

    private final Dnn dnn;
    private final cudnnBackendDescriptor_t plan;
    private final long workspaceBytes;

    private DnnPlan(Dnn dnn, cudnnBackendDescriptor_t plan, long workspaceBytes) {
        this.dnn = dnn;
        this.plan = plan;
        this.workspaceBytes = workspaceBytes;
    }

    /** A plan that is finished; it is closed with what is returned. */
    static DnnPlan of(Dnn dnn, cudnnBackendDescriptor_t plan) {
        try (var bytes = new LongPointer(1); var count = new LongPointer(1)) {
            Dnn.check("cudnnBackendGetAttribute", cudnnBackendGetAttribute(plan,
                    CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE, CUDNN_TYPE_INT64, 1, count, bytes));
            return new DnnPlan(dnn, plan, bytes.get());
        }
    }

    /** A plan from its {@link #json}; empty where the library won't have it, and it has to be built. */
    static Optional<DnnPlan> restored(Dnn dnn, byte[] json) {
        var plan = Dnn.descriptor(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
        boolean isKept = false;
        try (var text = new BytePointer(json)) {
            dnn.place(plan, CUDNN_ATTR_EXECUTION_PLAN_HANDLE, CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP);
            if (cudnnBackendSetAttribute(plan, CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION, CUDNN_TYPE_CHAR,
                    json.length, text) != CUDNN_STATUS_SUCCESS
                    || cudnnBackendFinalize(plan) != CUDNN_STATUS_SUCCESS) {
                return Optional.empty();
            }
            var restored = of(dnn, plan);
            isKept = true;
            return Optional.of(restored);
        } finally {
            if (!isKept) {
                Dnn.destroy(plan);
            }
        }
    }

    /** The plan in cuDNN's own words, to be kept for this version and device; empty where it has none. */
    Optional<byte[]> json() {
        try (var size = new LongPointer(1)) {
            if (cudnnBackendGetAttribute(plan, CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION, CUDNN_TYPE_CHAR, 0, size,
                    null) != CUDNN_STATUS_SUCCESS) {
                return Optional.empty();
            }
            var json = new byte[Math.toIntExact(size.get())];
            try (var text = new BytePointer(json.length)) {
                Dnn.check("cudnnBackendGetAttribute", cudnnBackendGetAttribute(plan,
                        CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION, CUDNN_TYPE_CHAR, json.length, size, text));
                text.get(json);
            }
            return Optional.of(json);
        }
    }

    /** The bytes that it needs while it runs. */
    long workspaceBytes() {
        return workspaceBytes;
    }

    /**
     * Puts the graph into the stream of its library.
     *
     * @param roles the operands in memory
     * @param addresses where they are, in the same order
     * @param scale the number {@link Role#SCALE}; not used where the graph has none
     */
    void run(List<Role> roles, long[] addresses, float scale, long workspace) {
        var operands = Dnn.descriptor(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
        try (var number = new FloatPointer(new float[] {scale});
                var pointers = new PointerPointer<Pointer>(addresses.length);
                var ids = new LongPointer(addresses.length);
                var scratch = new PointerPointer<Pointer>(1)) {
            for (int i = 0; i < addresses.length; i++) {
                var role = roles.get(i);
                pointers.put(i, role == Role.SCALE ? number : JavaCpp.at(addresses[i]));
                ids.put(i, role.ordinal() + 1);
            }
            Dnn.set(operands, CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, CUDNN_TYPE_VOID_PTR, addresses.length, pointers);
            Dnn.set(operands, CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, CUDNN_TYPE_INT64, addresses.length, ids);
            scratch.put(0, JavaCpp.at(workspace));
            Dnn.set(operands, CUDNN_ATTR_VARIANT_PACK_WORKSPACE, CUDNN_TYPE_VOID_PTR, 1, scratch);
            Dnn.finish(operands);
            dnn.execute(plan, operands);
        } finally {
            Dnn.destroy(operands);
        }
    }

    @Override
    public void close() {
        Dnn.destroy(plan);
    }
}
