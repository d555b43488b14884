// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.avocet.core.backend.DeviceFailure;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** NVIDIA's compiler for kernels at run time (NVRTC user guide, version 12); every status is checked in {@link #check}. */
final class Nvrtc {
    private static final int COMPILATION_FAILED = 6;

    private final MethodHandle version;
    private final MethodHandle create;
    private final MethodHandle compile;
    private final MethodHandle cubinSize;
    private final MethodHandle cubin;
    private final MethodHandle logSize;
    private final MethodHandle log;
    private final MethodHandle destroy;
    private final MethodHandle errorText;

    /** What came of compiling: the machine code for one architecture, and what the compiler said. */
    record Compiled(byte[] cubin, String log) {}

    /** Binds the machine's compiler. */
    Nvrtc() {
        var library = SharedLibrary.open(List.of("libnvrtc.so.12", "libnvrtc.so.13"),
                List.of("nvrtc64_120_0.dll", "nvrtc64_130_0.dll"), "install CUDA's NVRTC (cuda-nvrtc-12-9)");
        version = library.function("nvrtcVersion", ADDRESS, ADDRESS);
        create = library.function("nvrtcCreateProgram", ADDRESS, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS);
        compile = library.function("nvrtcCompileProgram", JAVA_LONG, JAVA_INT, ADDRESS);
        cubinSize = library.function("nvrtcGetCUBINSize", JAVA_LONG, ADDRESS);
        cubin = library.function("nvrtcGetCUBIN", JAVA_LONG, ADDRESS);
        logSize = library.function("nvrtcGetProgramLogSize", JAVA_LONG, ADDRESS);
        log = library.function("nvrtcGetProgramLog", JAVA_LONG, ADDRESS);
        destroy = library.function("nvrtcDestroyProgram", ADDRESS);
        errorText = library.function("nvrtcGetErrorString", FunctionDescriptor.of(ADDRESS, JAVA_INT));
    }

    private void check(String function, Call call) {
        int status = Call.status(call);
        if (status != 0) {
            throw failure(function, status, "");
        }
    }

    private DeviceFailure failure(String function, int status, String more) {
        try {
            var text = (MemorySegment) errorText.invokeExact(status);
            return new DeviceFailure(function, status, text.reinterpret(Long.MAX_VALUE).getString(0) + more);
        } catch (Throwable e) {
            throw Call.unchecked(e);
        }
    }

    /** The compiler's version, such as 12.9. */
    String version() {
        try (var arena = Arena.ofConfined()) {
            var numbers = arena.allocate(JAVA_INT, 2);
            check("nvrtcVersion", () -> (int) version.invokeExact(numbers, numbers.asSlice(4)));
            return numbers.getAtIndex(JAVA_INT, 0) + "." + numbers.getAtIndex(JAVA_INT, 1);
        }
    }

    /**
     * Compiles one file.
     *
     * @param headers what it may include, by name
     * @throws DeviceFailure with the compiler's log, where it is refused
     */
    Compiled compile(String name, String source, Map<String, String> headers, List<String> options) {
        try (var arena = Arena.ofConfined()) {
            var place = arena.allocate(JAVA_LONG);
            var text = arena.allocateFrom(source);
            var title = arena.allocateFrom(name);
            var included = texts(arena, headers.values());
            var names = texts(arena, headers.keySet());
            check("nvrtcCreateProgram",
                    () -> (int) create.invokeExact(place, text, title, headers.size(), included, names));
            long program = place.get(JAVA_LONG, 0);
            try {
                var wanted = texts(arena, options);
                int status = Call.status(() -> (int) compile.invokeExact(program, options.size(), wanted));
                var said = new String(bytes(program, logSize, log, "nvrtcGetProgramLog"), StandardCharsets.UTF_8)
                        .replace("\0", "").strip();
                if (status == COMPILATION_FAILED) {
                    throw failure("nvrtcCompileProgram", status, " in " + name + ": " + said);
                }
                check("nvrtcCompileProgram", () -> status);
                return new Compiled(bytes(program, cubinSize, cubin, "nvrtcGetCUBIN"), said);
            } finally {
                check("nvrtcDestroyProgram", () -> (int) destroy.invokeExact(place));
            }
        }
    }

    private byte[] bytes(long program, MethodHandle size, MethodHandle get, String function) {
        try (var arena = Arena.ofConfined()) {
            var count = arena.allocate(JAVA_LONG);
            check(function + "Size", () -> (int) size.invokeExact(program, count));
            var bytes = arena.allocate(Math.max(1, count.get(JAVA_LONG, 0)));
            check(function, () -> (int) get.invokeExact(program, bytes));
            return bytes.asSlice(0, count.get(JAVA_LONG, 0)).toArray(JAVA_BYTE);
        }
    }

    private static MemorySegment texts(Arena arena, Collection<String> texts) {
        var pointers = arena.allocate(ADDRESS, Math.max(1, texts.size()));
        int i = 0;
        for (var text : texts) {
            pointers.setAtIndex(ADDRESS, i++, arena.allocateFrom(text));
        }
        return pointers;
    }
}
