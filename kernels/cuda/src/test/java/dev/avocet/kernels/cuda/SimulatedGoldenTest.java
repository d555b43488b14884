// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import dev.avocet.core.backend.Precision;
import dev.avocet.pipelines.GoldenSuite;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Whole models through the unchanged backend on a simulated GPU. */
@Simulated(SimulatedGpu.H100)
class SimulatedGoldenTest extends GoldenSuite {
    static final Path FOLDER = Path.of("../../pipelines/src/test/resources/golden");

    @Override
    protected List<Case> cases() {
        return Stream.of("vit-square", "vit-rect-nobias-tanh", "align-odd")
                .flatMap(model -> Stream.of(Precision.F32, Precision.F16, Precision.BF16)
                        .map(each -> new Case(model, "cuda:0", each)))
                .toList();
    }

    @Override
    protected Path folder() {
        return FOLDER;
    }
}
