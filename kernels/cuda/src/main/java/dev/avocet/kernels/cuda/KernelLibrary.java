// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import dev.avocet.core.backend.Precision;
import dev.avocet.core.tensor.DType;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/** The project's own kernels on one GPU: compiled when they are first needed, loaded once. */
final class KernelLibrary implements AutoCloseable {
    private final Driver driver;
    private final Nvrtc compiler;
    private final DiskCache cache;
    private final Gpu gpu;
    private final Map<DType, Map<String, Long>> modules = new EnumMap<>(DType.class);
    private final Map<DType, Map<Kernel, Long>> functions = new EnumMap<>(DType.class);

    KernelLibrary(Driver driver, Nvrtc compiler, DiskCache cache, Gpu gpu) {
        this.driver = driver;
        this.compiler = compiler;
        this.cache = cache;
        this.gpu = gpu;
    }

    /** A kernel for operands of one type. */
    synchronized long function(Kernel kernel, Precision precision) {
        return functions.computeIfAbsent(precision.storage(), _ -> new EnumMap<>(Kernel.class))
                .computeIfAbsent(kernel, _ -> driver.function(module(kernel.file(), precision), kernel.symbol()));
    }

    private long module(String file, Precision precision) {
        return modules.computeIfAbsent(precision.storage(), _ -> new HashMap<>())
                .computeIfAbsent(file, _ -> driver.loadModule(compiled(file, precision)));
    }

    private byte[] compiled(String file, Precision precision) {
        var source = KernelSource.of(file);
        var options = KernelSource.options(precision, gpu.architecture());
        var key = source.key(compiler.version(), options);
        return cache.get(key).orElseGet(() -> {
            var cubin = source.compile(compiler, options).cubin();
            cache.put(key, cubin);
            return cubin;
        });
    }

    @Override
    public synchronized void close() {
        var loaded = modules.values().stream().flatMap(each -> each.values().stream()).toList();
        modules.clear();
        functions.clear();
        Release.all(loaded.stream().map(module -> () -> driver.unloadModule(module)));
    }
}
