// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import dev.avocet.loader.checkpoint.CheckpointException.Code;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** The formats of weights that people will try, so that the refusal can name what was found. */
final class OtherFormats {
    private record Format(String ending, String name) {}

    /** The likeliest first: a folder often has several. */
    private static final List<Format> FORMATS = List.of(
            new Format("pytorch_model.bin", "a PyTorch checkpoint"),
            new Format("pytorch_model.bin.index.json", "a PyTorch checkpoint in several files"),
            new Format(".bin", "a PyTorch checkpoint"),
            new Format(".pt", "a PyTorch checkpoint"),
            new Format(".pth", "a PyTorch checkpoint"),
            new Format(".ckpt", "a PyTorch or TensorFlow checkpoint"),
            new Format(".h5", "a TensorFlow checkpoint"),
            new Format(".keras", "a Keras model"),
            new Format("saved_model.pb", "a TensorFlow model"),
            new Format(".ckpt.index", "a TensorFlow checkpoint"),
            new Format(".data-00000-of-00001", "a TensorFlow checkpoint"),
            new Format(".msgpack", "a Flax checkpoint"),
            new Format(".onnx", "an ONNX model"),
            new Format(".gguf", "a GGUF model"),
            new Format(".ot", "a rust-bert checkpoint"),
            new Format(".npz", "a NumPy archive"));

    private OtherFormats() {}

    /** Throws {@link CheckpointException} where the file's name tells that it is in another format. */
    static void refuse(Path file) {
        formatOf(file.getFileName() == null ? "" : file.getFileName().toString()).ifPresent(format -> {
            throw new CheckpointException(Code.UNSUPPORTED_FORMAT, file,
                    "this is " + format.name() + ", which is not supported yet");
        });
    }

    /** Why a folder has no weights that can be read. */
    static CheckpointException refusal(Path folder) {
        var names = list(folder);
        for (var format : FORMATS) {
            var found = names.stream().filter(name -> name.endsWith(format.ending())).findFirst();
            if (found.isPresent()) {
                return new CheckpointException(Code.UNSUPPORTED_FORMAT, folder,
                        "the only weights are " + found.get() + ", "
                                + format.name() + ", which is not supported yet");
            }
        }
        var safetensors = names.stream().filter(name -> name.endsWith(".safetensors")).toList();
        if (!safetensors.isEmpty()) {
            return new CheckpointException(Code.NO_WEIGHTS, folder, "there is no model.safetensors, only "
                    + Names.list(safetensors));
        }
        return new CheckpointException(Code.NO_WEIGHTS, folder, names.isEmpty()
                ? "the folder is empty"
                : "there are no weights among its " + names.size() + " files");
    }

    private static Optional<Format> formatOf(String name) {
        return FORMATS.stream().filter(format -> name.endsWith(format.ending())).findFirst();
    }

    private static SortedSet<String> list(Path folder) {
        var names = new TreeSet<String>();
        try (var files = Files.newDirectoryStream(folder)) {
            files.forEach(file -> names.add(file.getFileName().toString()));
            if (Files.exists(folder.resolve("onnx/model.onnx"))) {
                names.add("onnx/model.onnx");
            }
            return names;
        } catch (AccessDeniedException e) {
            throw new CheckpointException(Code.NO_PERMISSION, folder, "this folder may not be read", e);
        } catch (IOException | DirectoryIteratorException e) {
            throw new CheckpointException(Code.UNREADABLE, folder, "listing failed: " + e.getMessage(), e);
        }
    }
}
