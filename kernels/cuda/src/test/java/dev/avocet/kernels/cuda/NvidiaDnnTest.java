// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.avocet.core.backend.DeviceFailure;
import dev.avocet.core.backend.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What NVIDIA's own cuDNN makes of the full-size models in f16, for GPUs that are not there. Nothing is run. */
class NvidiaDnnTest {
    private static final DiskCache NOWHERE = new DiskCache(null);
    private static final Path PAGE = Path.of("../../docs/cuda-launches.md");
    private static final Map<GpuModel, Map<FullSizeModel, Program>> PROGRAMS = new EnumMap<>(GpuModel.class);

    @BeforeAll
    static void planEverything() {
        NvidiaLibraries.dnn();
        for (var gpu : GpuModel.values()) {
            try (var dnn = Dnn.absent(gpu.json(), NOWHERE)) {
                for (var model : FullSizeModel.values()) {
                    PROGRAMS.computeIfAbsent(gpu, _ -> new EnumMap<>(FullSizeModel.class))
                            .put(model, gpu.program(model.graph(), dnn, Precision.F16));
                }
            }
        }
    }

    @Test
    void attentionIsOneKernelOfCudnnWhereTheGpuHasOne() {
        for (var gpu : GpuModel.values()) {
            long own = launches(gpu, FullSizeModel.VIT_LARGE).stream().filter(launch -> isOwn(launch, Kernel.ATTENTION))
                    .count();
            assertEquals(gpu == GpuModel.T4 ? 24 : 0, own, gpu.toString());
        }
    }

    /** For a T4 there is no engine that skips what lies between pixels of three channels. */
    @Test
    void noConvolutionIsLeftToTheOwnKernelsButTheFirstOnAT4() {
        for (var gpu : GpuModel.values()) {
            long own = launches(gpu, FullSizeModel.EFFICIENTNET_B7).stream()
                    .filter(launch -> isOwn(launch, Kernel.WINDOWS)).count();
            assertEquals(gpu == GpuModel.T4 ? 1 : 0, own, gpu.toString());
        }
    }

    @Test
    void aMistakeInAGraphIsAnErrorAndNotAGraphThatIsNotSupported() {
        try (var dnn = Dnn.absent(GpuModel.A100.json(), NOWHERE); var graph = new DnnGraph(dnn, Precision.F16)) {
            var error = assertThrows(DeviceFailure.class,
                    () -> graph.operand(DnnPlan.Role.X, 16, new long[] {1, 8, 8}, new long[] {64, 8}));
            assertEquals("cudnnBackendFinalize", error.function());
        }
    }

    @Test
    void aPlanThatWasKeptNeedNotBeBuilt(@TempDir Path folder) throws IOException {
        var recipe = new DnnRecipe.Attention(Precision.F16, 1, 577, 16, 64, 3072, 1024, 16);
        long workspace;
        try (var dnn = Dnn.absent(GpuModel.A100.json(), new DiskCache(folder))) {
            workspace = recipe.on(dnn).orElseThrow().workspaceBytes();
        }
        try (var files = Files.list(folder)) {
            assertEquals(1, files.count());
        }
        try (var dnn = Dnn.absent(GpuModel.A100.json(), new DiskCache(folder))) {
            var plan = dnn.plan(recipe, _ -> {
                throw new AssertionError("it was built again");
            });
            assertEquals(workspace, plan.orElseThrow().workspaceBytes());
        }
    }

    @Test
    void thePageOfLaunchesIsUpToDate() throws IOException {
        var page = new LaunchesPage(PROGRAMS).toString();
        assertEquals(page, GeneratedPage.written(PAGE, page));
    }

    private static List<Launch> launches(GpuModel gpu, FullSizeModel model) {
        return PROGRAMS.get(gpu).get(model).launches().stream().flatMap(List::stream).toList();
    }

    private static boolean isOwn(Launch launch, Kernel kernel) {
        return launch instanceof Launch.OwnKernel own && own.kernel() == kernel;
    }
}
