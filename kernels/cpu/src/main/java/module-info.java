// SPDX-License-Identifier: Apache-2.0
/** C kernels for the CPU and their bindings: the device {@code cpu}. */
module dev.avocet.kernels.cpu {
    requires dev.avocet.core;

    provides dev.avocet.core.backend.BackendProvider with
            dev.avocet.kernels.cpu.CpuBackendProvider;
}
