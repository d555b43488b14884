// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.search.Hit;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;

/** A contact sheet as a PNG; without words where this machine has no fonts. */
final class SheetPicture implements ContactSheet.Format {
    private static final int COLUMNS = 5;
    private static final int FRAME = 200;
    private static final int GAP = 20;
    private static final int LINE = 20;
    private static final int TITLE = 34;
    private static final int WORDS = 3 * LINE;
    private static final Color FRAME_COLOUR = new Color(0xF1F1EF);
    private static final Color FAINT = new Color(0x6B6B68);

    @Override
    public byte[] sheet(String title, List<Hit> hits, Terminal terminal) throws IOException {
        var font = font();
        if (font.isEmpty()) {
            terminal.say("the sheet has no words, since this machine has no fonts; install fontconfig and a font, or "
                    + "write .html");
        }
        int columns = Math.clamp(hits.size(), 1, COLUMNS);
        int rows = Math.ceilDiv(hits.size(), COLUMNS);
        int cell = FRAME + (font.isPresent() ? WORDS : 0);
        int top = font.isPresent() ? TITLE : 0;
        // As wide as two pictures at least, so that the title has room.
        var sheet = new BufferedImage(GAP + Math.max(2, columns) * (FRAME + GAP), GAP + top + rows * (cell + GAP),
                BufferedImage.TYPE_INT_RGB);
        var graphics = sheet.createGraphics();
        try {
            graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
            font.ifPresent(each -> {
                graphics.setColor(Color.BLACK);
                graphics.setFont(each.deriveFont(Font.BOLD, 19f));
                write(graphics, title, GAP, GAP + LINE, sheet.getWidth() - 2 * GAP);
            });
            for (int i = 0; i < hits.size(); i++) {
                int x = GAP + i % COLUMNS * (FRAME + GAP);
                int y = GAP + top + i / COLUMNS * (cell + GAP);
                draw(graphics, hits.get(i), x, y);
                if (font.isPresent()) {
                    words(graphics, font.get(), i + 1, hits.get(i), x, y + FRAME + LINE);
                }
            }
        } finally {
            graphics.dispose();
        }
        var bytes = new ByteArrayOutputStream();
        ImageIO.write(sheet, "png", bytes);
        return bytes.toByteArray();
    }

    /** Java asks the system for its fonts, and fails in many ways where there are none. */
    @SuppressWarnings("CatchingUnchecked")
    private static Optional<Font> font() {
        try {
            var font = new Font(Font.SANS_SERIF, Font.PLAIN, 14);
            var probe = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
            probe.getFontMetrics(font).stringWidth("a");
            probe.dispose();
            return Optional.of(font);
        } catch (RuntimeException | Error e) {
            return Optional.empty();
        }
    }

    private static void draw(Graphics2D graphics, Hit hit, int x, int y) throws IOException {
        graphics.setColor(FRAME_COLOUR);
        graphics.fillRect(x, y, FRAME, FRAME);
        if (hit.entry().thumbnail().length > 0) {
            var picture = ImageIO.read(new ByteArrayInputStream(hit.entry().thumbnail()));
            graphics.drawImage(picture,
                    x + (FRAME - picture.getWidth()) / 2, y + (FRAME - picture.getHeight()) / 2, null);
        }
    }

    private static void words(Graphics2D graphics, Font font, int rank, Hit hit, int x, int y) {
        graphics.setColor(Color.BLACK);
        graphics.setFont(font.deriveFont(Font.BOLD));
        graphics.drawString(Integer.toString(rank), x, y);
        graphics.setFont(font);
        var score = ContactSheet.score(hit);
        graphics.drawString(score, x + FRAME - graphics.getFontMetrics().stringWidth(score), y);
        graphics.setFont(font.deriveFont(12f));
        graphics.setColor(FAINT);
        write(graphics, ContactSheet.name(hit.entry()), x, y + LINE, FRAME);
        ContactSheet.caption(hit.entry()).ifPresent(text -> write(graphics, text, x, y + 2 * LINE - 3, FRAME));
    }

    /** As much of a text as there is room for. */
    private static void write(Graphics2D graphics, String text, int x, int y, int room) {
        var metrics = graphics.getFontMetrics();
        var shown = DisplayText.clean(text);
        if (metrics.stringWidth(shown) > room) {
            int end = shown.length();
            while (end > 0 && metrics.stringWidth(shown.substring(0, end) + "...") > room) {
                end = shown.offsetByCodePoints(end, -1);
            }
            shown = shown.substring(0, end) + "...";
        }
        graphics.drawString(shown, x, y);
    }
}
