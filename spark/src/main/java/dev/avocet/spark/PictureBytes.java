// SPDX-License-Identifier: Apache-2.0
package dev.avocet.spark;

import dev.avocet.core.AvocetException;
import dev.avocet.loader.fetch.FetchLimits;
import dev.avocet.loader.fetch.Fetcher;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;

/** Gets a row's picture: its bytes in the row, a file, or what is at an address. */
final class PictureBytes {
    /** Larger files are no pictures that anybody wants embedded. */
    private static final int MOST = 256 << 20;

    private final PictureColumn column;
    private final Configuration hadoop;
    private final boolean privateAddresses;
    private Fetcher fetcher;

    PictureBytes(PictureColumn column, boolean privateAddresses) {
        this.column = column;
        this.hadoop = new Configuration();
        this.privateAddresses = privateAddresses;
    }

    /** The bytes; throws {@link AvocetException} where there are none. */
    byte[] of(Row row) {
        Object value = row.getAs(column.name());
        if (value == null) {
            throw new AvocetException("the row has no picture: its column " + column.name() + " is empty");
        }
        return switch (column.kind()) {
            case BYTES -> (byte[]) value;
            case STRUCTURE -> ofStructure((Row) value);
            case PLACE -> at((String) value);
        };
    }

    private byte[] ofStructure(Row image) {
        byte[] bytes = image.getAs("bytes");
        if (bytes != null) {
            return bytes;
        }
        boolean hasPath = Arrays.asList(image.schema().fieldNames()).contains("path");
        String path = hasPath ? image.getAs("path") : null;
        if (path == null) {
            throw new AvocetException("the row has no picture: neither bytes nor a path in " + column.name());
        }
        return at(path);
    }

    private byte[] at(String place) {
        var start = place.substring(0, Math.min(8, place.length())).toLowerCase(Locale.ROOT);
        return start.startsWith("http://") || start.startsWith("https://") ? fetch(place) : file(place);
    }

    private byte[] fetch(String address) {
        if (fetcher == null) {
            var limits = FetchLimits.DEFAULT;
            fetcher = new Fetcher(privateAddresses ? limits : limits.withPublicAddressesOnly());
        }
        return fetcher.fetch(address);
    }

    private byte[] file(String place) {
        try {
            var path = new Path(place);
            try (var in = path.getFileSystem(hadoop).open(path)) {
                var bytes = in.readNBytes(MOST);
                if (bytes.length == MOST) {
                    throw new AvocetException(place + " has " + MOST + " bytes or more, which is no picture's size");
                }
                return bytes;
            }
        } catch (FileNotFoundException e) {
            throw new AvocetException(place + " does not exist, or is a folder", e);
        } catch (IOException | IllegalArgumentException e) {
            throw new AvocetException(place + " can't be read: " + e.getMessage(), e);
        }
    }
}
