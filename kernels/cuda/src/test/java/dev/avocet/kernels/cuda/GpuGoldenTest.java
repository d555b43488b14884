// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import dev.avocet.pipelines.GoldenSuite;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;

/** Whole models on a real GPU, in every precision that it has. */
@Tag("gpu")
class GpuGoldenTest extends GoldenSuite {
    @Override
    protected List<Case> cases() {
        return Stream.of("vit-square", "vit-rect-nobias-tanh", "align-odd", "align-deep", "bert-plain")
                .flatMap(model -> GpuSuiteTest.ofThisGpu().stream().map(each -> new Case(model, "cuda:0", each)))
                .toList();
    }

    @Override
    protected Path folder() {
        return SimulatedGoldenTest.FOLDER;
    }
}
