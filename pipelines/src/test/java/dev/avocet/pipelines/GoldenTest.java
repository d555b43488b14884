// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import dev.avocet.core.backend.Precision;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The goldens on the oracle and on the CPU. */
class GoldenTest extends GoldenSuite {
    @Override
    protected List<Case> cases() {
        return Stream.of("vit-square", "vit-square-bin", "vit-rect-nobias-tanh", "vit-sharded", "vit-bf16", "vit-f16",
                "align-odd", "align-deep", "bert-plain")
                .flatMap(model -> TestDevices.names().stream().map(device -> new Case(model, device, Precision.F32)))
                .toList();
    }

    @Override
    protected Path folder() {
        return Path.of("src/test/resources/golden");
    }
}
