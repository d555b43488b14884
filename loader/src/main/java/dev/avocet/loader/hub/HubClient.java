// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import dev.avocet.loader.checkpoint.CheckpointException;
import dev.avocet.loader.checkpoint.JsonFile;
import dev.avocet.loader.http.Answer;
import dev.avocet.loader.http.Http;
import dev.avocet.loader.http.Timeouts;
import dev.avocet.loader.hub.HubException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/** The hub's protocol: which requests are sent, where the token goes, and what a refusal means. */
final class HubClient {
    private static final int MOST_REDIRECTS = 20;
    private static final int LARGEST_JSON = 64 << 20;
    private static final Set<String> HUBS = Set.of("https://huggingface.co:443", "https://hf.co:443");
    private static final Pattern NEXT = Pattern.compile("<([^>]*)>\\s*;[^,]*\\brel=\"?next\"?");
    private static final Pattern RATE_LIMIT = Pattern.compile("\\br=0\\b.*?\\bt=(\\d{1,9})\\b");

    private final HubSettings settings;
    private final Timeouts timeouts;
    private final Http http;

    /** Must only be made where the network may be used. */
    HubClient(HubSettings settings) {
        this.settings = settings;
        this.timeouts = new Timeouts(settings.answerTimeout(), settings.idleTimeout(), Timeouts.UNBOUNDED);
        this.http = new Http();
    }

    /** A JSON document and where the next page of it is, if there is one. */
    record Page(Object json, Optional<URI> next) {}

    /** What is at a path of the hub. */
    URI at(String path) {
        return URI.create(settings.endpoint() + path);
    }

    /** The pause before a request is tried again. */
    Duration retryDelay() {
        return settings.retryDelay();
    }

    /** Asks for a JSON document, once. */
    Page page(URI uri, RepoName asker) throws TransientFailure {
        try (var answer = get(uri, asker, Map.of())) {
            var bytes = decoded(answer).readNBytes(LARGEST_JSON + 1);
            if (bytes.length > LARGEST_JSON) {
                throw new HubException(Reason.BAD_ANSWER, uri + " answers with more than 64 MB of JSON");
            }
            return new Page(JsonFile.parse(bytes, Path.of("the hub's answer")), next(answer));
        } catch (CheckpointException e) {
            throw new HubException(Reason.BAD_ANSWER, uri + " answers with no JSON", e);
        } catch (IOException e) {
            throw broken(uri + " broke off", e);
        }
    }

    /** The next page, on the endpoint even where a mirror passes on the hub's own address. */
    private Optional<URI> next(Answer answer) {
        return answer.header("Link").map(NEXT::matcher).filter(link -> link.find()).map(link -> {
            var next = answer.uri().resolve(link.group(1));
            if (!isHub(next)) {
                throw new HubException(Reason.BAD_ANSWER, "the listing goes on at " + next + ", which is not the hub");
            }
            return HUBS.contains(origin(next))
                    ? at(next.getRawPath() + (next.getRawQuery() == null ? "" : "?" + next.getRawQuery()))
                    : next;
        });
    }

    /**
     * Asks for a file, or with the header Range for a part of it, once; follows redirects by hand, because the token must
     * not follow those that leave the hub. The answer's status is 200 or 206.
     */
    Answer get(URI uri, RepoName asker, Map<String, String> more) throws TransientFailure {
        var at = uri;
        boolean withToken = isHub(at);
        for (int i = 0; i < MOST_REDIRECTS; i++) {
            var answer = send(at, more, withToken);
            var location = answer.location();
            if (location.isEmpty()) {
                return successful(answer, asker, withToken);
            }
            answer.close();
            at = target(at, location.get());
            withToken = withToken && isHub(at);
        }
        throw new HubException(Reason.BAD_ANSWER, uri + " leads through more than " + MOST_REDIRECTS + " redirects");
    }

    private Answer send(URI uri, Map<String, String> more, boolean withToken) throws TransientFailure {
        var headers = new LinkedHashMap<>(more);
        headers.put("User-Agent", "avocet; java/" + Runtime.version().feature());
        headers.put("Accept-Encoding", "identity");
        if (withToken && !settings.token().isEmpty()) {
            headers.put("Authorization", "Bearer " + settings.token());
        }
        try {
            return http.get(uri, headers, timeouts);
        } catch (IOException e) {
            throw unreachable(uri, e);
        }
    }

    private static URI target(URI from, String location) {
        try {
            var target = from.resolve(location);
            boolean isHttp = "https".equals(target.getScheme())
                    || "http".equals(target.getScheme()) && "http".equals(from.getScheme());
            if (isHttp && target.getHost() != null) {
                return target;
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw new HubException(Reason.BAD_ANSWER, from + " redirects to \"" + location + "\", which is not followed");
    }

    private boolean isHub(URI uri) {
        var origin = origin(uri);
        return origin.equals(origin(settings.endpoint())) || HUBS.contains(origin);
    }

    private static String origin(URI uri) {
        var scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
        return scheme + "://" + String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT) + ":" + port;
    }

    /** The body as it was before compression, which some servers apply though they were asked not to. */
    static InputStream decoded(Answer answer) throws TransientFailure {
        try {
            return isCompressed(answer) ? new GZIPInputStream(answer.body()) : answer.body();
        } catch (IOException e) {
            throw broken(answer.uri().getHost() + " sends what can't be unpacked", e);
        }
    }

    static boolean isCompressed(Answer answer) {
        return answer.header("Content-Encoding").filter("gzip"::equalsIgnoreCase).isPresent();
    }

    private Answer successful(Answer answer, RepoName asker, boolean isHub) throws TransientFailure {
        if (answer.status() == 200 || answer.status() == 206) {
            return answer;
        }
        answer.close();
        var error = isHub ? refusal(answer, asker) : refusal(answer, answer.uri().getHost() + " answers");
        boolean isTransient = switch (answer.status()) {
            case 408, 429, 500, 502, 503, 504 -> true;
            default -> false;
        };
        if (isTransient) {
            throw new TransientFailure(error, wanted(answer));
        }
        throw error;
    }

    private HubException refusal(Answer answer, RepoName asker) {
        var name = asker.title();
        var code = answer.header("X-Error-Code").orElse("");
        var message = answer.header("X-Error-Message").orElse("");
        var hub = settings.endpoint();
        return switch (code) {
            case "RevisionNotFound" -> new HubException(Reason.NO_REVISION,
                    asker.id() + " has no revision \"" + asker.revision() + "\" on " + hub);
            case "EntryNotFound" ->
                new HubException(Reason.NO_FILE, name + " has no file at " + answer.uri().getPath());
            case "GatedRepo" -> new HubException(Reason.GATED, name + " is gated: its owner gives access on request"
                    + (settings.token().isEmpty() ? ", and no token is set" : ", and the token's account has none"));
            case "RepoNotFound" -> new HubException(Reason.NO_REPOSITORY, "there is no " + asker.id() + " on " + hub
                    + (settings.token().isEmpty() ? ", or it is private" : ", or the token may not see it"));
            default -> switch (answer.status()) {
                case 401 -> message.contains("credentials") || !settings.token().isEmpty()
                        ? new HubException(Reason.BAD_TOKEN, hub + " does not accept the token")
                        : new HubException(Reason.NO_REPOSITORY, "there is no " + asker.id() + " on " + hub
                                + ", or it is private");
                case 403 -> new HubException(Reason.FORBIDDEN, hub + " refuses " + name + " (403"
                        + (message.isEmpty() ? "" : ": " + message) + ")");
                case 404 -> new HubException(Reason.NO_REPOSITORY, "there is no " + asker.id() + " on " + hub);
                default -> refusal(answer, hub + " answers");
            };
        };
    }

    private static HubException refusal(Answer answer, String who) {
        int status = answer.status();
        return status == 429
                ? new HubException(Reason.SERVER_FAILED, who + " 429: too many requests")
                : new HubException(status >= 500 || status == 408 ? Reason.SERVER_FAILED : Reason.BAD_ANSWER,
                        who + " with status " + status);
    }

    /** The pause that the server asks for, as Retry-After or as the hub's RateLimit. */
    private static Optional<Duration> wanted(Answer answer) {
        var after = answer.header("Retry-After").filter(value -> value.matches("\\d{1,9}"));
        var reset = answer.header("RateLimit").map(RATE_LIMIT::matcher).filter(limit -> limit.find())
                .map(limit -> limit.group(1));
        return after.or(() -> reset).map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)));
    }

    /** What it means that there is no answer; throws it where trying again is pointless. */
    private TransientFailure unreachable(URI uri, IOException failure) {
        var proxy = http.proxy(uri);
        var host = uri.getScheme() + "://" + uri.getAuthority()
                + proxy.map(each -> " through the proxy " + each).orElse("");
        if (hasCause(failure, CertificateException.class)) {
            throw new HubException(Reason.UNREACHABLE, host + " is not trusted: " + failure.getMessage(), failure);
        }
        if (failure instanceof UnknownHostException || hasCause(failure, UnresolvedAddressException.class)) {
            return broken("there is no network, or no host " + proxy.orElse(uri.getHost()), failure);
        }
        return broken(
                host + (failure instanceof ConnectException ? " does not accept connections" : " can't be reached"),
                failure);
    }

    /** The failure of a transfer that had begun; throws instead where the thread was interrupted. */
    static TransientFailure broken(String what, IOException failure) {
        if (failure instanceof InterruptedIOException && Thread.currentThread().isInterrupted()) {
            throw Patience.interrupted(failure);
        }
        var why = failure.getMessage() == null ? "" : " (" + failure.getMessage() + ")";
        return new TransientFailure(new HubException(Reason.UNREACHABLE, what + why, failure), Optional.empty());
    }

    private static boolean hasCause(Throwable failure, Class<? extends Throwable> kind) {
        for (var each = failure; each != null; each = each.getCause()) {
            if (kind.isInstance(each)) {
                return true;
            }
        }
        return false;
    }
}
