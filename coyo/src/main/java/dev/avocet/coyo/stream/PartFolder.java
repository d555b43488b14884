// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.stream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import dev.avocet.coyo.parquet.ParquetException;
import dev.avocet.loader.OutputFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A folder of numbered files that a job fills, and goes on filling after it was interrupted: next to them {@code _progress.json} says
 * how many are complete and where in the data set the next one begins. The job's own words tell it from others.
 */
public final class PartFolder {
    private static final String PROGRESS = "_progress.json";

    private final Path folder;
    private final String job;
    private int parts;
    private long rows;
    private Optional<Position> position = Optional.empty();
    private boolean isComplete;

    private PartFolder(Path folder, String job) {
        this.folder = folder;
        this.job = job;
    }

    /**
     * Takes up a folder, which is made where there is none; throws {@link ParquetException} where it holds what another job has
     * written. Files that the job had begun and not finished are deleted.
     */
    public static PartFolder open(Path folder, String job) {
        var parts = new PartFolder(folder, job);
        try {
            Files.createDirectories(folder);
            var progress = folder.resolve(PROGRESS);
            if (Files.exists(progress)) {
                parts.read(Files.readString(progress));
            } else if (parts.others().stream().anyMatch(name -> !name.startsWith("."))) {
                throw new ParquetException(folder + " is not empty; name a folder of its own for the output");
            }
            for (var name : parts.others()) {
                if (parts.isLeftOver(name)) {
                    Files.delete(folder.resolve(name));
                }
            }
        } catch (IOException e) {
            throw failed(folder, e);
        }
        return parts;
    }

    private List<String> others() throws IOException {
        var names = new ArrayList<String>();
        try (var files = Files.newDirectoryStream(folder)) {
            files.forEach(file -> names.add(file.getFileName().toString()));
        }
        return names;
    }

    /** Hidden files are what OutputFile had not finished. */
    private boolean isLeftOver(String name) {
        return name.startsWith(".") && name.endsWith(".part")
                || name.matches("\\d{5,}\\..*") && Integer.parseInt(name.substring(0, name.indexOf('.'))) >= parts;
    }

    private void read(String text) {
        String found = null;
        try (var json = new JsonFactory().createParser(text)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                var name = json.currentName();
                json.nextToken();
                switch (name) {
                    case "job" -> found = json.getText();
                    case "parts" -> parts = json.getIntValue();
                    case "rows" -> rows = json.getLongValue();
                    case "complete" -> isComplete = json.getBooleanValue();
                    case "position" -> position = Optional.of(Position.ofJson(json.getText()));
                    default -> json.skipChildren();
                }
            }
        } catch (IOException e) {
            throw new ParquetException(folder.resolve(PROGRESS) + " is damaged: " + e.getMessage()
                    + "; delete the folder and begin anew", e);
        }
        if (!job.equals(found)) {
            throw new ParquetException(folder + " holds the output of another job; name another folder, or delete it");
        }
    }

    /** Whether the job is done. */
    public boolean isComplete() {
        return isComplete;
    }

    /** How many files are complete. */
    public int parts() {
        return parts;
    }

    /** How many rows they have. */
    public long rows() {
        return rows;
    }

    /** Where the data set is read on; empty at the beginning. */
    public Optional<Position> position() {
        return position;
    }

    /** The place of the next file, such as {@code 00007.parquet}. */
    public Path next(String ending) {
        return folder.resolve(String.format("%05d.%s", parts, ending));
    }

    /** Notes that the next file is complete, of so many rows, and where the one after it begins. */
    public void add(long count, Position behind) {
        parts++;
        rows += count;
        position = Optional.of(behind);
        write();
    }

    /** Notes that the job is done. */
    public void complete() {
        isComplete = true;
        write();
    }

    private void write() {
        try (var file = OutputFile.create(folder.resolve(PROGRESS))) {
            var bytes = new ByteArrayOutputStream();
            try (var json = new JsonFactory().createGenerator(bytes)) {
                json.writeStartObject();
                json.writeStringField("job", job);
                json.writeNumberField("parts", parts);
                json.writeNumberField("rows", rows);
                json.writeBooleanField("complete", isComplete);
                if (position.isPresent()) {
                    json.writeStringField("position", position.get().toJson());
                }
                json.writeEndObject();
            }
            bytes.write("\n".getBytes(StandardCharsets.UTF_8));
            file.stream().write(bytes.toByteArray());
            file.commit();
        } catch (IOException e) {
            throw failed(folder, e);
        } catch (UncheckedIOException e) {
            throw failed(folder, e.getCause());
        }
    }

    private static ParquetException failed(Path folder, IOException e) {
        return new ParquetException(folder + " can't be written: " + e + "; check the space left and the permissions",
                e);
    }
}
