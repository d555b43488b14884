// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.avocet.core.AvocetException;
import dev.avocet.core.model.Config;
import dev.avocet.loader.checkpoint.JsonFile;
import dev.avocet.loader.tokenizer.Tokenizer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code avocet tokenize}. */
@Command(
        name = "tokenize",
        header = "Turn texts into the ids that a model takes.",
        description = {
            "",
            "Prints input_ids and attention_mask of each text as JSON Lines, first of every --text, then of the file.",
            ""},
        footer = {"", "Example: avocet tokenize --model tiny-align --text \"a photo of a cat\" --pad"})
final class Tokenize implements Executable {
    /** AlignProcessor's max_length. */
    private static final int ALIGN_LENGTH = 64;

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
            .build();

    @Option(names = "--model", required = true, paramLabel = "MODEL", description = ModelReference.HELP)
    private String model;

    @Option(names = "--text", paramLabel = "TEXT", description = "A text; may be given several times.")
    private List<String> texts = List.of();

    @Option(names = "--file", paramLabel = "JSONL",
            description = "Texts as JSON Lines: a string in quotes on each line; - for standard input.")
    private String file;

    @Option(names = "--pad", description = "Pad and cut to the length that the model's processor uses: 64 for ALIGN, "
            + "else the model's longest. Without it, all tokens of each text.")
    private boolean pad;

    private final Terminal terminal;
    private final CommonOptions common;

    Tokenize(Terminal terminal, CommonOptions common) {
        this.terminal = terminal;
        this.common = common;
    }

    @Override
    public int run() {
        if (texts.isEmpty() && file == null) {
            throw new UsageException("there is no text: give --text or --file");
        }
        var folder = ModelReference.of(model, terminal, common).folder();
        var tokenizer = Tokenizer.load(folder);
        var lines = new JsonLines(terminal.out());
        Consumer<String> print = pad ? padded(tokenizer, length(folder, tokenizer), lines) : whole(tokenizer, lines);
        texts.forEach(print);
        if (file != null) {
            forEachLine(print);
        }
        return OK;
    }

    private static Consumer<String> whole(Tokenizer tokenizer, JsonLines lines) {
        return text -> {
            var ids = tokenizer.encode(text);
            var mask = new int[ids.length];
            Arrays.fill(mask, 1);
            print(ids, mask, lines);
        };
    }

    private static Consumer<String> padded(Tokenizer tokenizer, int length, JsonLines lines) {
        return text -> {
            var encoding = tokenizer.encodeToLength(List.of(text), length);
            print(encoding.inputIds().toInts(), encoding.attentionMask().toInts(), lines);
        };
    }

    private static void print(int[] ids, int[] mask, JsonLines lines) {
        lines.line(line -> {
            JsonLines.writeInts(line, "input_ids", ids);
            JsonLines.writeInts(line, "attention_mask", mask);
        });
    }

    private static int length(Path folder, Tokenizer tokenizer) {
        var file = folder.resolve("config.json");
        var config = Files.exists(file)
                ? new Config(file.toString(), JsonFile.read(file))
                : new Config(file.toString(), Map.of());
        if (config.text("model_type", "").equals("align")) {
            return ALIGN_LENGTH;
        }
        int length = tokenizer.maxLength();
        if (length == Integer.MAX_VALUE && !config.has("max_position_embeddings")) {
            throw new AvocetException(folder + ": neither model_max_length in tokenizer_config.json nor "
                    + "max_position_embeddings in config.json says how long texts may be; leave out --pad");
        }
        return length == Integer.MAX_VALUE ? config.positive("max_position_embeddings", length) : length;
    }

    private void forEachLine(Consumer<String> use) {
        var name = file.equals("-") ? "standard input" : file;
        int number = 0;
        try (var bytes = file.equals("-") ? terminal.in() : Files.newInputStream(Path.of(file));
                var reader = reader(bytes)) {
            for (var line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                if (!line.isBlank()) {
                    use.accept(text(line, name + ", line " + number));
                }
            }
        } catch (NoSuchFileException e) {
            throw new AvocetException(
                    name + " does not exist; --file takes a text file with a JSON string on each line", e);
        } catch (CharacterCodingException e) {
            throw new AvocetException(name + ": after line " + number + " it is not UTF-8; save it as UTF-8", e);
        } catch (IOException e) {
            throw new AvocetException(name + ": reading failed: " + e.getMessage(), e);
        }
    }

    /** A reader that throws where the bytes are not UTF-8. */
    private static BufferedReader reader(InputStream bytes) {
        return new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8.newDecoder()));
    }

    private static String text(String line, String where) {
        try (var json = JSON.createParser(line)) {
            if (json.nextToken() == JsonToken.VALUE_STRING) {
                var text = json.getText();
                if (json.nextToken() == null) {
                    return text;
                }
            }
        } catch (IOException e) {
            throw new AvocetException(where + " is not a JSON string such as \"a cat\"; correct it", e);
        }
        throw new AvocetException(
                where + " is not one JSON string such as \"a cat\"; put one text in quotes on each line");
    }
}
