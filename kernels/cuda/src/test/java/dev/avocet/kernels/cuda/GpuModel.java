// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import dev.avocet.core.backend.Precision;
import dev.avocet.core.graph.Fusion;
import dev.avocet.core.graph.Graph;
import dev.avocet.core.layout.Values;
import java.util.Locale;

/** GPUs that are sold, as their data sheets describe them: for what can be computed about one that is not there. */
enum GpuModel {
    T4("Tesla T4", 75, 40, 1_590_000, 4_194_304, 16, 65, 0.320, 64 << 10, 1024),
    A100("NVIDIA A100-SXM4-40GB", 80, 108, 1_410_000, 41_943_040, 40, 312, 1.555, 164 << 10, 2048),
    RTX_4090("NVIDIA GeForce RTX 4090", 89, 128, 2_520_000, 75_497_472, 24, 165, 1.008, 100 << 10, 1536),
    H100("NVIDIA H100 80GB HBM3", 90, 132, 1_980_000, 52_428_800, 80, 989, 3.350, 228 << 10, 2048),
    B200("NVIDIA B200", 100, 148, 1_965_000, 132_120_576, 180, 2250, 8.000, 228 << 10, 2048);

    private static final int REGISTERS = 65_536;

    private final String title;
    private final int capability;
    private final int multiprocessors;
    private final int kilohertz;
    private final int cacheBytes;
    private final int gigabytes;
    private final double halfTeraflops;
    private final double terabytesPerSecond;
    private final int sharedBytes;
    private final int threads;

    /**
     * @param halfTeraflops of the tensor cores in half precision, summing in float, dense
     * @param sharedBytes of a multiprocessor
     * @param threads of a multiprocessor
     */
    GpuModel(String title, int capability, int multiprocessors, int kilohertz, int cacheBytes, int gigabytes,
            double halfTeraflops, double terabytesPerSecond, int sharedBytes, int threads) {
        this.title = title;
        this.capability = capability;
        this.multiprocessors = multiprocessors;
        this.kilohertz = kilohertz;
        this.cacheBytes = cacheBytes;
        this.gigabytes = gigabytes;
        this.halfTeraflops = halfTeraflops;
        this.terabytesPerSecond = terabytesPerSecond;
        this.sharedBytes = sharedBytes;
        this.threads = threads;
    }

    /** The least time that so much takes, in milliseconds. */
    double boundMillis(long flops, long bytes) {
        return Math.max(flops / (halfTeraflops * 1e9), bytes / (terabytesPerSecond * 1e9));
    }

    /** A graph's program for it; it can't be run. */
    Program program(Graph graph, Dnn dnn, Precision precision) {
        var weights = new DeviceWeights(null, precision);
        var fused = Fusion.fuse(graph, CudaCompiler.LIMITS);
        var gpu = new Gpu(0, 0, title, capability, multiprocessors, kilohertz, optIn());
        return Program.of(fused, new Values(fused, weights, Slot.ALIGNMENT), weights,
                Lowering.Toolbox.absent(dnn, gpu), precision);
    }

    private int reserved() {
        return capability == 75 ? 0 : 1024;
    }

    private int optIn() {
        return sharedBytes - reserved();
    }

    /** As cuDNN wants a GPU described that is not there. */
    String json() {
        return String.format(Locale.ROOT,
                """
                        {"version":1,"deviceId":0,"cudaDeviceId":0,"deviceName":"%s","deviceVer":%d,"driverVer":12090,\
                        "totalGlobalMem":%d,"maxGridSize":[2147483647,65535,65535],"maxBlockSize":[1024,1024,64],\
                        "regsPerBlock":%d,"multiProcessorCount":%d,"warpSize":32,"maxSharedMemoryPerBlock":49152,\
                        "maxSharedMemoryPerBlockOptin":%d,"reservedSharedMemoryPerBlock":%d,"maxRegistersPerSM":%d,\
                        "maxCtasPerSM":%d,"maxThreadsPerBlock":1024,"maxThreadsPerSM":%d,"pciDeviceId":0,\
                        "isTccDriver":0,"supportCoopLaunch":1,"smClockRateKHz":%d,"memClockRateKHz":1215000,\
                        "l2CacheSize":%d}""",
                title, capability * 10, (long) gigabytes << 30, REGISTERS, multiprocessors, optIn(), reserved(),
                REGISTERS, threads == 2048 ? 32 : 16, threads, kilohertz, cacheBytes);
    }
}
