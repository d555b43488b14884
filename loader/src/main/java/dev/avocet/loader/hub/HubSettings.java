// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import dev.avocet.loader.hub.HubException.Reason;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the hub and its cache are, and how to behave.
 *
 * @param endpoint the hub or a mirror of it, such as {@code https://huggingface.co}
 * @param cache the folder with the {@code models--} folders
 * @param token who asks; empty for nobody. Sent to the endpoint and to Hugging Face's own hub, never elsewhere
 * @param offline whether no packet may be sent
 * @param symlinks whether the cache may have symbolic links; without them every revision has its own copy of a file
 * @param answerTimeout how long to wait for a connection and an answer
 * @param idleTimeout how long to wait for the next bytes of a file
 * @param retryDelay the pause before a request is tried again; it doubles up to eight times this
 */
public record HubSettings(
        URI endpoint,
        Path cache,
        String token,
        boolean offline,
        boolean symlinks,
        Duration answerTimeout,
        Duration idleTimeout,
        Duration retryDelay) {
    private static final URI HUB = URI.create("https://huggingface.co");
    private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:(\\w+)|\\{([^}]*)\\})");
    private static final Pattern NOT_IN_HEADERS = Pattern.compile("[^!-~]");

    /** Refuses an endpoint that is no http address, and a token that no header can hold. */
    public HubSettings {
        boolean isHttp = "http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme());
        if (!isHttp || endpoint.getHost() == null) {
            throw new HubException(Reason.BAD_SETTING, "HF_ENDPOINT is \"" + endpoint
                    + "\", not an address such as https://huggingface.co");
        }
        if (NOT_IN_HEADERS.matcher(token).find()) {
            throw new HubException(Reason.BAD_SETTING,
                    "the token in HF_TOKEN or HF_TOKEN_PATH has characters that no token has");
        }
    }

    /** What huggingface_hub's environment variables say. */
    public static HubSettings fromEnv() {
        return of(System.getenv(), Path.of(System.getProperty("user.home")));
    }

    static HubSettings of(Map<String, String> variables, Path userHome) {
        var env = new Env(variables, userHome);
        var home = env.path("HF_HOME",
                env.text("XDG_CACHE_HOME", userHome.resolve(".cache").toString()) + "/huggingface");
        var cache = env.path("HF_HUB_CACHE", env.text("HUGGINGFACE_HUB_CACHE", home + "/hub"));
        var token = env.isTrue("HF_HUB_DISABLE_IMPLICIT_TOKEN") ? "" : env.token(home);
        return new HubSettings(
                env.address("HF_ENDPOINT", HUB),
                cache.toAbsolutePath(),
                token,
                env.isTrue(env.text("HF_HUB_OFFLINE", "").isEmpty() ? "TRANSFORMERS_OFFLINE" : "HF_HUB_OFFLINE"),
                !env.isTrue("HF_HUB_DISABLE_SYMLINKS"),
                env.seconds("HF_HUB_ETAG_TIMEOUT", 10),
                env.seconds("HF_HUB_DOWNLOAD_TIMEOUT", 10),
                Duration.ofSeconds(1));
    }

    /** The same, never using the network. */
    public HubSettings withOffline() {
        return new HubSettings(endpoint, cache, token, true, symlinks, answerTimeout, idleTimeout, retryDelay);
    }

    /** All but the token. */
    @Override
    public String toString() {
        return "HubSettings[endpoint=" + endpoint + ", cache=" + cache + ", token=" + (token.isEmpty() ? "none" : "set")
                + ", offline=" + offline + ", symlinks=" + symlinks + "]";
    }

    private record Env(Map<String, String> variables, Path userHome) {
        String text(String name, String otherwise) {
            var value = variables.getOrDefault(name, "");
            return value.isEmpty() ? otherwise : value;
        }

        boolean isTrue(String name) {
            return TRUE.contains(text(name, "").toUpperCase(Locale.ROOT));
        }

        /** A path in which {@code ~}, {@code $NAME} and <code>${NAME}</code> are replaced. */
        Path path(String name, String otherwise) {
            var text = text(name, otherwise);
            if (text.equals("~") || text.startsWith("~/")) {
                text = userHome + text.substring(1);
            }
            return Path.of(VARIABLE.matcher(text).replaceAll(this::value));
        }

        private String value(MatchResult found) {
            var name = found.group(1) == null ? found.group(2) : found.group(1);
            return Matcher.quoteReplacement(variables.getOrDefault(name, found.group()));
        }

        URI address(String name, URI otherwise) {
            var text = text(name, otherwise.toString());
            try {
                return URI.create(text.replaceFirst("/+$", ""));
            } catch (IllegalArgumentException e) {
                throw new HubException(Reason.BAD_SETTING, name + " is \"" + text + "\", which is no address", e);
            }
        }

        Duration seconds(String name, int otherwise) {
            var text = text(name, String.valueOf(otherwise));
            try {
                int seconds = Integer.parseInt(text.strip());
                if (seconds > 0) {
                    return Duration.ofSeconds(seconds);
                }
            } catch (NumberFormatException e) {
                // Said below.
            }
            throw new HubException(Reason.BAD_SETTING, name + " is \"" + text + "\", not a number of seconds");
        }

        String token(Path home) {
            var token = text("HF_TOKEN", text("HUGGING_FACE_HUB_TOKEN", "")).strip();
            return token.isEmpty() ? tokenOf(path("HF_TOKEN_PATH", home + "/token")) : token;
        }

        private static String tokenOf(Path file) {
            try {
                return Files.readString(file).strip();
            } catch (NoSuchFileException e) {
                return "";
            } catch (IOException e) {
                throw new HubException(Reason.BAD_SETTING,
                        "the token's file " + file + " (HF_TOKEN_PATH) can't be read: "
                                + e,
                        e);
            }
        }
    }
}
