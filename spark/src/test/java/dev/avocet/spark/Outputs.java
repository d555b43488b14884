// SPDX-License-Identifier: Apache-2.0
package dev.avocet.spark;

import dev.avocet.core.backend.BackendUnavailable;
import dev.avocet.core.backend.Device;
import dev.avocet.coyo.parquet.ParquetFile;
import dev.avocet.coyo.parquet.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What Spark wrote, read by a reader that is not Spark's. */
final class Outputs {
    static final Path SAMPLES = Path.of("../models/samples");
    /** Where no C compiler was found, the reference is what there is. */
    static final String DEVICE = hasCpu() ? "cpu" : "reference";

    private Outputs() {}

    static List<Row> rows(Path folder) throws IOException {
        var rows = new ArrayList<Row>();
        try (var files = Files.list(folder)) {
            for (var file : files.filter(each -> each.toString().endsWith(".parquet")).sorted().toList()) {
                try (var parquet = ParquetFile.open(file)) {
                    for (int i = 0; i < parquet.groups().size(); i++) {
                        try (var group = parquet.read(i, parquet.schema().names())) {
                            for (var row = group.next(); row.isPresent(); row = group.next()) {
                                rows.add(row.get());
                            }
                        }
                    }
                }
            }
        }
        return rows;
    }

    static Optional<float[]> vector(Row row) {
        return Optional.ofNullable((float[]) row.get("embedding"));
    }

    private static boolean hasCpu() {
        try (var device = Device.firstOf("cpu")) {
            return device != null;
        } catch (BackendUnavailable e) {
            return false;
        }
    }
}
