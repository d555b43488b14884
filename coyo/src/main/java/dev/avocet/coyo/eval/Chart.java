// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.eval;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;

/** Metrics as bars with their intervals, beside published values; a PNG of twice the size at which it is meant to be seen. */
public final class Chart {
    private static final int SCALE = 2;
    private static final int WIDTH = 760;
    private static final int ROW = 34;
    private static final int BAR = 16;
    private static final int TOP = 100;
    private static final int BOTTOM = 62;
    private static final int GAP = 16;
    private static final int VALUES = 172;
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
            int height = TOP + ROW * evaluation.metrics().size() + BOTTOM;
            var picture = new BufferedImage(WIDTH * SCALE, height * SCALE, BufferedImage.TYPE_INT_RGB);
            var graphics = picture.createGraphics();
            graphics.scale(SCALE, SCALE);
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, WIDTH, height);
            new Drawing(graphics, evaluation, height).draw();
            graphics.dispose();
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

    private record Drawing(Graphics2D graphics, Evaluation evaluation, int height) {
        void draw() {
            write(evaluation.name() + " · " + evaluation.model(), 20, 30, font(Font.BOLD, 17), INK);
            var protocol = font(Font.PLAIN, 11);
            int y = 50;
            for (var line : lines(evaluation.protocol(), protocol, WIDTH - 40)) {
                write(line, 20, y, protocol, QUIET);
                y += 15;
            }
            int left =
                    20 + evaluation.metrics().stream().mapToInt(each -> width(each.name(), font(Font.PLAIN, 13))).max()
                            .orElse(0) + GAP;
            int right = WIDTH - VALUES;
            grid(left, right);
            for (int i = 0; i < evaluation.metrics().size(); i++) {
                row(evaluation.metrics().get(i), left, right, TOP + i * ROW + ROW / 2);
            }
            legend();
        }

        private void grid(int left, int right) {
            int bottom = height - BOTTOM;
            for (int percent = 0; percent <= 100; percent += 20) {
                int x = left + (right - left) * percent / 100;
                graphics.setColor(GRID);
                graphics.setStroke(new BasicStroke(1));
                graphics.drawLine(x, TOP - 6, x, bottom);
                var label = percent + " %";
                write(label, x - width(label, font(Font.PLAIN, 11)) / 2, bottom + 16, font(Font.PLAIN, 11), QUIET);
            }
        }

        private void row(Metric metric, int left, int right, int middle) {
            write(metric.name(), left - GAP - width(metric.name(), font(Font.PLAIN, 13)), middle + 5,
                    font(Font.PLAIN, 13), INK);
            double length = right - left;
            graphics.setColor(FILL);
            graphics.fill(new Rectangle2D.Double(left, middle - BAR / 2.0, metric.value() * length, BAR));
            graphics.setColor(INK);
            graphics.setStroke(new BasicStroke(1.4f));
            int low = (int) Math.round(left + metric.interval().low() * length);
            int high = (int) Math.round(left + metric.interval().high() * length);
            graphics.drawLine(low, middle, high, middle);
            graphics.drawLine(low, middle - 4, low, middle + 4);
            graphics.drawLine(high, middle - 4, high, middle + 4);
            metric.published().ifPresent(published -> diamond(left + published.value() * length, middle));
            var value = percent(metric.value());
            write(value, right + 14, middle + 5, font(Font.BOLD, 13), INK);
            var interval = percent(metric.interval().low()) + "–" + percent(metric.interval().high());
            write(interval, right + 14 + width("100.00  ", font(Font.BOLD, 13)), middle + 5, font(Font.PLAIN, 11),
                    QUIET);
        }

        private void diamond(double x, int y) {
            var path = new Path2D.Double();
            path.moveTo(x, y - 8);
            path.lineTo(x + 6, y);
            path.lineTo(x, y + 8);
            path.lineTo(x - 6, y);
            path.closePath();
            graphics.setColor(MARK);
            graphics.fill(path);
            graphics.setColor(Color.WHITE);
            graphics.setStroke(new BasicStroke(1.2f));
            graphics.draw(path);
        }

        private void legend() {
            int y = height - 16;
            var small = font(Font.PLAIN, 11);
            var cases = evaluation.metrics().stream().map(Metric::cases).distinct()
                    .map(count -> String.format(Locale.ROOT, "%,d", count))
                    .toList();
            var text = "whiskers: 95 % confidence   ·   cases: " + String.join(" and ", cases);
            write(text, 20, y, small, QUIET);
            if (evaluation.metrics().stream().anyMatch(each -> each.published().isPresent())) {
                int x = 20 + width(text, small) + 24;
                diamond(x, y - 4);
                write("published", x + 12, y, small, QUIET);
            }
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

        /** The words of a text in at most two lines. */
        private List<String> lines(String text, Font font, int most) {
            int end = text.length();
            while (width(text.substring(0, end), font) > most) {
                end = text.lastIndexOf(' ', end - 1);
            }
            var first = text.substring(0, end);
            var rest = text.substring(end).strip();
            while (width(rest, font) > most) {
                rest = rest.substring(0, rest.length() - 2).stripTrailing() + "…";
            }
            return List.of(first, rest);
        }

        private void write(String text, int x, int y, Font font, Color colour) {
            graphics.setFont(font);
            graphics.setColor(colour);
            graphics.drawString(text, x, y);
        }
    }
}
