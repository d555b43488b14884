// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import java.util.Collection;
import java.util.stream.Collectors;

/**
 * Shows names that strangers chose: one line, no control or direction characters, never longer than a message can be.
 */
final class Names {
    private static final int LONGEST = 200;
    private static final int MOST = 5;

    private Names() {}

    /**
     * The name in quotes; what a terminal would act upon is escaped as in JSON, and the middle of a long one is left
     * out.
     */
    static String quote(String name) {
        if (name.length() > LONGEST) {
            return '"' + escape(name.substring(0, LONGEST / 2)) + "\"...\""
                    + escape(name.substring(name.length() - LONGEST / 2))
                    + "\" (" + name.length() + " characters)";
        }
        return '"' + escape(name) + '"';
    }

    /** The first few names, and how many there are beyond them. */
    static String list(Collection<String> names) {
        var shown = names.stream().limit(MOST).map(Names::quote).collect(Collectors.joining(", "));
        return names.size() <= MOST ? shown : shown + " and " + (names.size() - MOST) + " more";
    }

    /** The text without what a terminal would act upon. */
    static String escape(String text) {
        var escaped = new StringBuilder();
        text.codePoints().forEach(point -> {
            if (point == '"' || point == '\\') {
                escaped.append('\\').appendCodePoint(point);
            } else if (isVisible(point)) {
                escaped.appendCodePoint(point);
            } else {
                for (char unit : Character.toChars(point)) {
                    escaped.append("\\u%04x".formatted((int) unit));
                }
            }
        });
        return escaped.toString();
    }

    private static boolean isVisible(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED ->
                false;
            default -> true;
        };
    }
}
