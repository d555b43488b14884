// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The simulated libraries of CUDA in this process, built by {@code src/test/simulator/build.sh} and loaded by their true
 * names, so that whoever asks the system for NVIDIA's gets them.
 */
final class Simulator {
    private static final Path SOURCES = Path.of("src").toAbsolutePath();
    private static final String GLUE = "/org/bytedeco/cuda/linux-x86_64/";
    private static final int CANNOT = 77;
    private static final long PLENTY = 16L << 30;
    /** Each after those that it needs, with the version of CUDA in its name. */
    private static final List<String> LIBRARIES = List.of("libcuda.so.1", "libcudart.so.%s", "libcublasLt.so.%s",
            "libcublas.so.%s", "libcudnn_graph.so.9", "libcudnn_ops.so.9", "libcudnn_cnn.so.9", "libcudnn_adv.so.9",
            "libnvrtc.so.%s");

    private static final MemoryLayout TEXT = MemoryLayout.sequenceLayout(1 << 12, JAVA_BYTE);

    private final MethodHandle start;
    private final MethodHandle fail;
    private final MethodHandle callCount;
    private final MethodHandle callName;
    private final MethodHandle open;
    private final MethodHandle nextDefect;

    /** One for the process; or why there is none. */
    private static final class Holder {
        private static final Object ONLY = load();

        private static Object load() {
            try {
                return build().<Object>map(refusal -> refusal).orElseGet(() -> new Simulator(folder()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Why CUDA can't be simulated on this machine; empty where it is. */
    static Optional<String> refusal() {
        return Holder.ONLY instanceof String refusal ? Optional.of(refusal) : Optional.empty();
    }

    static Simulator get() {
        return (Simulator) Holder.ONLY;
    }

    private Simulator(Path folder) {
        if (!"off".equals(System.getenv("AVOCET_CUDA_CACHE"))) {
            throw new IllegalStateException(
                    "the user's cache must not see simulated kernels: set AVOCET_CUDA_CACHE=off");
        }
        System.setProperty("org.bytedeco.javacpp.cachedir", folder.resolve("javacpp").toString());
        var cuda = version(folder);
        LIBRARIES.forEach(name -> System.load(folder.resolve(name.formatted(cuda)).toString()));
        var driver = SymbolLookup.libraryLookup(folder.resolve("libcuda.so.1"), Arena.global());
        start = bind(driver, "sim_start", FunctionDescriptor.ofVoid(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT));
        fail = bind(driver, "sim_fail", FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_INT));
        callCount = bind(driver, "sim_calls", FunctionDescriptor.of(JAVA_LONG));
        callName = bind(driver, "sim_call", FunctionDescriptor.of(ADDRESS.withTargetLayout(TEXT), JAVA_LONG));
        open = bind(driver, "sim_open_count", FunctionDescriptor.of(JAVA_LONG));
        nextDefect = bind(driver, "sim_next_defect", FunctionDescriptor.of(ADDRESS.withTargetLayout(TEXT)));
    }

    /** The version of CUDA that JavaCPP's libraries are for. */
    private static String version(Path folder) {
        try {
            return Files.readString(folder.resolve("version")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MethodHandle bind(SymbolLookup library, String name, FunctionDescriptor type) {
        return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), type);
    }

    private static Path folder() {
        return Path.of("target", "cuda-simulator").toAbsolutePath();
    }

    /** Builds the libraries, unless they are those of the same sources; why that can't be done here, if it can't. */
    private static Optional<String> build() throws IOException {
        var folder = Files.createDirectories(folder());
        try (var lock = FileChannel.open(folder.resolve("lock"), CREATE, WRITE); var _ = lock.lock()) {
            return build(folder);
        }
    }

    private static Optional<String> build(Path folder) throws IOException {
        var stamp = folder.resolve("sources.sha256");
        var wanted = hashOfSources();
        if (Files.exists(stamp) && Files.readString(stamp).equals(wanted)) {
            return Optional.empty();
        }
        var glue = Files.createDirectories(folder.resolve("jni"));
        for (var name : List.of("libjnicudart.so", "libjnicublas.so", "libjnicudnn.so")) {
            try (var stream = Simulator.class.getResourceAsStream(GLUE + name)) {
                if (stream == null) {
                    return Optional.of("JavaCPP has no CUDA for this platform");
                }
                Files.write(glue.resolve(name), stream.readAllBytes());
            }
        }
        var process = new ProcessBuilder("/bin/sh", SOURCES.resolve("test/simulator/build.sh").toString(),
                folder.toString(), glue.toString()).redirectErrorStream(true).start();
        process.getOutputStream().close();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        int code = waitFor(process);
        if (code == CANNOT) {
            return Optional.of(said);
        }
        if (code != 0) {
            throw new AssertionError("the simulation can't be built: " + said);
        }
        Files.writeString(stamp, wanted);
        return Optional.empty();
    }

    private static int waitFor(Process process) {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts the tests", e);
        }
    }

    private static String hashOfSources() throws IOException {
        var parts = new ArrayList<String>();
        for (var folder : List.of("main/cuda", "test/shim", "test/simulator")) {
            try (var files = Files.list(SOURCES.resolve(folder))) {
                for (var file : files.sorted().toList()) {
                    parts.add(HexFormat.of().formatHex(Files.readAllBytes(file)));
                }
            }
        }
        parts.add(String.valueOf(Simulator.class.getResource(GLUE + "libjnicudart.so")));
        return DiskCache.key(parts.toArray(String[]::new));
    }

    /** Begins anew with this GPU, and whatever was open before forgotten. */
    void start(SimulatedGpu gpu) {
        start(gpu, PLENTY, 1);
    }

    /** The same with so much memory left, and work in streams done in an order that is drawn from a seed. */
    void start(SimulatedGpu gpu, long freeBytes, int seed) {
        run(() -> {
            start.invokeExact(gpu.ordinal(), 12_090, freeBytes, seed);
        });
    }

    /** Lets a call fail, counted from 1 from now on; 0 for none. */
    void fail(long call, int status) {
        run(() -> {
            fail.invokeExact(call, status);
        });
    }

    /** The calls since the last {@link #fail}. */
    List<String> calls() {
        var names = new ArrayList<String>();
        run(() -> {
            long count = (long) callCount.invokeExact();
            for (long i = 1; i <= count; i++) {
                names.add(((MemorySegment) callName.invokeExact(i)).getString(0));
            }
        });
        return names;
    }

    /** How many handles, blocks of memory and users of the context there are. */
    long open() {
        var count = new long[1];
        run(() -> count[0] = (long) open.invokeExact());
        return count[0];
    }

    /** What was found wrong since the last time. */
    List<String> defects() {
        var found = new ArrayList<String>();
        run(() -> {
            for (var next = (MemorySegment) nextDefect.invokeExact(); next.address() != 0; next =
                    (MemorySegment) nextDefect.invokeExact()) {
                found.add(next.getString(0));
            }
        });
        return found;
    }

    private interface Native {
        void run() throws Throwable;
    }

    private static void run(Native call) {
        Call.status(() -> {
            call.run();
            return 0;
        });
    }
}
