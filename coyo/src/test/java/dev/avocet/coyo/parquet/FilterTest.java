// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.coyo.CoyoFiles;
import dev.avocet.coyo.CoyoLabeled;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Filters mean what they say, and say where they are wrong. */
class FilterTest {
    private static final Map<String, Object> ROW = new HashMap<>();

    static {
        ROW.put("faces", 0);
        ROW.put("id", (1L << 53) + 1);
        ROW.put("score", 0.3f);
        ROW.put("clip", 0.25);
        ROW.put("nan", Double.NaN);
        ROW.put("none", null);
        ROW.put("text", "it's a \"dog\"");
        ROW.put("flag", true);
        ROW.put("labels", new int[] {281, 7});
        ROW.put("label_probs", new float[] {0.5f, 0.25f});
    }

    private static boolean matches(String filter) {
        return Filter.parse(filter).matches(ROW::get);
    }

    @Test
    void comparisonsAreThoseOfNumbers() {
        for (var filter : List.of("faces = 0", "faces == 0", "faces <= 0", "faces >= 0.0", "faces < 1e-9", "faces != 1",
                "faces <> 2",
                "0 = faces", "1 > faces", "-1 < faces", "score = 0.3", "score >= 0.3", "clip < score",
                "id = 9007199254740993",
                "id != 9007199254740992", "faces = -0.0", ".25 = clip", "+1 > clip")) {
            assertTrue(matches(filter), filter);
            assertFalse(matches("not (" + filter + ")"), filter);
        }
    }

    @Test
    void whatIsMissingIsNeitherTrueNorFalse() {
        for (var filter : List.of("none = 1", "none != 1", "not none = 1", "none < 1 or none >= 1",
                "faces = 0 and none = 1",
                "labels[5] > 0", "not labels[5] > 0", "none contains 'x'", "nan = 1", "nan < 1", "nan > 1")) {
            assertFalse(matches(filter), filter);
        }
        for (var filter : List.of("none is null", "not none is not null", "faces is not null", "none = 1 or faces = 0",
                "nan != 1", "labels[5] is null")) {
            assertTrue(matches(filter), filter);
        }
    }

    @Test
    void wordsBindAsInSql() {
        assertTrue(matches("faces = 0 or faces = 1 and faces = 2"));
        assertFalse(matches("(faces = 0 or faces = 1) and faces = 2"));
        assertFalse(matches("not faces = 0 and faces = 1"));
        assertTrue(matches("NOT faces = 1 AND\nflag = TRUE"));
    }

    @Test
    void textsAndLabels() {
        assertTrue(matches("text = 'it''s a \"dog\"'"));
        assertTrue(matches("text contains \"it's\" and text != 'x'"));
        assertTrue(matches("labels[281] >= 0.5 and labels[7] < 0.5"));
        assertFalse(matches("labels[281] > 0.5"));
    }

    @Test
    void errorsPointAtTheirColumn() {
        var wrong = new HashMap<String, Integer>();
        wrong.put("", 1);
        wrong.put("faces", 6);
        wrong.put("faces >", 8);
        wrong.put("faces > > 1", 9);
        wrong.put("faces = 0 and", 14);
        wrong.put("(faces = 0", 11);
        wrong.put("faces = 0)", 10);
        wrong.put("faces = 0 faces = 1", 11);
        wrong.put("faces = 'x", 9);
        wrong.put("faces § 1", 7);
        wrong.put("text contains 5", 15);
        wrong.put("text is 5", 9);
        wrong.put("faces[3] = 1", 1);
        wrong.put("labels[x] = 1", 8);
        wrong.put("(".repeat(1000) + "faces = 1", 201);
        wrong.forEach((filter, column) -> {
            var error = assertThrows(FilterException.class, () -> Filter.parse(filter), filter);
            assertEquals(column, error.column(), filter + ": " + error.getMessage());
        });
    }

    @Test
    void columnsAreHeldAgainstTheSchema() {
        var wrong = Map.of("id > 1 and width = 1 and nothing = 2", 26, "url > 'a'", 1, "url = 1", 1, "id = 'x'", 1,
                "labels > 1", 1,
                "id contains 'x'", 1);
        wrong.forEach((filter, column) -> {
            var error =
                    assertThrows(FilterException.class, () -> Filter.parse(filter).check(CoyoLabeled.SCHEMA), filter);
            assertEquals(column, error.column(), filter + ": " + error.getMessage());
        });
        Filter.parse("labels[3] > 0.1 and url = 'x' and labels is not null").check(CoyoLabeled.SCHEMA);
    }

    @Test
    void labeledPicturesAreFilteredByLabelAndThreshold(@TempDir Path folder) {
        var file = folder.resolve("labeled.parquet");
        var rows = CoyoFiles.writeLabeled(file, 0, 500);
        int label = ((int[]) rows.get(0).get("labels"))[1];
        var filter = Filter.parse("labels[" + label + "] > 0.2 or labels[3] > 0.01");
        var wanted = rows.stream().filter(row -> {
            var labels = (int[]) row.get("labels");
            var probabilities = (float[]) row.get("label_probs");
            for (int i = 0; labels != null && i < labels.length; i++) {
                if (labels[i] == label && probabilities[i] > 0.2f || labels[i] == 3 && probabilities[i] > 0.01f) {
                    return true;
                }
            }
            return false;
        }).toList();
        assertFalse(wanted.isEmpty());
        try (var parquet = ParquetFile.open(file);
                var reader = parquet.read(0, CoyoLabeled.SCHEMA.names(), Optional.of(filter))) {
            var found = new ArrayList<Row>();
            for (var row = reader.next(); row.isPresent(); row = reader.next()) {
                found.add(row.get());
                assertTrue(Arrays.deepEquals(new Object[] {row.get().get("labels")},
                        new Object[] {CoyoLabeled.of(row.get()).toRow().get("labels")}));
            }
            assertEquals(wanted, found);
        }
    }
}
