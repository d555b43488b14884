// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What Linux tells in /proc; elsewhere everything is zero or unknown. */
public final class ProcFiles {
    private static final Path PROC = Path.of("/proc");

    private ProcFiles() {}

    /**
     * Processor time of the whole machine since its start, in clock ticks.
     *
     * @param total of all processors, idle or not
     * @param busy spent in processes and the kernel
     * @param steal that the hypervisor gave to others although this machine had work
     */
    public record CpuTicks(long total, long busy, long steal) {
        /** From the first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal, and parts of the first two. */
        public static CpuTicks parse(String line) {
            var fields =
                    Arrays.stream(line.strip().split("\\s+")).skip(1).limit(8).mapToLong(Long::parseLong).toArray();
            var ticks = Arrays.copyOf(fields, 8);
            long busy = ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6];
            return new CpuTicks(busy + ticks[3] + ticks[4] + ticks[7], busy, ticks[7]);
        }

        /** Both together. */
        public CpuTicks plus(CpuTicks other) {
            return new CpuTicks(total + other.total, busy + other.busy, steal + other.steal);
        }

        /** What passed between an earlier reading and this one. */
        public CpuTicks since(CpuTicks earlier) {
            return new CpuTicks(total - earlier.total, busy - earlier.busy, steal - earlier.steal);
        }
    }

    /** Since the machine's start. */
    public static CpuTicks machine() {
        return lines("stat").stream().findFirst().map(CpuTicks::parse).orElse(new CpuTicks(0, 0, 0));
    }

    /** Of a process, in clock ticks. */
    public static long ticksOf(long pid) {
        return lines(pid + "/stat").stream().findFirst().map(ProcFiles::ticksOf).orElse(0L);
    }

    /** User and system time, fields 14 and 15; the second field, the name in parentheses, may hold anything. */
    public static long ticksOf(String stat) {
        var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    /** The most memory that a process has had resident. */
    public static long peakResidentBytes(long pid) {
        return status(pid, "VmHWM") << 10;
    }

    /** The memory that a process has resident. */
    public static long residentBytes(long pid) {
        return status(pid, "VmRSS") << 10;
    }

    /** The threads of a process. */
    public static int threads(long pid) {
        return (int) status(pid, "Threads");
    }

    /** A number of a process's status; behind sizes stands kB. */
    private static long status(long pid, String name) {
        return field(lines(pid + "/status"), name).map(value -> Long.parseLong(value.split(" ", 2)[0])).orElse(0L);
    }

    /** The processor's name, or else the architecture. */
    public static String processor() {
        return field(lines("cpuinfo"), "model name").orElse(System.getProperty("os.arch"));
    }

    private static Optional<String> field(List<String> lines, String name) {
        return lines.stream().filter(line -> line.startsWith(name)).findFirst()
                .map(line -> line.substring(line.indexOf(':') + 1).strip());
    }

    private static List<String> lines(String name) {
        try {
            return Files.readAllLines(PROC.resolve(name));
        } catch (IOException notLinux) {
            return List.of();
        }
    }
}
