// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.avocet.core.backend.BackendUnavailable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * One tier's kernels, taken out of the jar and loaded; unloaded when the arena closes.
 *
 * <p>Every way in which that fails says what is missing and what to do about it.
 */
final class NativeLibrary {
    /** A folder to put the library into for the moment of loading, in place of the one for temporary files. */
    static final String FOLDER_PROPERTY = "avocet.cpu.folder";

    /** Every function takes up to six longs, see {@link #function}. */
    private static final FunctionDescriptor SIX_LONGS =
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private NativeLibrary() {}

    /**
     * A function of up to six arguments, integers or addresses, as one of six longs that gives a long.
     *
     * <p>There is one signature, because the JVM takes some 15 ms to make the code for each. Six arguments go in
     * registers on the platforms that have kernels, where a function leaves alone those that it has no parameters for,
     * and the upper half of one for an {@code int}.
     */
    static MethodHandle function(MemorySegment address) {
        return Linker.nativeLinker().downcallHandle(address, SIX_LONGS);
    }

    /**
     * A tier's library.
     *
     * @param symbols they live as long as the arena
     * @param identity another text for other code
     */
    record Loaded(SymbolLookup symbols, String identity) {}

    /** Loads a tier's library for as long as the arena lives. */
    static Loaded load(Tier tier, Arena arena) {
        var resource = "native/" + platform() + "/libavocet-" + tier.label() + ".so";
        try (var bytes = NativeLibrary.class.getResourceAsStream(resource)) {
            if (bytes == null) {
                throw new BackendUnavailable("this build has no kernels for " + platform() + " (" + tier.label()
                        + "); build kernels/cpu on such a machine with a C compiler (gcc or clang) on the PATH, or use "
                        + "the device \"reference\", which is slow");
            }
            var code = bytes.readAllBytes();
            var checksum = new CRC32();
            checksum.update(code);
            return new Loaded(load(code, arena),
                    platform() + " " + tier.label() + " " + Long.toHexString(checksum.getValue()));
        } catch (IOException e) {
            throw new BackendUnavailable("the kernels can't be read from the jar: " + e.getMessage(), e);
        }
    }

    private static SymbolLookup load(byte[] code, Arena arena) throws IOException {
        var file = extract(code);
        try {
            return SymbolLookup.libraryLookup(file, arena);
        } catch (IllegalCallerException e) {
            throw new BackendUnavailable("native access is denied; start java with --enable-native-access="
                    + moduleName(), e);
        } catch (IllegalArgumentException e) {
            throw new BackendUnavailable("the system refused to load " + file + "; if " + file.getParent()
                    + " is mounted noexec, pass -D" + FOLDER_PROPERTY + "=DIR with a folder that is not", e);
        } finally {
            Files.deleteIfExists(file); // a loaded library needs no name
        }
    }

    private static Path extract(byte[] code) {
        var folder = Path.of(System.getProperty(FOLDER_PROPERTY, System.getProperty("java.io.tmpdir")));
        try {
            // Files.createTempFile starts the security providers for its random number, 20 ms. That nobody else made or
            // can write to this file is what matters, and CREATE_NEW and the permissions see to it.
            var file = folder.resolve("avocet-" + ProcessHandle.current().pid() + "-" + System.nanoTime() + ".so");
            try (var out = FileChannel.open(file, Set.of(CREATE_NEW, WRITE), OWNER_ONLY)) {
                Channels.newOutputStream(out).write(code);
            } catch (IOException e) {
                Files.deleteIfExists(file);
                throw e;
            }
            return file;
        } catch (IOException e) {
            throw new BackendUnavailable("the kernels can't be written to " + folder + " (" + e + "); pass -D"
                    + FOLDER_PROPERTY + "=DIR with a folder that can be written to", e);
        }
    }

    /** The platform's name, as in the jar: {@code linux-x86_64}. */
    static String platform() {
        var system = System.getProperty("os.name").toLowerCase(Locale.ROOT).replace(' ', '-');
        var machine = System.getProperty("os.arch");
        return system + "-" + (machine.equals("amd64") ? "x86_64" : machine);
    }

    private static String moduleName() {
        var module = NativeLibrary.class.getModule();
        return module.isNamed() ? module.getName() : "ALL-UNNAMED";
    }
}
