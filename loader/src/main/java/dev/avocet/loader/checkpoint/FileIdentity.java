// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/** What a file's contents are known by without reading all of them. */
final class FileIdentity {
    /** File systems note times in steps of up to some milliseconds, some of two seconds. */
    private static final long YOUNGEST_MILLIS = 2000;
    private static final long TAIL = 1 << 20;

    private FileIdentity() {}

    /**
     * The same text only for the same contents.
     *
     * <p>Every write moves the time of the last change, which no program can set. A blob's name is the hash of what was
     * downloaded, and it may have come into another file system since; its time of modification tells of later writes.
     *
     * @param path the file's present name
     * @param opened the file
     * @param header how many bytes at its beginning say what the others are
     * @param then its attributes when it was opened; empty if they are others now
     * @param millis what time of day it is
     */
    static Optional<String> of(
            Path path, RandomAccessFile opened, long header, BasicFileAttributes then, long millis)
            throws IOException {
        Map<String, Object> now;
        try {
            now = Files.readAttributes(path, "unix:dev,ino,size,lastModifiedTime,ctime,fileKey");
        } catch (UnsupportedOperationException | IllegalArgumentException notUnix) {
            return Optional.empty();
        }
        var changed = (FileTime) now.get("ctime");
        long age = millis - changed.toMillis();
        if (!now.get("fileKey").equals(then.fileKey()) || !now.get("lastModifiedTime").equals(then.lastModifiedTime())
                || !now.get("size").equals(then.size()) || age < YOUNGEST_MILLIS) {
            return Optional.empty();
        }
        var place = blob(path).orElse(now.get("dev") + " " + now.get("ino") + " " + changed);
        long size = then.size();
        return Optional.of(place + " " + size + " " + then.lastModifiedTime() + " "
                + checksum(opened, 0, header) + " " + checksum(opened, Math.max(header, size - TAIL), size));
    }

    /** The name that the hub knows the contents by. */
    private static Optional<String> blob(Path path) throws IOException {
        var file = path.toRealPath();
        var folder = file.getParent();
        boolean isBlob = folder != null && folder.endsWith("blobs") && folder.getParent() != null
                && folder.getParent().getFileName() != null
                && folder.getParent().getFileName().toString().startsWith("models--");
        return isBlob ? Optional.of(file.getFileName().toString()) : Optional.empty();
    }

    private static String checksum(RandomAccessFile file, long from, long to) throws IOException {
        var bytes = new byte[(int) (to - from)];
        file.seek(from);
        file.readFully(bytes);
        var checksum = new CRC32C();
        checksum.update(bytes);
        return Long.toHexString(checksum.getValue());
    }
}
