// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.eval;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;

/** Metrics as bars with their intervals, beside published values; a PNG of twice the size at which it is meant to be seen. */
public final class Chart {
    private static final int SCALE = 2;
    private static final int WIDTH = 760;
    private static final int ROW = 34;
    private static final int BAR = 16;
    private static final int EDGE = 20;
    private static final int TITLE = 50;
    private static final int LINE = 15;
    private static final int HEADS = 36;
    private static final int BOTTOM = 62;
    private static final int GAP = 16;
    private static final int VALUE = 62;
    private static final int INTERVAL = 96;
    private static final int PUBLISHED = 66;
    private static final Font SMALL = new Font(Font.SANS_SERIF, Font.PLAIN, 11);
    private static final Color INK = new Color(0x1F2933);
    private static final Color QUIET = new Color(0x6B7785);
    private static final Color GRID = new Color(0xE4E8EC);
    private static final Color FILL = new Color(0x3B7EA1);
    private static final Color MARK = new Color(0xD9622B);

    private Chart() {}

    /** The picture's bytes; throws {@link EvaluationException} where the run time can't draw. */
    public static byte[] png(Evaluation evaluation) {
        System.setProperty("java.awt.headless", "true");
        try {
            var picture = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
            int height = drawing(picture, evaluation).height();
            picture = new BufferedImage(WIDTH * SCALE, height * SCALE, BufferedImage.TYPE_INT_RGB);
            var drawing = drawing(picture, evaluation);
            drawing.draw();
            drawing.graphics.dispose();
            var bytes = new ByteArrayOutputStream();
            ImageIO.write(picture, "png", bytes);
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new EvaluationException("the plot can't be written: " + e.getMessage(), e);
        } catch (LinkageError | InternalError | RuntimeException e) {
            throw new EvaluationException("this Java can't draw text (" + e
                    + "); install fontconfig and a font, or leave the plot out", e);
        }
    }

    private static Drawing drawing(BufferedImage picture, Evaluation evaluation) {
        var graphics = picture.createGraphics();
        graphics.scale(SCALE, SCALE);
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        return new Drawing(graphics, evaluation);
    }

    private record Drawing(Graphics2D graphics, Evaluation evaluation) {
        int height() {
            return top() + ROW * evaluation.metrics().size() + BOTTOM;
        }

        private int top() {
            return TITLE + LINE * protocol().size() + HEADS;
        }

        private boolean hasPublished() {
            return evaluation.metrics().stream().anyMatch(each -> each.published().isPresent());
        }

        void draw() {
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, WIDTH, height());
            write(evaluation.name() + " · " + evaluation.model(), EDGE, 30, font(Font.BOLD, 17), INK);
            int y = TITLE;
            for (var line : protocol()) {
                write(line, EDGE, y, SMALL, QUIET);
                y += LINE;
            }
            int names = evaluation.metrics().stream().mapToInt(each -> width(each.name(), font(Font.PLAIN, 13))).max()
                    .orElse(0);
            int left = EDGE + names + GAP;
            int right = WIDTH - EDGE - VALUE - INTERVAL - (hasPublished() ? PUBLISHED : 0);
            grid(left, right);
            heads(right);
            for (int i = 0; i < evaluation.metrics().size(); i++) {
                row(evaluation.metrics().get(i), left, right, top() + i * ROW + ROW / 2);
            }
            legend();
        }

        private void grid(int left, int right) {
            int bottom = height() - BOTTOM;
            for (int percent = 0; percent <= 100; percent += 20) {
                int x = left + (right - left) * percent / 100;
                graphics.setColor(GRID);
                graphics.setStroke(new BasicStroke(1));
                graphics.drawLine(x, top() - 2, x, bottom);
                var label = percent + " %";
                write(label, x - width(label, SMALL) / 2, bottom + 16, SMALL, QUIET);
            }
        }

        private void heads(int right) {
            int y = top() - 8;
            writeTo(right + VALUE, "%", y, SMALL, QUIET);
            writeTo(right + VALUE + INTERVAL, "95 % interval", y, SMALL, QUIET);
            if (hasPublished()) {
                writeTo(right + VALUE + INTERVAL + PUBLISHED, "published", y, SMALL, MARK);
            }
        }

        private void row(Metric metric, int left, int right, int middle) {
            writeTo(left - GAP, metric.name(), middle + 5, font(Font.PLAIN, 13), INK);
            double length = right - left;
            graphics.setColor(FILL);
            graphics.fill(new Rectangle2D.Double(left, middle - BAR / 2.0, metric.value() * length, BAR));
            metric.published().ifPresent(published -> mark(left + published.value() * length, middle));
            graphics.setColor(INK);
            graphics.setStroke(new BasicStroke(1.4f));
            double low = left + metric.interval().low() * length;
            double high = left + metric.interval().high() * length;
            graphics.draw(new Line2D.Double(low, middle, high, middle));
            graphics.draw(new Line2D.Double(low, middle - 4, low, middle + 4));
            graphics.draw(new Line2D.Double(high, middle - 4, high, middle + 4));
            writeTo(right + VALUE, percent(metric.value()), middle + 5, font(Font.BOLD, 13), INK);
            writeTo(right + VALUE + INTERVAL,
                    percent(metric.interval().low()) + " – " + percent(metric.interval().high()), middle + 5, SMALL,
                    QUIET);
            metric.published().ifPresent(published -> writeTo(right + VALUE + INTERVAL + PUBLISHED,
                    percent(published.value()), middle + 5, SMALL, MARK));
        }

        /** A line across the bar, with a tip above it: the bar's end and the interval stay to be seen. */
        private void mark(double x, int middle) {
            graphics.setColor(MARK);
            graphics.setStroke(new BasicStroke(1.6f));
            graphics.draw(new Line2D.Double(x, middle - BAR / 2.0 - 3, x, middle + BAR / 2.0 + 3));
            var tip = new Path2D.Double();
            tip.moveTo(x, middle - BAR / 2.0);
            tip.lineTo(x - 4, middle - BAR / 2.0 - 6);
            tip.lineTo(x + 4, middle - BAR / 2.0 - 6);
            tip.closePath();
            graphics.fill(tip);
        }

        private void legend() {
            var cases = evaluation.metrics().stream().map(Metric::cases).distinct()
                    .map(count -> String.format(Locale.ROOT, "%,d", count))
                    .toList();
            var text = "n = " + String.join(" and ", cases);
            var sources = evaluation.metrics().stream().flatMap(each -> each.published().stream())
                    .map(Metric.Published::source).distinct().toList();
            if (!sources.isEmpty()) {
                text += "   ·   published: " + String.join(", ", sources);
            }
            write(text, EDGE, height() - 16, SMALL, QUIET);
        }

        private static String percent(double share) {
            return String.format(Locale.ROOT, "%.2f", 100 * share);
        }

        private static Font font(int style, int size) {
            return new Font(Font.SANS_SERIF, style, size);
        }

        private int width(String text, Font font) {
            return graphics.getFontMetrics(font).stringWidth(text);
        }

        /** The protocol's words in lines as wide as the picture. */
        private List<String> protocol() {
            var lines = new ArrayList<String>();
            var line = "";
            for (var word : evaluation.protocol().split(" ")) {
                var longer = line.isEmpty() ? word : line + " " + word;
                if (width(longer, SMALL) > WIDTH - 2 * EDGE && !line.isEmpty()) {
                    lines.add(line);
                    longer = word;
                }
                line = longer;
            }
            lines.add(line);
            return lines;
        }

        private void writeTo(int right, String text, int y, Font font, Color colour) {
            write(text, right - width(text, font), y, font, colour);
        }

        private void write(String text, int x, int y, Font font, Color colour) {
            graphics.setFont(font);
            graphics.setColor(colour);
            graphics.drawString(text, x, y);
        }
    }
}
