// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import static org.bytedeco.cuda.global.cudnn.*;

import java.util.List;
import org.bytedeco.cuda.cudnn.cudnnBackendDescriptor_t;
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

    DnnPlan(Dnn dnn, cudnnBackendDescriptor_t plan, long workspaceBytes) {
        this.dnn = dnn;
        this.plan = plan;
        this.workspaceBytes = workspaceBytes;
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
