// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import dev.avocet.core.backend.Precision;
import java.util.*;

/** What NVIDIA's own cuDNN makes of the full-size models, for GPUs that are not there. */
class NvidiaDnnTest {
    @BeforeAll
    static void load() {
        NvidiaLibraries.dnn();
    }

    @ParameterizedTest
    @EnumSource
    void plans(GpuModel gpu) {
        try (var dnn = Dnn.absent(gpu.json())) {
            for (var model : FullSizeModel.values()) {
                var program = gpu.program(model.graph(), dnn, Precision.F16);
                var count = new TreeMap<String, Integer>();
                for (int i = 0; i < program.launches().size(); i++) for (var l : program.launches().get(i)) {
                    count.merge(l instanceof Launch.OwnKernel k ? k.kernel().symbol() : l.getClass().getSimpleName(), 1, Integer::sum);
                }
                System.out.println(gpu + " " + model + " " + count.values().stream().mapToInt(i -> i).sum() + " " + count + " needs " + program.needs());
            }
        }
    }
}
