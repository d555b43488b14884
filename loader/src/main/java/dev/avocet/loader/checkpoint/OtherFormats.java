// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import dev.avocet.loader.checkpoint.CheckpointException.Code;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
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
    private record Format(String ending, Code code, String name) {
        Format(String ending, String name) {
            this(ending, Code.UNSUPPORTED_FORMAT, name);
        }

        String problem() {
            return name + ", which Avocet does not read";
        }
    }

    /** How a file starts, or what stands at some place near its start. */
    private record Signature(int at, String latin1, Code code, String problem) {
        boolean isOf(byte[] start) {
            var bytes = latin1.getBytes(StandardCharsets.ISO_8859_1);
            for (int i = 0; i < bytes.length; i++) {
                if (at + i >= start.length || start[at + i] != bytes[i]) {
                    return false;
                }
            }
            return true;
        }
    }

    /** The likeliest first: a folder often has several. */
    private static final List<Format> FORMATS = List.of(
            new Format(".ckpt.index", Code.TENSORFLOW, "a TensorFlow checkpoint"),
            new Format(".data-00000-of-00001", Code.TENSORFLOW, "a TensorFlow checkpoint"),
            new Format("saved_model.pb", Code.TENSORFLOW, "a TensorFlow model"),
            new Format(".h5", Code.TENSORFLOW, "a TensorFlow checkpoint"),
            new Format(".keras", Code.TENSORFLOW, "a Keras model"),
            new Format(".ckpt", Code.TENSORFLOW, "a TensorFlow checkpoint, or one of PyTorch Lightning"),
            new Format(".msgpack", "a Flax checkpoint"),
            new Format(".onnx", "an ONNX model"),
            new Format(".gguf", "a GGUF model"),
            new Format(".ot", "a rust-bert checkpoint"),
            new Format(".npz", "a NumPy archive"));
    private static final int LONGEST_START = 512;
    private static final List<Signature> SIGNATURES = List.of(
            new Signature(0, "version https://git-lfs", Code.GIT_LFS_POINTER,
                    "this is the pointer of a file in Git LFS, not the file"),
            new Signature(0, "PK\3\4", Code.UNSUPPORTED_FORMAT,
                    "this is a zip archive; if PyTorch wrote it, its name must end in .bin, .pt or .pth"),
            // torch.save before PyTorch 1.6: a pickle of this magic number comes first, then one of the tensors.
            new Signature(0, "\u0080\2\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\31.", Code.OLD_PYTORCH,
                    "this is a PyTorch file in the format of before 1.6, which runs code when it is read"),
            new Signature(257, "ustar", Code.OLD_PYTORCH,
                    "this is a tar archive, which PyTorch wrote before 0.1.10"),
            new Signature(0, "\u0089HDF\r\n\32\n", Code.TENSORFLOW, "this is an HDF5 file, as TensorFlow writes them"));

    private OtherFormats() {}

    /** Throws {@link CheckpointException} where the file's name tells that it is in another format. */
    static void refuse(Path file) {
        formatOf(file.getFileName() == null ? "" : file.getFileName().toString()).ifPresent(format -> {
            throw new CheckpointException(format.code(), file, "this is " + format.problem());
        });
    }

    /** Throws {@link CheckpointException} where the file's first bytes tell that it is in another format. */
    static void refuse(Path path, RandomAccessFile file) throws IOException {
        var start = new byte[(int) Math.min(file.length(), LONGEST_START)];
        file.seek(0);
        file.readFully(start);
        for (var signature : SIGNATURES) {
            if (signature.isOf(start)) {
                throw new CheckpointException(signature.code(), path, signature.problem());
            }
        }
    }

    /** Why a folder has no weights that can be read. */
    static CheckpointException refusal(Path folder) {
        var names = list(folder);
        for (var format : FORMATS) {
            var found = names.stream().filter(name -> name.endsWith(format.ending())).findFirst();
            if (found.isPresent()) {
                return new CheckpointException(format.code(), folder,
                        "the only weights are " + found.get() + ", " + format.problem());
            }
        }
        var weights = names.stream().filter(OtherFormats::isReadable).toList();
        if (!weights.isEmpty()) {
            return new CheckpointException(Code.NO_WEIGHTS, folder,
                    "there is no model.safetensors and no pytorch_model.bin, only " + Names.list(weights));
        }
        return new CheckpointException(Code.NO_WEIGHTS, folder, names.isEmpty()
                ? "the folder is empty"
                : "there are no weights among its " + names.size() + " files");
    }

    private static boolean isReadable(String name) {
        return name.endsWith(".safetensors") || TorchArchive.isNamed(Path.of(name));
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
