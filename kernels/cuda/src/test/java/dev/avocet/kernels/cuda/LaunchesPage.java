// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import dev.avocet.core.graph.Step;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** docs/cuda-launches.md: what an inference of each model launches and moves. */
record LaunchesPage(Map<GpuModel, Map<FullSizeModel, Program>> programs) {
    private static final List<GpuModel> BOUNDED = List.of(GpuModel.A100, GpuModel.H100);

    @Override
    public String toString() {
        var page = new StringBuilder(
                """
                        # What an inference on a GPU launches

                        One picture or text, in f16. Written by `mvn verify -Pnvidia -Davocet.write=true -pl kernels/cuda -am`: the
                        backend writes its program for each GPU, with the plans that cuDNN %s makes for that GPU. Computed; nothing here was
                        measured on a GPU.

                        ## Launches

                        All of them are one CUDA graph, with a copy in for each input and a copy out for each result. A plan of cuDNN's
                        counts as one; it may be more than one kernel.

                        | model | GPU | own kernels | cuBLASLt | cuDNN | all | memory of a slot |
                        |---|---|--:|--:|--:|--:|--:|
                        """
                        .formatted(Libraries.text(Dnn.version())));
        for (var model : FullSizeModel.values()) {
            programs.forEach((gpu, each) -> page.append(launches(model, gpu, each.get(model))));
        }
        page.append(
                """

                        ## Bounds

                        What the steps of an inference compute and move when each reads its operands from memory and writes its result back, and
                        the least time that takes: for each step the longer of its operations at the tensor cores' peak and its bytes at the
                        memory's peak, added up. No time for launching, for waiting, or for what a kernel falls short of the peak.

                        | model | GFLOP | weights, MB | activations, MB |%s
                        |---|--:|--:|--:|%s
                        """
                        .formatted(columns(" %s, ms |"), "--:|".repeat(BOUNDED.size())));
        for (var model : FullSizeModel.values()) {
            page.append(bounds(model, programs.get(GpuModel.A100).get(model).steps()));
        }
        return page.toString();
    }

    private static String columns(String format) {
        var columns = new StringBuilder();
        BOUNDED.forEach(gpu -> columns.append(format.formatted(gpu)));
        return columns.toString();
    }

    private static String launches(FullSizeModel model, GpuModel gpu, Program program) {
        var launches = program.all();
        long own = launches.stream().filter(Launch.OwnKernel.class::isInstance).count();
        long blas = launches.stream().filter(Launch.Product.class::isInstance).count();
        return String.format(Locale.ROOT, "| %s | %s | %d | %d | %d | %d | %.0f MB |\n", model.title(), gpu, own, blas,
                launches.size() - own - blas, launches.size(), program.deviceBytes() / 1e6);
    }

    private static String bounds(FullSizeModel model, List<Step> steps) {
        var row = new StringBuilder(String.format(Locale.ROOT, "| %s | %.1f | %.0f | %.0f |", model.title(),
                steps.stream().mapToLong(Step::flops).sum() / 1e9,
                steps.stream().mapToLong(Step::weightBytes).sum() / 2e6,
                steps.stream().mapToLong(step -> step.readBytes() + step.writtenBytes()).sum() / 2e6));
        for (var gpu : BOUNDED) {
            double millis = steps.stream().mapToDouble(step -> gpu.boundMillis(step.flops(), step.bytes() / 2)).sum();
            row.append(String.format(Locale.ROOT, " %.2f |", millis));
        }
        return row.append('\n').toString();
    }
}
