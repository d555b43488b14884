// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.eval;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Pictures and the texts of each.
 *
 * @param data what they are called, such as {@code coco}; empty where nobody says
 * @param texts all of them
 * @param pictureOf for each text the number of its picture
 */
public record Captions(String data, List<Path> pictures, List<String> texts, int[] pictureOf) {
    private record Entry(String folder, String file, String split, List<String> texts) {}

    /**
     * Karpathy's JSON of COCO or Flickr30k: the pictures of one split, each with all of its sentences as they were written.
     *
     * @param folder with the pictures, or with the folders that the file names
     */
    public static Captions ofKarpathy(Path folder, Path file, String split) {
        var entries = new ArrayList<Entry>();
        var data = "";
        try (var json = new JsonFactory().createParser(file.toFile())) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw notKarpathy(file);
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                var name = json.currentName();
                json.nextToken();
                if (name.equals("images") && json.currentToken() == JsonToken.START_ARRAY) {
                    while (json.nextToken() == JsonToken.START_OBJECT) {
                        entries.add(entry(json));
                    }
                } else if (name.equals("dataset")) {
                    data = json.getText();
                } else {
                    json.skipChildren();
                }
            }
        } catch (IOException e) {
            throw new EvaluationException(file + " can't be read: " + e.getMessage().lines().findFirst().orElse("")
                    + "; give Karpathy's dataset_coco.json or dataset_flickr30k.json", e);
        }
        if (entries.isEmpty() || entries.stream().anyMatch(each -> each.file() == null)) {
            throw notKarpathy(file);
        }
        var some = entries.stream().filter(each -> split.equals(each.split())).toList();
        if (some.isEmpty()) {
            throw new EvaluationException(file + " has no pictures of the split \"" + split + "\"; it has "
                    + String.join(", ", entries.stream().map(Entry::split).distinct().toList()));
        }
        return of(data, some.stream().map(each -> place(folder, each)).toList(),
                some.stream().map(Entry::texts).toList());
    }

    private static EvaluationException notKarpathy(Path file) {
        return new EvaluationException(file + " has no \"images\" with \"filename\", \"split\" and \"sentences\"; give "
                + "Karpathy's dataset_coco.json or dataset_flickr30k.json");
    }

    private static Path place(Path folder, Entry entry) {
        var inside = folder.resolve(entry.folder() == null ? "" : entry.folder()).resolve(entry.file());
        return Files.exists(inside) ? inside : folder.resolve(entry.file());
    }

    private static Entry entry(JsonParser json) throws IOException {
        String folder = null;
        String file = null;
        String split = "";
        var texts = new ArrayList<String>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            var name = json.currentName();
            json.nextToken();
            switch (name) {
                case "filepath" -> folder = json.getText();
                case "filename" -> file = json.getText();
                case "split" -> split = json.getText();
                case "sentences" -> {
                    while (json.nextToken() == JsonToken.START_OBJECT) {
                        while (json.nextToken() == JsonToken.FIELD_NAME) {
                            var field = json.currentName();
                            json.nextToken();
                            if (field.equals("raw")) {
                                texts.add(json.getText());
                            } else {
                                json.skipChildren();
                            }
                        }
                    }
                }
                default -> json.skipChildren();
            }
        }
        return new Entry(folder, file, split, texts);
    }

    /** The pictures of a folder, each with its name as its text: {@code dog_face.png} is "dog face". */
    public static Captions ofNames(Path folder) {
        var pictures = LabelledPictures.pictures(folder);
        if (pictures.isEmpty()) {
            throw new EvaluationException(folder + " has no pictures; check the path");
        }
        return of("", pictures, pictures.stream().map(picture -> {
            var name = picture.getFileName().toString();
            return List.of(name.substring(0, name.lastIndexOf('.')).replace('_', ' '));
        }).toList());
    }

    private static Captions of(String data, List<Path> pictures, List<List<String>> texts) {
        var all = new ArrayList<String>();
        var owners = new ArrayList<Integer>();
        for (int i = 0; i < pictures.size(); i++) {
            for (var text : texts.get(i)) {
                all.add(text);
                owners.add(i);
            }
        }
        return new Captions(data, pictures, all, owners.stream().mapToInt(Integer::intValue).toArray());
    }
}
