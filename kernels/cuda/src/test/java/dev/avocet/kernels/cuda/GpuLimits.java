// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

/** What a multiprocessor holds (CUDA C++ programming guide 12.9, table "Technical specifications per compute capability"). */
enum GpuLimits {
    SM_75(75, 32, 16, 64, 0),
    SM_80(80, 64, 32, 164, 1),
    SM_86(86, 48, 16, 100, 1),
    SM_89(89, 48, 24, 100, 1),
    SM_90(90, 64, 32, 228, 1),
    SM_100(100, 64, 32, 228, 1),
    SM_120(120, 48, 24, 100, 1);

    private static final int REGISTERS = 65_536;
    /** Registers go to warps in this many. */
    private static final int REGISTER_UNIT = 256;

    private final int capability;
    private final int warps;
    private final int blocks;
    private final int sharedKilobytes;
    private final int reservedKilobytes;

    GpuLimits(int capability, int warps, int blocks, int sharedKilobytes, int reservedKilobytes) {
        this.capability = capability;
        this.warps = warps;
        this.blocks = blocks;
        this.sharedKilobytes = sharedKilobytes;
        this.reservedKilobytes = reservedKilobytes;
    }

    int capability() {
        return capability;
    }

    /** The share of all warps that can be there at once, from 0 to 1. */
    double occupancy(int threads, int registers, int sharedBytes) {
        int warpsOfBlock = Math.ceilDiv(threads, 32);
        int registersOfWarp = Math.ceilDiv(registers * 32, REGISTER_UNIT) * REGISTER_UNIT;
        int byRegisters = REGISTERS / registersOfWarp / warpsOfBlock;
        int bySharedMemory = (sharedKilobytes << 10) / Math.max(1, sharedBytes + (reservedKilobytes << 10));
        int fitting = Math.min(Math.min(blocks, warps / warpsOfBlock), Math.min(byRegisters, bySharedMemory));
        return (double) fitting * warpsOfBlock / warps;
    }
}
