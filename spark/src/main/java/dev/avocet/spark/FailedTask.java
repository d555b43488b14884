// SPDX-License-Identifier: Apache-2.0
package dev.avocet.spark;

import java.util.regex.Pattern;

/** Finds in what Spark throws the line that tells a person what is wrong. */
final class FailedTask {
    /** Spark writes a task's failure into its own message, with the name of its class and its trace. */
    private static final Pattern AVOCETS =
            Pattern.compile("(?:dev\\.avocet[\\w.$]*|java\\.lang\\.IllegalStateException): ((?:Avocet needs)?[^\\n]*)");

    private FailedTask() {}

    static String reason(Throwable thrown) {
        for (var e = thrown; e != null; e = e.getCause()) {
            var found = e.getMessage() == null ? null : AVOCETS.matcher(e.getMessage());
            if (found != null && found.find()) {
                return found.group(1);
            }
        }
        var message = String.valueOf(thrown.getMessage()).strip();
        return message.lines().findFirst().orElse(thrown.toString());
    }
}
