// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.stream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import dev.avocet.coyo.parquet.ParquetException;
import dev.avocet.loader.OutputFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A folder of numbered files that a job fills, and goes on filling after it was interrupted: next to them {@code _progress.json} says
 * how many are complete and where in the data set the next one begins. The job's own words tell it from others. It is locked while it is
 * open, since two processes would take each other's unfinished files for left over.
 */
public final class PartFolder implements AutoCloseable {
    private static final String PROGRESS = "_progress.json";
    private static final String LOCK = ".lock";

    private final Path folder;
    private final String job;
    private final FileChannel lock;
    private int parts;
    private long rows;
    private Optional<Position> position = Optional.empty();
    private boolean isComplete;

    private PartFolder(Path folder, String job, FileChannel lock) {
        this.folder = folder;
        this.job = job;
        this.lock = lock;
    }

    /**
     * Takes up a folder, which is made where there is none; throws {@link ParquetException} where it holds what another job has
     * written, or another process is filling it. Files that the job had begun and not finished are deleted.
     */
    public static PartFolder open(Path folder, String job) {
        try {
            Files.createDirectories(folder);
            var parts = new PartFolder(folder, job, lock(folder));
            try {
                parts.takeUp();
            } catch (IOException | RuntimeException e) {
                parts.close();
                throw e;
            }
            return parts;
        } catch (IOException e) {
            throw failed(folder, e);
        }
    }

    private static FileChannel lock(Path folder) throws IOException {
        var channel = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // It is this process that fills the folder already.
        }
        channel.close();
        throw new ParquetException(folder + " is being filled by another process; wait for it, or stop it first");
    }

    private void takeUp() throws IOException {
        var progress = folder.resolve(PROGRESS);
        if (Files.exists(progress)) {
            read(Files.readString(progress));
        } else if (others().stream().anyMatch(name -> !name.startsWith("."))) {
            throw new ParquetException(folder + " is not empty; name a folder of its own for the output");
        }
        for (var name : others()) {
            if (isLeftOver(name)) {
                Files.delete(folder.resolve(name));
            }
        }
    }

    /** Lets others take the folder up. */
    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw failed(folder, e);
        }
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
