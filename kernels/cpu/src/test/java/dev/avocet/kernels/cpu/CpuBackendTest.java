// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import dev.avocet.core.backend.BackendSuite;
import java.util.List;

/** The suite of all backends, on every instruction-set tier that this machine has. */
class CpuBackendTest extends BackendSuite {
    @Override
    protected List<String> devices() {
        return MachineTiers.devices();
    }
}
