// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import java.util.regex.Pattern;

/** Whether a name that a stranger chose stays inside the folder that it is put into, on any operating system. */
final class SafePath {
    private static final Pattern DRIVE = Pattern.compile("[A-Za-z]:.*", Pattern.DOTALL);

    private SafePath() {}

    static boolean isSafe(String path) {
        if (path.isEmpty() || path.chars().anyMatch(each -> each < ' ' || each == 0x7f)) {
            return false;
        }
        for (var part : path.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.contains("\\") || part.equals("..")
                    || DRIVE.matcher(part).matches()) {
                return false;
            }
        }
        return true;
    }
}
