// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.core.AvocetException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a user writes for a model: a path that exists, the name of a bundled one, or a name on the hub.
 *
 * @param name as it was written
 */
record ModelReference(String name, Path folder) {
    /** The description of an option that takes one. */
    static final String HELP = "The model: a folder in Hugging Face layout, a bundled one (tiny-vit, tiny-align), or a "
            + "name on the hub, owner/name or owner/name@revision, which is downloaded when it is not in the cache.";

    private static final Pattern HUB_ID = Pattern.compile("[\\w.-]+/[\\w.-]+(@\\S+)?");

    /** The model, or the demo, which is then announced, where none is named. */
    static ModelReference of(String reference, Demo otherwise, Terminal terminal, CommonOptions common) {
        if (reference != null) {
            return of(reference, terminal, common);
        }
        otherwise.announce(terminal);
        return new ModelReference(otherwise.id(), otherwise.folder());
    }

    /** The model. */
    static ModelReference of(String reference, Terminal terminal, CommonOptions common) {
        var path = resolve(reference, terminal, common);
        if (!Files.isDirectory(path)) {
            throw new AvocetException(
                    path + " is not a folder; --model takes the folder with config.json and the weights");
        }
        return new ModelReference(reference, path);
    }

    /** A reference that stands for the same from any folder. */
    String lasting() {
        return Files.exists(path(name)) ? folder.toAbsolutePath().normalize().toString() : name;
    }

    /** The file or folder that a reference stands for; a model of the hub is downloaded where the cache lacks it. */
    static Path resolve(String reference, Terminal terminal, CommonOptions common) {
        if (reference.isBlank()) {
            throw new UsageException("the model's name is empty");
        }
        boolean isPath = reference.startsWith(".") || reference.startsWith("/") || reference.startsWith("~");
        var path = path(reference);
        if (Files.exists(path)) {
            return path;
        }
        if (isPath) {
            throw new AvocetException(path + " does not exist; check the path of the model");
        }
        return Demo.named(reference).map(Demo::folder).orElseGet(() -> download(reference, terminal, common));
    }

    /** A model of the hub, by a name that can't be meant for something on this machine. */
    static Path download(String reference, Terminal terminal, CommonOptions common) {
        if (!HUB_ID.matcher(reference).matches()) {
            var bundled = Arrays.stream(Demo.values()).map(Demo::id).collect(Collectors.joining(", "));
            throw new AvocetException("there is no model \"" + reference + "\": neither a path nor a bundled model ("
                    + bundled + ") nor a name on the hub (owner/name); check the name");
        }
        var owner = path(reference.substring(0, reference.indexOf('/')));
        if (Files.isDirectory(owner)) {
            throw new AvocetException("there is no " + reference + " in the folder " + owner
                    + "; check the path (a model of the hub is not looked for where a folder has its owner's name)");
        }
        try (var downloads = new Downloads(terminal)) {
            return common.hub().model(reference, downloads);
        }
    }

    /** The shell replaces ~ only where it begins a word: not in --model=~/vit. */
    private static Path path(String reference) {
        try {
            return reference.equals("~") || reference.startsWith("~/")
                    ? Path.of(System.getProperty("user.home") + reference.substring(1))
                    : Path.of(reference);
        } catch (InvalidPathException e) {
            throw new AvocetException("\"" + reference + "\" is not a path: " + e.getReason(), e);
        }
    }
}
