// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import dev.avocet.core.backend.BackendUnavailable;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;

/** A library that the machine must have; its functions return a status. */
record SharedLibrary(String name, SymbolLookup symbols) {
    private static final System.Logger LOG = System.getLogger(SharedLibrary.class.getName());
    private static final boolean WINDOWS = System.getProperty("os.name").startsWith("Windows");

    /**
     * Opens the first of these that there is, for as long as the process runs: the libraries of CUDA can't be unloaded.
     *
     * @param remedy what to install, for the error
     */
    static SharedLibrary open(List<String> linux, List<String> windows, String remedy) {
        var names = WINDOWS ? windows : linux;
        for (var name : names) {
            try {
                return new SharedLibrary(name, SymbolLookup.libraryLookup(name, Arena.global()));
            } catch (IllegalArgumentException e) { // it is not there, or it lacks a library of its own
                LOG.log(System.Logger.Level.DEBUG, "{0} is no library here: {1}", name, e.getMessage());
            }
        }
        throw new BackendUnavailable(String.join(" or ", names) + " was not found; " + remedy);
    }

    /** A function of the library that returns a status. */
    MethodHandle function(String function, MemoryLayout... parameters) {
        return function(function, FunctionDescriptor.of(ValueLayout.JAVA_INT, parameters));
    }

    /** A function of the library. */
    MethodHandle function(String function, FunctionDescriptor type) {
        var address = symbols.find(function).orElseThrow(() -> new BackendUnavailable(
                name + " has no " + function + ", so it is too old; install a newer version"));
        return Linker.nativeLinker().downcallHandle(address, type);
    }
}
