// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.backend.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What NVIDIA's own compiler makes of the kernels, for every GPU that they are meant for. Nothing is run. */
class NvidiaCompilerTest {
    private static final List<Precision> PRECISIONS = List.of(Precision.F32, Precision.F16, Precision.BF16);
    private static final Pattern REPORT = Pattern.compile("Compiling entry function '(\\w+)'(.*?)Used (\\d+) registers"
            + "(?:, used \\d+ barriers)?(?:, (\\d+) bytes (?:cumulative )?(?:stack|smem))?", Pattern.DOTALL);
    private static final Pattern SPILL = Pattern.compile("([1-9]\\d*) bytes spill");
    private static final Path PAGE = Path.of("../../docs/cuda-kernels.md");

    private static Nvrtc compiler;
    private static final Map<Precision, Map<Kernel, Map<Integer, Resources>>> RESOURCES =
            new EnumMap<>(Precision.class);
    private static final Map<String, List<Cubin.Parameter>> PARAMETERS = new TreeMap<>();
    private static final List<String> SPILLS = new ArrayList<>();

    @BeforeAll
    static void compileEverything() {
        compiler = NvidiaLibraries.compiler();
        for (var precision : PRECISIONS) {
            for (var file : Arrays.stream(Kernel.values()).map(Kernel::file).distinct().toList()) {
                for (var gpu : GpuLimits.values()) {
                    compile(precision, file, gpu);
                }
            }
        }
    }

    private static void compile(Precision precision, String file, GpuLimits gpu) {
        var options = new ArrayList<>(KernelSource.options(precision, "sm_" + gpu.capability()));
        options.add("--ptxas-options=-v");
        var compiled = KernelSource.of(file).compile(compiler, options);
        if (SPILL.matcher(compiled.log()).find()) {
            SPILLS.add(file + " in " + precision + " for sm_" + gpu.capability() + ": " + compiled.log());
        }
        var report = REPORT.matcher(compiled.log());
        while (report.find()) {
            var kernel = Kernel.valueOf(report.group(1).toUpperCase(Locale.ROOT));
            int shared = report.group(4) == null ? 0 : Integer.parseInt(report.group(4));
            RESOURCES.computeIfAbsent(precision, _ -> new EnumMap<>(Kernel.class))
                    .computeIfAbsent(kernel, _ -> new LinkedHashMap<>())
                    .put(gpu.capability(), new Resources(Integer.parseInt(report.group(3)), shared));
        }
        Cubin.of(compiled.cubin()).kernels().forEach((name, parameters) -> assertEquals(parameters,
                PARAMETERS.computeIfAbsent(name, _ -> parameters), name + " differs between GPUs or types"));
    }

    /** What one kernel takes of a GPU. */
    private record Resources(int registers, int sharedBytes) {}

    @Test
    void everyKernelCompilesForEveryGpuAndType() {
        for (var precision : PRECISIONS) {
            for (var kernel : Kernel.values()) {
                assertEquals(GpuLimits.values().length, RESOURCES.get(precision).get(kernel).size(),
                        kernel + " in " + precision);
            }
        }
    }

    @Test
    void noKernelSpillsRegisters() {
        assertTrue(SPILLS.isEmpty(), () -> String.join("\n", SPILLS));
    }

    @Test
    void parametersAreWhereTheHostPutsThem() throws IOException {
        var found = PARAMETERS.entrySet().stream().map(each -> each.getKey() + each.getValue().stream()
                .map(parameter -> " " + parameter.offset() + ":" + parameter.bytes()).collect(Collectors.joining()))
                .toList();
        var resource = Path.of("src/test/resources/dev/avocet/kernels/cuda/parameters.txt");
        assertEquals(String.join("\n", found) + "\n", GeneratedPage.written(resource, String.join("\n", found) + "\n"));
    }

    @Test
    void thePageOfKernelsIsUpToDate() throws IOException {
        var page = page();
        assertEquals(page, GeneratedPage.written(PAGE, page));
    }

    private static String page() {
        var page = new StringBuilder(
                """
                        # CUDA kernels

                        What NVIDIA's compiler (NVRTC %s) makes of the own kernels; written by `mvn verify -Pnvidia -Davocet.write=true -pl kernels/cuda -am`.
                        Computed from the compiler's report, not measured on a GPU.

                        Each cell: registers of a thread, and the share of a multiprocessor's warps that can be there at once with the threads and the
                        shared memory of a typical launch. No kernel spills a register.
                        """
                        .formatted(compiler.version()));
        for (var precision : PRECISIONS) {
            page.append("\n## ").append(precision.storage()).append("\n\n| kernel | threads | shared |");
            for (var gpu : GpuLimits.values()) {
                page.append(" sm_").append(gpu.capability()).append(" |");
            }
            page.append("\n|---|--:|--:|").append("--:|".repeat(GpuLimits.values().length)).append('\n');
            for (var kernel : Kernel.values()) {
                page.append(row(kernel, RESOURCES.get(precision).get(kernel)));
            }
        }
        return page.toString();
    }

    private static String row(Kernel kernel, Map<Integer, Resources> resources) {
        int threads = switch (kernel) {
            case ATTENTION -> 128;
            case EXCITE -> 512;
            default -> 256;
        };
        int dynamic = switch (kernel) {
            case ATTENTION -> 96 * 65 * Float.BYTES; // heads of 64 columns
            case ATTENTION_PROBABILITIES -> 577 * Float.BYTES;
            case SQUEEZE -> Squeezes.sharedBytes(256, 2304);
            case EXCITE -> Squeezes.sharedBytes(512, 960) + 40 * Float.BYTES;
            default -> 0;
        };
        int shared = resources.values().stream().mapToInt(Resources::sharedBytes).max().orElse(0) + dynamic;
        var row = new StringBuilder("| " + kernel.symbol() + " | " + threads + " | " + shared + " |");
        for (var gpu : GpuLimits.values()) {
            var found = resources.get(gpu.capability());
            row.append(' ').append(found.registers()).append(", ")
                    .append(Math.round(100 * gpu.occupancy(threads, found.registers(), found.sharedBytes() + dynamic)))
                    .append(" % |");
        }
        return row.append('\n').toString();
    }
}
