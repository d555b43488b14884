// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import static org.bytedeco.cuda.global.cublas.*;

import dev.avocet.core.backend.DeviceFailure;
import dev.avocet.core.backend.Precision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.bytedeco.cuda.cublas.cublasLtContext;
import org.bytedeco.cuda.cublas.cublasLtMatmulAlgo_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulDescOpaque_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulHeuristicResult_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulPreferenceOpaque_t;
import org.bytedeco.cuda.cublas.cublasLtMatrixLayoutOpaque_t;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * Products by cuBLASLt (CUDA 12.9, cuBLAS user guide, "Using the cublasLt API"); every status is checked in
 * {@link #check}. Not safe for use from several threads at once.
 *
 * <p>cuBLAS counts by columns: y = x &middot; w&#7488; in rows is y&#7488; = w &middot; x&#7488; in columns, so w is its
 * first factor, transposed, and x its second.
 */
final class Blas implements AutoCloseable {
    private static final int CANDIDATES = 8;
    private static final int NOT_SUPPORTED = 15;
    private static final long NONE = -1;
    /** What NVIDIA recommends for Hopper; others need less and are given the same. */
    private static final long WORKSPACE_BYTES = 32 << 20;

    private final cublasLtContext handle = new cublasLtContext();
    private final Map<Shape, Product> products = new HashMap<>();
    private final DiskCache cache;
    private final String device;
    private final Tuner tuner;
    private final FloatPointer zero = new FloatPointer(0f);
    private final FloatPointer one = new FloatPointer(1f);

    /**
     * y [rows,outputs] = x [rows,inputs] times w [outputs,inputs] transposed, + bias, + residual.
     *
     * @param xStride the elements from one row of x to the next; the others alike
     * @param residualStride 0 where there is none
     * @param alignment the bytes that all addresses are multiples of
     */
    record Shape(
            Precision precision, int rows, int inputs, int outputs, int xStride, int wStride, int yStride,
            int residualStride, boolean isBiased, int alignment) {
        /** The bytes of so many rows. */
        private long bytes(long count, long columns, long stride) {
            return count == 0 ? 0 : ((count - 1) * stride + columns) * precision.storage().bytes();
        }

        /** What the operands take: x, w, bias, residual and y. */
        private long[] operandBytes() {
            return new long[] {bytes(rows, inputs, xStride), bytes(outputs, inputs, wStride),
                bytes(isBiased ? 1 : 0, outputs, outputs),
                bytes(residualStride == 0 ? 0 : rows, outputs, residualStride), bytes(rows, outputs, yStride)};
        }
    }

    /** What a product reads and writes; 0 where there is none. */
    record Operands(long x, long w, long bias, long residual, long y, long workspace) {}

    /**
     * The library, on the device whose context is the calling thread's.
     *
     * @param cache where it is kept which algorithm was the fastest; where nothing is kept, none is timed
     */
    Blas(Gpu gpu, DiskCache cache, Tuner tuner) {
        this.cache = cache;
        this.device = gpu.kind();
        this.tuner = tuner;
        check("cublasLtCreate", cublasLtCreate(handle));
    }

    private static void check(String function, int status) {
        if (status != CUBLAS_STATUS_SUCCESS) {
            try (var text = cublasLtGetStatusString(status)) {
                throw new DeviceFailure(function, status, text.getString());
            }
        }
    }

    /** The product of a shape, with the fastest of the algorithms that the library proposes; known shapes are remembered. */
    Product product(Shape shape) {
        return products.computeIfAbsent(shape, Product::new);
    }

    /** One shape's descriptors and algorithm. */
    final class Product implements AutoCloseable {
        private final List<Runnable> owned = new ArrayList<>();
        private final cublasLtMatmulDescOpaque_t operation;
        private final cublasLtMatrixLayoutOpaque_t w;
        private final cublasLtMatrixLayoutOpaque_t x;
        private final cublasLtMatrixLayoutOpaque_t residual;
        private final cublasLtMatrixLayoutOpaque_t y;
        private final cublasLtMatmulAlgo_t algorithm = new cublasLtMatmulAlgo_t();
        private final boolean isBiased;
        private final boolean hasResidual;
        private final long workspaceBytes;

        private Product(Shape shape) {
            int type = switch (shape.precision) {
                case F32, TF32 -> cudart.CUDA_R_32F;
                case F16 -> cudart.CUDA_R_16F;
                case BF16 -> cudart.CUDA_R_16BF;
            };
            isBiased = shape.isBiased;
            hasResidual = shape.residualStride != 0;
            try {
                operation = operation(shape);
                w = layout(type, shape.inputs, shape.outputs, shape.wStride);
                x = layout(type, shape.inputs, shape.rows, shape.xStride);
                y = layout(type, shape.outputs, shape.rows, shape.yStride);
                residual = layout(type, shape.outputs, shape.rows, hasResidual ? shape.residualStride : shape.yStride);
                workspaceBytes = choose(shape);
            } catch (RuntimeException | Error e) {
                Release.after(e, this::close);
                throw e;
            }
        }

        private cublasLtMatmulDescOpaque_t operation(Shape shape) {
            try (var place = new PointerPointer<Pointer>(1)) {
                int compute = shape.precision == Precision.TF32 ? CUBLAS_COMPUTE_32F_FAST_TF32 : CUBLAS_COMPUTE_32F;
                check("cublasLtMatmulDescCreate", cublasLtMatmulDescCreate(place, compute, cudart.CUDA_R_32F));
                var created = new cublasLtMatmulDescOpaque_t(place.get(0));
                owned.add(() -> check("cublasLtMatmulDescDestroy", cublasLtMatmulDescDestroy(created)));
                set(created, CUBLASLT_MATMUL_DESC_TRANSA, CUBLAS_OP_T);
                if (isBiased) {
                    set(created, CUBLASLT_MATMUL_DESC_EPILOGUE, CUBLASLT_EPILOGUE_BIAS);
                }
                return created;
            }
        }

        private static void set(cublasLtMatmulDescOpaque_t operation, int attribute, int value) {
            try (var holder = new IntPointer(new int[] {value})) {
                check("cublasLtMatmulDescSetAttribute",
                        cublasLtMatmulDescSetAttribute(operation, attribute, holder, Integer.BYTES));
            }
        }

        private cublasLtMatrixLayoutOpaque_t layout(int type, int rows, int columns, int stride) {
            try (var place = new PointerPointer<Pointer>(1)) {
                check("cublasLtMatrixLayoutCreate", cublasLtMatrixLayoutCreate(place, type, rows, columns, stride));
                var created = new cublasLtMatrixLayoutOpaque_t(place.get(0));
                owned.add(() -> check("cublasLtMatrixLayoutDestroy", cublasLtMatrixLayoutDestroy(created)));
                return created;
            }
        }

        /** Takes the algorithm that was the fastest once, or is now; its workspace. */
        private long choose(Shape shape) {
            if (!cache.isUsed()) {
                return take(candidates(shape).getFirst());
            }
            var key = DiskCache.key("product", Long.toString(cublasLtGetVersion()), device, shape.toString());
            var kept = cache.get(key).map(this::restored).orElse(NONE);
            if (kept != NONE) {
                return kept;
            }
            var candidates = candidates(shape);
            var fastest = fastest(shape, candidates);
            long bytes = take(candidates.get(fastest.orElse(0)));
            if (fastest.isPresent()) {
                cache.put(key, opaque(algorithm));
            }
            return bytes;
        }

        /** The workspace of an algorithm that was kept, and is the product's from now on; {@link #NONE} if it can't be. */
        private long restored(byte[] opaque) {
            if (opaque.length != algorithm.sizeof()) {
                return NONE;
            }
            try (var result = new cublasLtMatmulHeuristicResult_t()) {
                use(opaque);
                boolean isValid = cublasLtMatmulAlgoCheck(handle, operation, w, x, residual, y, algorithm,
                        result) == CUBLAS_STATUS_SUCCESS && result.workspaceSize() <= WORKSPACE_BYTES;
                return isValid ? result.workspaceSize() : NONE;
            }
        }

        /** An algorithm that the library proposes. */
        private record Candidate(byte[] algorithm, long workspaceBytes) {}

        private long take(Candidate candidate) {
            use(candidate.algorithm);
            return candidate.workspaceBytes;
        }

        /** An algorithm as bytes, which only this version of the library can read. */
        private static byte[] opaque(cublasLtMatmulAlgo_t algorithm) {
            var opaque = new byte[algorithm.sizeof()];
            try (var bytes = new BytePointer(opaque.length)) {
                Pointer.memcpy(bytes, algorithm, opaque.length);
                bytes.get(opaque);
            }
            return opaque;
        }

        private void use(byte[] opaque) {
            try (var bytes = new BytePointer(opaque)) {
                Pointer.memcpy(algorithm, bytes, opaque.length);
            }
        }

        private OptionalInt fastest(Shape shape, List<Candidate> candidates) {
            return tuner.fastest(shape.operandBytes(), candidates.stream().map(
                    each -> new Tuner.Way(each.workspaceBytes, (at, workspace, stream) -> run(
                            new Operands(at[0], at[1], at[2], at[3], at[4], workspace), take(each), stream)))
                    .toList());
        }

        private List<Candidate> candidates(Shape shape) {
            var preference = preference(shape.alignment);
            try (var found = new IntPointer(1); var results = new cublasLtMatmulHeuristicResult_t(CANDIDATES)) {
                check("cublasLtMatmulAlgoGetHeuristic",
                        cublasLtMatmulAlgoGetHeuristic(handle, operation, w, x, residual,
                                y, preference, CANDIDATES, results, found));
                var candidates = new ArrayList<Candidate>();
                for (int i = 0; i < found.get(); i++) {
                    var result = results.getPointer(i);
                    if (result.state() == CUBLAS_STATUS_SUCCESS) {
                        candidates.add(new Candidate(opaque(result.algo()), result.workspaceSize()));
                    }
                }
                if (candidates.isEmpty()) {
                    throw new DeviceFailure("cublasLtMatmulAlgoGetHeuristic", NOT_SUPPORTED,
                            "no algorithm for " + shape);
                }
                return candidates;
            } finally {
                cublasLtMatmulPreferenceDestroy(preference);
            }
        }

        private static cublasLtMatmulPreferenceOpaque_t preference(int alignment) {
            try (var place = new PointerPointer<Pointer>(1);
                    var workspace = new LongPointer(new long[] {WORKSPACE_BYTES});
                    var aligned = new IntPointer(new int[] {alignment})) {
                check("cublasLtMatmulPreferenceCreate", cublasLtMatmulPreferenceCreate(place));
                var created = new cublasLtMatmulPreferenceOpaque_t(place.get(0));
                try {
                    set(created, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, workspace, Long.BYTES);
                    for (int operand =
                            CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES; operand <= CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES; operand++) {
                        set(created, operand, aligned, Integer.BYTES);
                    }
                    return created;
                } catch (RuntimeException | Error e) {
                    cublasLtMatmulPreferenceDestroy(created);
                    throw e;
                }
            }
        }

        private static void set(cublasLtMatmulPreferenceOpaque_t preference, int attribute, Pointer value, long bytes) {
            check("cublasLtMatmulPreferenceSetAttribute",
                    cublasLtMatmulPreferenceSetAttribute(preference, attribute, value, bytes));
        }

        /** The bytes that it needs while it runs. */
        long workspaceBytes() {
            return workspaceBytes;
        }

        /** Puts the product into a stream. */
        void run(Operands at, long stream) {
            run(at, workspaceBytes, stream);
        }

        private void run(Operands at, long bytes, long stream) {
            if (isBiased) {
                try (var bias = new LongPointer(new long[] {at.bias})) {
                    check("cublasLtMatmulDescSetAttribute", cublasLtMatmulDescSetAttribute(operation,
                            CUBLASLT_MATMUL_DESC_BIAS_POINTER, bias, Long.BYTES));
                }
            }
            check("cublasLtMatmul", cublasLtMatmul(handle, operation, one, JavaCpp.at(at.w), w, JavaCpp.at(at.x), x,
                    hasResidual ? one : zero, JavaCpp.at(hasResidual ? at.residual : at.y), residual, JavaCpp.at(at.y),
                    y, algorithm, JavaCpp.at(at.workspace), bytes, JavaCpp.stream(stream)));
        }

        @Override
        public void close() {
            algorithm.close();
            Release.all(owned, Runnable::run);
        }
    }

    @Override
    public void close() {
        zero.close();
        one.close();
        var kept = List.copyOf(products.values());
        products.clear();
        Release.all(() -> Release.all(kept.stream().map(product -> product::close)),
                () -> check("cublasLtDestroy", cublasLtDestroy(handle)));
    }
}
