// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.fetch;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What a site says in {@code X-Robots-Tag} of the use of its pictures. */
final class Robots {
    private static final String OURSELVES = "avocet";
    private static final Set<String> FORBIDDING = Set.of("noai", "noimageai", "noindex", "noimageindex", "none");
    /** A directive whose value follows a colon, which is no robot's name. */
    private static final Set<String> WITH_VALUES =
            Set.of("unavailable_after", "max-snippet", "max-image-preview", "max-video-preview");
    private static final Pattern ROBOT = Pattern.compile("\\s*([A-Za-z0-9_-]+)\\s*:(.*)");

    private Robots() {}

    /** Why a picture with these headers is left alone. */
    static Optional<String> refusal(Map<String, List<String>> headers) {
        return headers.getOrDefault("X-Robots-Tag", List.of()).stream()
                .flatMap(value -> directives(value).stream())
                .filter(FORBIDDING::contains)
                .findFirst()
                .map(directive -> "the site does not allow it (X-Robots-Tag: " + directive + ")");
    }

    /** Those of a header that are for everyone or for us: a robot's name holds for all that follow. */
    private static List<String> directives(String value) {
        var found = new ArrayList<String>();
        boolean isForUs = true;
        for (var part : value.toLowerCase(Locale.ROOT).split(",")) {
            var directive = part;
            var robot = ROBOT.matcher(part);
            if (robot.matches() && !WITH_VALUES.contains(robot.group(1))) {
                isForUs = robot.group(1).equals(OURSELVES);
                directive = robot.group(2);
            }
            if (isForUs) {
                found.add(directive.strip());
            }
        }
        return found;
    }
}
