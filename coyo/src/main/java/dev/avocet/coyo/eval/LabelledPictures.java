// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.eval;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Pictures and the class of each.
 *
 * @param classes their names, in the order of their numbers
 */
public record LabelledPictures(List<Path> pictures, int[] labels, List<String> classes) {
    private static final Set<String> ENDINGS =
            Set.of("jpg", "jpeg", "jpe", "jfif", "png", "gif", "bmp", "tif", "tiff", "webp");
    /** A line of ILSVRC's {@code LOC_val_solution.csv}: a picture, and its class with the place of each object of it. */
    private static final Pattern SOLUTION = Pattern.compile("(?<picture>[^,]+),(?<label>n\\d{8})(?: .*)?");
    /** A line of Caffe's {@code val.txt}, or of any table of pictures and labels. */
    private static final Pattern LINE = Pattern.compile("(?<picture>.+?)(?:\\t|,|\\s+)(?<label>[^\\t,]+)");

    /** The layout of ImageFolder: a folder for each class, whose names in their order are the classes. */
    public static LabelledPictures ofFolders(Path folder) {
        var byClass = new TreeMap<String, List<Path>>();
        try (var below = Files.newDirectoryStream(folder, Files::isDirectory)) {
            for (var each : below) {
                byClass.put(each.getFileName().toString(), pictures(each));
            }
        } catch (IOException e) {
            throw new EvaluationException(folder + " can't be listed: " + e + "; check the path", e);
        }
        var all = new ArrayList<Path>();
        var labels = new ArrayList<Integer>();
        var names = List.copyOf(byClass.keySet());
        for (int i = 0; i < names.size(); i++) {
            for (var picture : byClass.get(names.get(i))) {
                all.add(picture);
                labels.add(i);
            }
        }
        if (all.isEmpty()) {
            throw new EvaluationException(
                    folder + " has no folders of pictures; give a folder for each class, or --annotations");
        }
        return new LabelledPictures(all, labels.stream().mapToInt(Integer::intValue).toArray(), names);
    }

    /**
     * Pictures of one folder with a file that says the class of each: Caffe's {@code val.txt} ({@code NAME NUMBER}), ILSVRC's {@code
     * LOC_val_solution.csv}, or lines of a name, a tab or comma, and a label.
     */
    public static LabelledPictures ofFile(Path folder, Path annotations) {
        var names = new ArrayList<String>();
        var labels = new ArrayList<String>();
        for (var line : lines(annotations)) {
            var matcher = SOLUTION.matcher(line);
            if (line.isBlank() || line.equals("ImageId,PredictionString")) {
                continue;
            }
            if (!matcher.matches()) {
                matcher = LINE.matcher(line);
            }
            if (!matcher.matches()) {
                throw new EvaluationException(
                        annotations + ": \"" + line + "\" is no picture with its label; write NAME,LABEL");
            }
            names.add(matcher.group("picture").strip());
            labels.add(matcher.group("label").strip());
        }
        if (names.isEmpty()) {
            throw new EvaluationException(annotations + " names no picture; write NAME,LABEL on each line");
        }
        boolean areNumbers = labels.stream().allMatch(each -> each.matches("\\d{1,6}"));
        var classes = areNumbers
                ? IntStream.rangeClosed(0, labels.stream().mapToInt(Integer::parseInt).max().orElse(0))
                        .mapToObj(Integer::toString).toList()
                : List.copyOf(new TreeSet<>(labels));
        var numbers = new HashMap<String, Integer>();
        for (int i = 0; i < classes.size(); i++) {
            numbers.put(classes.get(i), i);
        }
        var files = byName(folder);
        var pictures = names.stream().map(name -> find(name, files, folder)).toList();
        return new LabelledPictures(pictures, labels.stream()
                .mapToInt(label -> areNumbers ? Integer.parseInt(label) : numbers.get(label)).toArray(), classes);
    }

    private static Path find(String name, Map<String, Path> files, Path folder) {
        var last = name.substring(name.lastIndexOf('/') + 1);
        var file = files.getOrDefault(last, files.get(last + "."));
        if (file == null) {
            throw new EvaluationException(folder + " has no picture " + last + "; check the folder");
        }
        return file;
    }

    /** Each picture by its name, and by its name up to the ending, with the dot. */
    private static Map<String, Path> byName(Path folder) {
        var files = new HashMap<String, Path>();
        try (var all = Files.walk(folder)) {
            all.filter(LabelledPictures::isPicture).forEach(file -> {
                var name = file.getFileName().toString();
                files.put(name, file);
                files.put(name.substring(0, name.lastIndexOf('.') + 1), file);
            });
        } catch (IOException | UncheckedIOException e) {
            throw new EvaluationException(folder + " can't be listed: " + e + "; check the path", e);
        }
        return files;
    }

    /** The pictures of a folder, in the order of their names, without those of folders inside it. */
    public static List<Path> pictures(Path folder) {
        try (var files = Files.list(folder)) {
            return files.filter(LabelledPictures::isPicture).sorted().toList();
        } catch (IOException e) {
            throw new EvaluationException(folder + " can't be listed: " + e + "; check the path", e);
        }
    }

    private static boolean isPicture(Path file) {
        var name = file.getFileName().toString();
        var ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return !name.startsWith(".") && ENDINGS.contains(ending) && Files.isRegularFile(file);
    }

    static List<String> lines(Path file) {
        try {
            return Files.readString(file).replaceFirst("^\uFEFF", "").lines().map(String::strip).toList();
        } catch (IOException e) {
            throw new EvaluationException(file + " can't be read as text: " + e + "; check the path", e);
        }
    }

    /** The same with other names of the classes. */
    public LabelledPictures withClasses(List<String> names) {
        if (names.size() < classes.size()) {
            throw new EvaluationException(
                    "there are " + names.size() + " names for " + classes.size() + " classes; give one for each");
        }
        return new LabelledPictures(pictures, labels, List.copyOf(names));
    }

    /**
     * For each class its number among a model's labels: by name, whole or one of several separated by commas, or, where there are as many
     * of both and the classes have ImageNet's numbers, in their order.
     */
    public int[] amongLabels(List<String> modelLabels) {
        var places = new HashMap<String, Integer>();
        for (int i = 0; i < modelLabels.size(); i++) {
            var label = modelLabels.get(i).toLowerCase(Locale.ROOT);
            places.putIfAbsent(label, i);
            for (var part : label.split(",")) {
                places.putIfAbsent(part.strip(), i);
            }
        }
        var byName = classes.stream().map(each -> places.get(each.toLowerCase(Locale.ROOT).replace('_', ' '))).toList();
        if (!byName.contains(null)) {
            return byName.stream().mapToInt(Integer::intValue).toArray();
        }
        boolean areNumbered = classes.stream().allMatch(each -> each.matches("n\\d{8}|\\d{1,6}"));
        boolean fits = classes.size() == modelLabels.size()
                || classes.stream().allMatch(each -> each.matches("\\d{1,6}")) && classes.size() < modelLabels.size();
        if (areNumbered && fits) {
            return IntStream.range(0, classes.size()).toArray();
        }
        throw new EvaluationException("the class \"" + classes.get(byName.indexOf(null)) + "\" is none of the model's "
                + modelLabels.size() + " labels; name the classes as the model does");
    }
}
