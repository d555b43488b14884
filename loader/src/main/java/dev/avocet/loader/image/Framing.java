// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image;

import dev.avocet.core.model.Config;
import dev.avocet.core.model.ConfigException;
import dev.avocet.core.model.Extent;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * How a picture is brought to the size that a model takes: resized, then cropped around its centre, then padded on the
 * right and below; each of these when it is there.
 *
 * @param resize the size before cropping
 * @param resample the filter for resizing
 * @param crop the size after cropping; a smaller picture gets a border of black
 * @param pad the size after padding with the number 0
 */
public record Framing(Optional<TargetSize> resize, Resample resample, Optional<Extent> crop, Optional<Extent> pad) {
    /** What the fields of preprocessor_config.json say, or, where they are absent, a processor's defaults. */
    static Framing of(Config config, Framing defaults) {
        boolean square = config.flag("default_to_square", true);
        Optional<TargetSize> resize = Optional.empty();
        if (config.flag("do_resize", true)) {
            resize = config.has("size") ? Optional.of(TargetSize.of(config, "size", square)) : defaults.resize;
        }
        var crop = exact(config, "do_center_crop", "crop_size", defaults.crop);
        // Without a size, a batch is padded to its largest picture, which changes nothing for a picture alone.
        var pad = config.has("pad_size")
                ? exact(config, "do_pad", "pad_size", Optional.empty())
                : Optional.<Extent>empty();
        return new Framing(resize, resample(config, defaults.resample), crop, pad);
    }

    private static Optional<Extent> exact(Config config, String flag, String name, Optional<Extent> otherwise) {
        if (!config.flag(flag, false)) {
            return Optional.empty();
        }
        if (!config.has(name)) {
            config.require(name, otherwise.isPresent(), "a size, because " + flag + " is true");
            return otherwise;
        }
        if (TargetSize.of(config, name, true) instanceof TargetSize.Exact(Extent extent)) {
            return Optional.of(extent);
        }
        throw new ConfigException(config.source() + ": \"" + name + "\" must have a height and a width");
    }

    private static Resample resample(Config config, Resample otherwise) {
        var found = Resample.of(config.integer("resample", otherwise.number()));
        config.require("resample", found.isPresent(), "a filter's number, 0 to 5");
        return found.orElseThrow();
    }

    /** The same without padding. */
    Framing withoutPad() {
        return new Framing(resize, resample, crop, Optional.empty());
    }

    /** The size that every picture ends up with; empty when it depends on the picture. */
    public Optional<Extent> fixed() {
        return pad.or(() -> crop).or(() -> resize.flatMap(
                size -> size instanceof TargetSize.Exact(Extent extent) ? Optional.of(extent) : Optional.empty()));
    }

    /** The size that a picture ends up with. */
    public Extent of(Image image) {
        return fixed().orElseGet(() -> resized(image));
    }

    private Extent resized(Image image) {
        var extent = resize.map(size -> size.of(image.height(), image.width()))
                .orElseGet(() -> new Extent(image.height(), image.width()));
        if (extent.height() < 1 || extent.width() < 1) {
            throw new ConfigException(
                    "a picture of " + image.height() + " x " + image.width() + " pixels becomes one of "
                            + extent + ", which has none: its proportions are too extreme for \"size\"");
        }
        return extent;
    }

    /**
     * Frames a picture and writes the numbers of its pixels, {@code [3,H,W]}.
     *
     * @param numbers what each value of a channel becomes: {@code [3,256]}
     * @param pool of the arrays that pictures are resized in
     */
    void write(Image image, float[] numbers, float[] into, int offset, Lines.Pool pool) {
        var whole = of(image);
        var resized = resized(image);
        var cropped = crop.orElse(resized);
        if (cropped.height() > whole.height() || cropped.width() > whole.width()) {
            throw new ConfigException("a picture of " + cropped + " pixels cannot be padded to " + whole);
        }
        int plane = whole.height() * whole.width();
        Objects.checkFromIndexSize(offset, Math.multiplyExact(3, plane), into.length);
        var kept = new Extent(
                Math.min(cropped.height(), resized.height()), Math.min(cropped.width(), resized.width()));
        if (!kept.equals(whole)) {
            border(numbers, cropped, whole, into, offset);
        }
        // Half of what is too much goes on each side, and half of what is missing, of which the odd one comes first.
        int top = (cropped.height() - kept.height() + 1) / 2;
        int left = (cropped.width() - kept.width() + 1) / 2;
        var window = new Resize.Window((resized.width() - kept.width()) / 2, (resized.height() - kept.height()) / 2,
                kept.width(), kept.height());
        var rows = new NumberRows(numbers, into, offset + top * whole.width() + left, plane, whole.width());
        var lines = pool.borrow();
        new Resize(resample, resized.width(), resized.height(), window, lines).apply(image, rows);
        pool.giveBack(lines);
    }

    /** Fills what is cropped with black, and what is padded with 0. */
    private static void border(float[] numbers, Extent cropped, Extent whole, float[] into, int offset) {
        int plane = whole.height() * whole.width();
        Arrays.fill(into, offset, offset + 3 * plane, 0);
        for (int c = 0; c < 3; c++) {
            for (int y = 0; y < cropped.height(); y++) {
                int row = offset + c * plane + y * whole.width();
                Arrays.fill(into, row, row + cropped.width(), numbers[256 * c]);
            }
        }
    }

    /** Writes rows into planes, each value replaced by its number. */
    private static final class NumberRows implements Rows {
        private final float[] numbers;
        private final float[] into;
        private final int plane;
        private final int stride;
        private int at;

        NumberRows(float[] numbers, float[] into, int at, int plane, int stride) {
            this.numbers = numbers;
            this.into = into;
            this.at = at;
            this.plane = plane;
            this.stride = stride;
        }

        @Override
        public void accept(int[] row) {
            for (int x = 0; x < row.length; x++) {
                into[at + x] = numbers[row[x] & 0xff];
                into[at + plane + x] = numbers[256 + (row[x] >> 8 & 0xff)];
                into[at + 2 * plane + x] = numbers[512 + (row[x] >> 16 & 0xff)];
            }
            at += stride;
        }
    }
}
