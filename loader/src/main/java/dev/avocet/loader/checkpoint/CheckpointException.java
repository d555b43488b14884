// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import dev.avocet.core.AvocetException;
import java.nio.file.Path;

/** A checkpoint's file can't be used; says which file, what is wrong with it, and what to do. */
public final class CheckpointException extends AvocetException {
    private static final long serialVersionUID = 1;

    private static final String FETCH_AGAIN = "the file is damaged: fetch it again";
    private static final String SAVE_AGAIN = "fetch it again, or save its state_dict again with torch.save";
    private static final String WRITE_AGAIN = "have it written again by an up-to-date safetensors library";

    /** The rule that was broken; each with what a user can do about it. */
    public enum Code {
        /** Fewer than the 8 bytes that give the header's length. */
        HEADER_TOO_SMALL(FETCH_AGAIN),
        /** A header of more than 100,000,000 bytes. */
        HEADER_TOO_LARGE("this is no safetensors file, or a damaged one: fetch it again"),
        /** A header that would end behind the file's end. */
        INVALID_HEADER_LENGTH("this is no safetensors file, or a damaged one: fetch it again"),
        /** A header that is not UTF-8. */
        HEADER_NOT_UTF8(FETCH_AGAIN),
        /** A header that is not one JSON object. */
        HEADER_NOT_JSON(FETCH_AGAIN),
        /** A key that stands twice in one JSON object, so that readers would differ in what they see. */
        DUPLICATE_KEY("keep one of the two"),
        /** A tensor's entry without its three fields, or with one of the wrong kind. */
        BAD_ENTRY(WRITE_AGAIN),
        /** An element type that the format does not have. */
        UNKNOWN_DTYPE(WRITE_AGAIN),
        /** An extent that is no integer from 0 on. */
        BAD_SHAPE(WRITE_AGAIN),
        /** An extent, or a tensor's size, beyond 63 bits. */
        SHAPE_OVERFLOW(WRITE_AGAIN),
        /** More than 64 dimensions. */
        RANK_TOO_LARGE(WRITE_AGAIN),
        /** Elements smaller than a byte that do not fill their last byte. */
        SUBBYTE_MISALIGNED(WRITE_AGAIN),
        /** Offsets that are no integers, run backwards, or lead out of the file. */
        BAD_OFFSETS(WRITE_AGAIN),
        /** Bytes between two tensors, or before the first. */
        HOLE(WRITE_AGAIN),
        /** Two tensors that share bytes. */
        OVERLAP(WRITE_AGAIN),
        /** Offsets that hold more or fewer bytes than type and shape need. */
        SIZE_MISMATCH(WRITE_AGAIN),
        /** Bytes after the last tensor. */
        TRAILING_BYTES("something was added to the file: fetch it again"),
        /** A file that ends before its last tensor does, or was cut while in use. */
        TRUNCATED("fetch the file again, and replace files in use by renaming, never in place"),
        /** A file that was written to while in use. */
        CHANGED("load it again, and replace files in use by renaming, never in place"),
        /** A {@code __metadata__} that is not a map from text to text. */
        BAD_METADATA(WRITE_AGAIN),
        /** More than a million keys in one JSON object, so more than a million tensors in one file. */
        TOO_MANY_KEYS("split the checkpoint into several files with an index"),
        /** Elements of a type that the engine can't read. */
        UNSUPPORTED_DTYPE("convert the tensor to F32, F16 or BF16"),
        /** An extent beyond 31 bits in a tensor that is used. */
        DIMENSION_TOO_LARGE("split the tensor"),
        /** A zip archive that torch.save would not write, or that readers could see differently. */
        BAD_ARCHIVE("the file is damaged, or torch.save did not write it: " + SAVE_AGAIN),
        /** A pickle that is damaged, or that holds anything but tensors by name. */
        BAD_PICKLE(SAVE_AGAIN),
        /** A pickle that would have a reader of Python's call what no checkpoint needs. */
        UNSAFE_PICKLE("it may be meant to do harm: ask its author for safetensors"),
        /** A storage of another size than its file in the archive, or without one. */
        BAD_STORAGE(SAVE_AGAIN),
        /** A tensor that reaches out of its storage, runs backwards in it or makes too much of it. */
        BAD_VIEW(SAVE_AGAIN),
        /** A tensor that the checkpoint does not have. */
        NO_SUCH_TENSOR("see what it has with: avocet inspect"),
        /** An index that is not of the expected form, or not in accord with the files that it names. */
        BAD_INDEX("fetch the index and the files that it names again, all from the same revision"),
        /** A JSON file with a mistake in its syntax, or beyond the limits on size and nesting. */
        BAD_JSON("correct it, or fetch it again"),
        /** No such file. */
        NOT_FOUND("check the path"),
        /** A folder, a pipe or a device where a file is needed. */
        NOT_A_FILE("give a regular file"),
        /** A file or folder that this user may not read. */
        NO_PERMISSION("change its permissions or the user"),
        /** Symbolic links that lead in a circle. */
        SYMLINK_LOOP("remove the links and fetch the file again"),
        /** The operating system failed to read or map the file. */
        UNREADABLE("check the disk and the file system"),
        /** The operating system failed to write the file. */
        NOT_WRITABLE("check the folder, its permissions and the space left"),
        /** A header or a JSON file that the heap has no room for. */
        NO_MEMORY("give the JVM a larger heap with -Xmx"),
        /** A folder without any weights. */
        NO_WEIGHTS(
                "give a folder with model.safetensors or pytorch_model.bin, or with the index of either, or one file"),
        /** Weights in another format. */
        UNSUPPORTED_FORMAT(
                "convert them, such as with save_pretrained of transformers, which writes model.safetensors"),
        /** A file of PyTorch as it was written before version 1.6. */
        OLD_PYTORCH("load it once in Python with torch.load(FILE, weights_only=True), and save that with torch.save"),
        /** Weights in TensorFlow's format, such as those that Kakao Brain trained. */
        TENSORFLOW("take the same model in Hugging Face's format: kakaobrain/align-base for coyo-align, "
                + "kakaobrain/vit-large-patch16-384 or -512 for coyo-vit, else what transformers' save_pretrained wrote"),
        /** The small text that stands for a large file in a Git repository. */
        GIT_LFS_POINTER("fetch the file itself: git lfs pull"),
        /** A checkpoint that was closed. */
        CLOSED("keep it open for as long as its tensors are read");

        private final String remedy;

        Code(String remedy) {
            this.remedy = remedy;
        }
    }

    private final Code code;
    private final transient Path file;

    CheckpointException(Code code, Path file, String what) {
        this(code, file, what, null);
    }

    CheckpointException(Code code, Path file, String what, Throwable cause) {
        super(Names.escape(file.toString()) + ": " + what + "; " + code.remedy, cause);
        this.code = code;
        this.file = file;
    }

    /** The rule that was broken. */
    public Code code() {
        return code;
    }

    /** The file or folder at fault; null in an exception that was serialised. */
    public Path file() {
        return file;
    }
}
