// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.javacpp.Pointer;

/** What JavaCPP needs to work on addresses that it did not allocate. */
final class JavaCpp {
    private JavaCpp() {}

    /**
     * Switches off JavaCPP's own bookkeeping of memory, which would refuse and collect by the size of Java's heap. It
     * reads these properties when it is loaded, so this comes before; a user's own choice stays.
     */
    static void configure() {
        for (var limit : new String[] {"org.bytedeco.javacpp.maxBytes", "org.bytedeco.javacpp.maxPhysicalBytes"}) {
            if (System.getProperty(limit) == null) {
                System.setProperty(limit, "0");
            }
        }
    }

    /** An address of the device or the host. */
    static Pointer at(long address) {
        return new Raw(address);
    }

    /** A stream of the driver, which the runtime's libraries know by the same handle. */
    static CUstream_st stream(long handle) {
        return new CUstream_st(at(handle));
    }

    private static final class Raw extends Pointer {
        Raw(long address) {
            this.address = address;
        }
    }
}
