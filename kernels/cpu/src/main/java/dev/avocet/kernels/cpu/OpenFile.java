// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * A file that native code is going to read, opened once: what is checked is what gets mapped, whatever becomes of the
 * name.
 *
 * <p>Memory behind which a file is cut short ends the process, so only a file is taken that nobody but its owner can
 * write to, the user of this process or root, in a folder of which the same holds.
 *
 * @param descriptor the system's number of it
 */
record OpenFile(long descriptor, long size) implements AutoCloseable {
    private static final MethodHandle OPEN = NativeMemory.linux("open");
    private static final MethodHandle CLOSE = NativeMemory.linux("close");
    private static final long O_RDONLY_CLOEXEC_NOFOLLOW = 02000000 | noFollow();
    private static final int OTHERS_MAY_WRITE = 022;
    private static final int TYPE = 0170000;
    private static final int REGULAR = 0100000;

    /** The only one of the flags that Linux's platforms number differently. */
    private static long noFollow() {
        return System.getProperty("os.arch").equals("aarch64") ? 0100000 : 0400000;
    }

    /** The file, or null where there is none; throws {@link IOException} for one that is not to be trusted. */
    static OpenFile trusted(Path file) throws IOException {
        if (!NativeMemory.canMapFiles() || !Files.exists(file)) {
            return null;
        }
        requireTrusted(file.getParent(), attributes(file.getParent()));
        try (var arena = Arena.ofConfined()) {
            // An int: the register's upper half says nothing.
            int descriptor = (int) NativeMemory.call(OPEN, bytes(file, arena).address(), O_RDONLY_CLOEXEC_NOFOLLOW, 0,
                    0, 0, 0);
            if (descriptor < 0) {
                throw new IOException("it can't be opened, or is a symbolic link");
            }
            var opened = new OpenFile(descriptor, 0);
            boolean trusted = false;
            try {
                var attributes = attributes(opened.path());
                requireTrusted(file, attributes);
                if (((int) attributes.get("mode") & TYPE) != REGULAR) {
                    throw new IOException("it is no regular file");
                }
                trusted = true;
                return new OpenFile(descriptor, (long) attributes.get("size"));
            } finally {
                if (!trusted) {
                    opened.close();
                }
            }
        }
    }

    private static Map<String, Object> attributes(Path path) throws IOException {
        return Files.readAttributes(path, "unix:uid,mode,size");
    }

    private static void requireTrusted(Path path, Map<String, Object> attributes) throws IOException {
        int owner = (int) attributes.get("uid");
        if (owner != 0 && owner != (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid")) {
            throw new IOException(path + " belongs to another user");
        }
        if (((int) attributes.get("mode") & OTHERS_MAY_WRITE) != 0) {
            throw new IOException("others may write to " + path + "; chmod go-w " + path);
        }
    }

    /** The name as the system has it, which Java keeps to itself but in URIs. */
    private static MemorySegment bytes(Path file, Arena arena) {
        var text = file.toUri().getRawPath();
        var bytes = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '%') {
                bytes.write(Integer.parseInt(text, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.write(text.charAt(i));
            }
        }
        bytes.write(0);
        return arena.allocateFrom(java.lang.foreign.ValueLayout.JAVA_BYTE, bytes.toByteArray());
    }

    /** A name for what is open, even if it has no other any more. */
    private Path path() {
        return Path.of("/proc/self/fd/" + descriptor);
    }

    /** The first bytes. */
    byte[] read(int count) throws IOException {
        try (var channel = FileChannel.open(path(), StandardOpenOption.READ)) {
            var bytes = ByteBuffer.allocate(count);
            while (bytes.hasRemaining()) {
                if (channel.read(bytes) < 0) {
                    throw new EOFException("it ends after " + bytes.position() + " bytes");
                }
            }
            return bytes.array();
        }
    }

    @Override
    public void close() {
        NativeMemory.call(CLOSE, descriptor, 0, 0, 0, 0, 0);
    }
}
