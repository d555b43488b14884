// SPDX-License-Identifier: Apache-2.0
package dev.avocet.spark;

import dev.avocet.core.AvocetException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The column that says which picture a row has.
 *
 * @param kind how
 */
public record PictureColumn(String name, Kind kind) {
    /** The names by which it is found where nobody names it, as img2dataset, Hugging Face's data sets and COYO have it. */
    private static final List<String> KNOWN =
            List.of("jpg", "jpeg", "png", "webp", "image", "image_bytes", "img", "bytes",
                    "content", "path", "image_path", "file_path", "filepath", "file_name", "url");

    /** How a column says which picture a row has. */
    public enum Kind {
        /** By the bytes of a picture file. */
        BYTES,
        /** By a structure with {@code bytes}, and {@code path} where these are missing. */
        STRUCTURE,
        /** By the path of a file in any file system that Hadoop knows, or by an http or https address. */
        PLACE
    }

    /** The column of this name, or one with a known name; throws {@link AvocetException} where there is none. */
    static PictureColumn of(StructType schema, Optional<String> wanted) {
        var names = wanted.map(List::of).orElse(KNOWN);
        for (var name : names) {
            var kind = Arrays.stream(schema.fields()).filter(field -> field.name().equals(name)).findFirst()
                    .flatMap(field -> kind(field.dataType()));
            if (kind.isPresent()) {
                return new PictureColumn(name, kind.get());
            }
        }
        throw new AvocetException(
                "the input has no column of pictures: wanted bytes, a structure with bytes and path, or a "
                        + "text with a path or address, called " + String.join(", ", names) + "; found "
                        + schema.simpleString() + "; name one with --image-column");
    }

    private static Optional<Kind> kind(DataType type) {
        if (type.equals(DataTypes.BinaryType)) {
            return Optional.of(Kind.BYTES);
        }
        if (type.equals(DataTypes.StringType)) {
            return Optional.of(Kind.PLACE);
        }
        boolean isImage = type instanceof StructType structure && List.of(structure.fieldNames()).contains("bytes");
        return isImage ? Optional.of(Kind.STRUCTURE) : Optional.empty();
    }
}
