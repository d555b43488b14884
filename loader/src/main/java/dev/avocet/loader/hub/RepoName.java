// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import dev.avocet.loader.hub.HubException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Which repository, and which revision of it: a branch, a tag, {@code refs/pr/N} or a commit. */
record RepoName(Kind kind, String id, String revision) {
    private static final String MAIN = "main";
    private static final Pattern PART = Pattern.compile("\\w([\\w.-]{0,94}\\w)?");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

    /** What a repository holds; says how paths on the hub and in the cache begin. */
    enum Kind {
        /** A model. */
        MODEL("models", ""),
        /** A data set. */
        DATASET("datasets", "datasets/");

        private final String plural;
        private final String prefix;

        Kind(String plural, String prefix) {
            this.plural = plural;
            this.prefix = prefix;
        }
    }

    /** Reads {@code owner/name} or {@code owner/name@revision}; old models have no owner. */
    static RepoName of(Kind kind, String text) {
        int at = text.indexOf('@');
        var id = at < 0 ? text : text.substring(0, at);
        var revision = at < 0 ? MAIN : text.substring(at + 1);
        var parts = id.split("/", -1);
        boolean valid = parts.length <= 2 && !id.contains("--") && !id.contains("..") && !id.endsWith(".git");
        for (var part : parts) {
            valid &= PART.matcher(part).matches();
        }
        if (!valid) {
            throw new HubException(Reason.BAD_NAME, "\"" + text + "\" is no name of a repository on the hub");
        }
        if (!SafePath.isSafe(revision)) {
            throw new HubException(Reason.BAD_NAME, "\"" + revision + "\" is no revision");
        }
        return new RepoName(kind, id, revision);
    }

    /** Whether the text has the form of a commit, which never changes. */
    static boolean isCommit(String text) {
        return COMMIT.matcher(text).matches();
    }

    /** The name in messages. */
    String title() {
        return revision.equals(MAIN) ? id : id + "@" + revision;
    }

    /** The name of its folder in the cache. */
    String folder() {
        return kind.plural + "--" + id.replace("/", "--");
    }

    /** The path of its commit on the hub. */
    String infoPath() {
        return "/api/" + kind.plural + "/" + id + "/revision/" + quote(revision, false) + "?expand=sha";
    }

    /** The path of a commit's listing on the hub. */
    String treePath(String commit) {
        return "/api/" + kind.plural + "/" + id + "/tree/" + commit + "?recursive=true&expand=false";
    }

    /** The path of one of its files on the hub. */
    String filePath(String commit, String file) {
        return "/" + kind.prefix + id + "/resolve/" + commit + "/" + quote(file, true);
    }

    /** Percent-encodes all that is not letter, digit or one of {@code _.-~}. */
    private static String quote(String text, boolean keepSlashes) {
        var quoted = new StringBuilder();
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = each >= '0' && each <= '9' || each >= 'a' && each <= 'z' || each >= 'A' && each <= 'Z'
                    || "_.-~".indexOf(each) >= 0 || keepSlashes && each == '/';
            quoted.append(plain ? String.valueOf((char) each) : "%%%02X".formatted(each & 0xFF));
        }
        return quoted.toString();
    }
}
