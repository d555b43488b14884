// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import dev.avocet.core.backend.Backend;
import dev.avocet.core.backend.BackendProvider;
import dev.avocet.core.backend.BackendUnavailable;
import dev.avocet.core.backend.DeviceFailure;
import dev.avocet.core.backend.DeviceOptions;
import dev.avocet.core.backend.DeviceOutOfMemory;
import org.bytedeco.cuda.global.cudart;

/** The device {@code cuda}: the first NVIDIA GPU, or {@code cuda:N} the one with that number. */
public final class CudaBackendProvider implements BackendProvider {
    private static final int NO_DEVICE = 100;
    /** The CUDA that the bindings are of, without its minor version: a driver that knows that much runs all of its libraries. */
    private static final int CUDA = cudart.CUDART_VERSION / 1000;
    private static final int OLDEST_CAPABILITY = 75;

    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public Backend open(String selector, DeviceOptions options) {
        try {
            var driver = new Driver();
            return CudaBackend.open(driver, gpu(driver, selector), options, DiskCache.ofUser());
        } catch (DeviceFailure | DeviceOutOfMemory failure) {
            throw new BackendUnavailable(failure.getMessage(), failure);
        }
    }

    /** The first driver that knows this CUDA. */
    static String oldestDriver() {
        return switch (CUDA) {
            case 12 -> "525";
            default -> "580"; // of 13
        };
    }

    /** What is wrong, if anything is, from the outside in. */
    private static Gpu gpu(Driver driver, String selector) {
        int status = driver.init();
        if (status == NO_DEVICE) {
            throw new BackendUnavailable("NVIDIA's driver sees no GPU (" + driver.describe(status)
                    + "); check nvidia-smi, and CUDA_VISIBLE_DEVICES, and in a container --gpus all");
        }
        if (status != 0) {
            throw new BackendUnavailable("NVIDIA's driver does not start: " + driver.describe(status)
                    + "; check nvidia-smi, and reload or reinstall the driver");
        }
        if (driver.version() < 1000 * CUDA) {
            throw new BackendUnavailable("NVIDIA's driver knows CUDA " + driver.version() / 1000 + "."
                    + driver.version() % 1000 / 10 + " at most; install driver " + oldestDriver()
                    + " or newer, for CUDA " + CUDA);
        }
        int ordinal = ordinal(selector, driver.deviceCount());
        var gpu = Gpu.of(driver, ordinal);
        if (gpu.capability() < OLDEST_CAPABILITY) {
            throw new BackendUnavailable(gpu + " is too old: compute capability 7.5 or newer is needed");
        }
        return gpu;
    }

    private static int ordinal(String selector, int count) {
        if (!selector.matches("[0-9]{0,4}")) {
            throw new BackendUnavailable("a GPU is named by its number, such as cuda:0, not cuda:" + selector);
        }
        int ordinal = selector.isEmpty() ? 0 : Integer.parseInt(selector);
        if (ordinal >= count) {
            throw new BackendUnavailable("there is no GPU " + ordinal + "; this machine has " + count
                    + ", numbered from 0");
        }
        return ordinal;
    }
}
