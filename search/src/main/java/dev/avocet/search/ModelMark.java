// SPDX-License-Identifier: Apache-2.0
package dev.avocet.search;

import dev.avocet.loader.image.Image;
import dev.avocet.pipelines.Align;
import dev.avocet.search.IndexException.Reason;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/**
 * By what an index knows the model that made it: what the model makes of a certain picture and a certain text.
 *
 * <p>So a model is the same whatever its files are called and in whichever format they are, as long as weights, preparing
 * of pictures and tokenizer are; and it is another one where any of them differs by more than rounding.
 *
 * @param model what the model was called when the index was made: what to load it by
 */
public record ModelMark(String model, float[] picture, float[] text) {
    private static final String TEXT = "a photo of a red bicycle beside two cats";
    private static final int WIDTH = 96;
    private static final int HEIGHT = 64;
    /** Another instruction set or precision of the same model stays far above, another training far below. */
    private static final double SAME = 0.999;

    /** The mark of a model. */
    public static ModelMark of(String name, Align align) {
        return new ModelMark(name, align.embed(pattern()), align.embed(TEXT));
    }

    private static Image pattern() {
        var rgb = new byte[3 * WIDTH * HEIGHT];
        for (int y = 0, at = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                rgb[at++] = (byte) (x * 255 / WIDTH);
                rgb[at++] = (byte) (y * 255 / HEIGHT);
                rgb[at++] = (byte) ((x / 8 + y / 8) % 2 * 200);
            }
        }
        return Image.of(WIDTH, HEIGHT, rgb);
    }

    /** The length of the model's vectors. */
    public int dimensions() {
        return picture.length;
    }

    /** Throws {@link IndexException} where texts that a model embeds can't be compared with an index of this mark. */
    void requireTextsOf(Align align, String index) {
        require(align.name(), text, align.embed(TEXT), index);
    }

    /** Throws {@link IndexException} where pictures that a model embeds can't be compared with an index of this mark. */
    void requirePicturesOf(Align align, String index) {
        require(align.name(), picture, align.embed(pattern()), index);
    }

    /** Throws {@link IndexException} where another model can't go on with an index of this mark. */
    void require(ModelMark other, String index) {
        require(other.model, picture, other.picture, index);
        require(other.model, text, other.text, index);
    }

    private void require(String other, float[] ours, float[] theirs, String index) {
        double cosine = 0;
        for (int i = 0; i < Math.min(ours.length, theirs.length); i++) {
            cosine += (double) ours[i] * theirs[i];
        }
        if (ours.length != theirs.length || !(cosine >= SAME)) {
            throw new IndexException(Reason.OTHER_MODEL, index + " was made with the model " + model
                    + ", whose vectors can't be compared with those of " + other
                    + "; pass that model, or make a new index");
        }
    }

    Map<String, String> toNotes() {
        var notes = new HashMap<String, String>();
        notes.put("model", model);
        notes.put("mark.picture", encode(picture));
        notes.put("mark.text", encode(text));
        return notes;
    }

    static ModelMark ofNotes(Map<String, String> notes) {
        return new ModelMark(notes.get("model"), decode(notes.get("mark.picture")), decode(notes.get("mark.text")));
    }

    private static String encode(float[] values) {
        var bytes = ByteBuffer.allocate(Float.BYTES * values.length);
        bytes.asFloatBuffer().put(values);
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    private static float[] decode(String text) {
        var bytes = ByteBuffer.wrap(Base64.getDecoder().decode(text));
        var values = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(values);
        return values;
    }
}
