// SPDX-License-Identifier: Apache-2.0
/** C kernels for the CPU and their bindings. */
module dev.avocet.kernels.cpu {
    requires dev.avocet.core;
}
