// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.jmh;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a call of a native function costs through JavaCPP and through Panama, and what its arguments cost where they are
 * allocated for it: the reason why the CUDA backend allocates none for a request. The function is C's memcmp, of 8 bytes,
 * which every machine has and which does next to nothing.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class NativeCallBenchmark {
    private static final FunctionDescriptor TYPE = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS,
            ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
    private static final MethodHandle COMPARE = handle();
    private static final MethodHandle COMPARE_CRITICAL = handle(Linker.Option.critical(false));

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment a = arena.allocate(Long.BYTES);
    private final MemorySegment b = arena.allocate(Long.BYTES);
    private final LongPointer p = new LongPointer(1);
    private final LongPointer q = new LongPointer(1);

    @SuppressWarnings("restricted") // a call into native code is what is measured
    private static MethodHandle handle(Linker.Option... options) {
        var linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow("memcmp"), TYPE, options);
    }

    /** Frees the operands. */
    @TearDown
    public void close() {
        arena.close();
        p.close();
        q.close();
    }

    /** Through Panama. */
    @Benchmark
    public int panama() throws Throwable {
        return (int) COMPARE.invokeExact(a, b, 8L);
    }

    /** Through Panama, without telling the JVM: only for what returns at once. */
    @Benchmark
    public int panamaCritical() throws Throwable {
        return (int) COMPARE_CRITICAL.invokeExact(a, b, 8L);
    }

    /** Through JavaCPP. */
    @Benchmark
    public int javaCpp() {
        return Pointer.memcmp(p, q, 8);
    }

    /** Through Panama, with an operand allocated for the call. */
    @Benchmark
    public int panamaWithAnAllocation() throws Throwable {
        try (var own = Arena.ofConfined()) {
            return (int) COMPARE.invokeExact(own.allocate(Long.BYTES), b, 8L);
        }
    }

    /** Through JavaCPP, with an operand allocated for the call. */
    @Benchmark
    public int javaCppWithAnAllocation() {
        try (var own = new LongPointer(1)) {
            return Pointer.memcmp(own, q, 8);
        }
    }
}
