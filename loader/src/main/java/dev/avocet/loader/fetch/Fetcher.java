// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.fetch;

import dev.avocet.loader.fetch.FetchException.Reason;
import dev.avocet.loader.http.Answer;
import dev.avocet.loader.http.Http;
import dev.avocet.loader.http.Timeouts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Fetches URLs over https and http within {@link FetchLimits}, checked again at each redirect. Sends no token and no
 * cookie. May be used from any number of threads; nothing to close.
 *
 * <p>A host's name is judged by the addresses that the JVM has for it, which the JVM keeps for 30 seconds
 * ({@code networkaddress.cache.ttl}), so that the connection goes to what was judged.
 */
public final class Fetcher {
    private static final Map<String, String> HEADERS =
            Map.of("User-Agent", "avocet", "Accept-Encoding", "identity", "Accept", "*/*");

    private final FetchLimits limits;
    private final Http http = new Http();

    /** A fetcher within these limits. */
    public Fetcher(FetchLimits limits) {
        this.limits = limits;
    }

    /** The bytes that a URL stands for; throws {@link FetchException}. */
    public byte[] fetch(String url) {
        return fetch(url, _ -> Optional.empty());
    }

    /**
     * The same where the headers of the answer are acceptable, whose names may be asked for in any letters: {@code refusal} says what is
     * wrong with them, and nothing of the content is read then.
     */
    public byte[] fetch(String url, Function<Map<String, List<String>>, Optional<String>> refusal) {
        var at = parse(url, url);
        long deadline = System.nanoTime() + limits.time().toNanos();
        boolean privateAllowed = limits.privateAddresses();
        for (int i = 0; i <= limits.maxRedirects(); i++) {
            boolean isPublic = isPublic(at, url);
            if (!isPublic && !privateAllowed) {
                throw new FetchException(Reason.REFUSED, url + " leads to " + at.getHost()
                        + ", which is no public address; give a public one");
            }
            privateAllowed &= !isPublic;
            try (var answer = get(at, deadline)) {
                var location = answer.location();
                if (location.isEmpty()) {
                    return content(answer, url, refusal);
                }
                at = target(at, location.get(), url);
            } catch (HttpTimeoutException e) {
                throw new FetchException(Reason.TOO_SLOW, url + " can't be fetched: " + e.getMessage()
                        + "; try again, or download it by other means", e);
            } catch (IOException e) {
                throw new FetchException(Reason.UNREACHABLE, url + " can't be fetched: "
                        + (e.getMessage() == null ? "no connection" : e.getMessage())
                        + "; check the address and the network",
                        e);
            }
        }
        throw new FetchException(Reason.REFUSED, url + " leads through more than " + limits.maxRedirects()
                + " redirects; give the address at their end");
    }

    private Answer get(URI uri, long deadline) throws IOException {
        var left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
        return http.get(uri, HEADERS, new Timeouts(limits.idle(), limits.idle(), left));
    }

    private byte[] content(Answer answer, String url, Function<Map<String, List<String>>, Optional<String>> refusal)
            throws IOException {
        if (answer.status() != 200) {
            var after = answer.header("Retry-After").filter(value -> value.matches("\\d{1,9}"))
                    .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)));
            throw new FetchException(
                    url + " can't be fetched: the server answers " + answer.status() + "; check the address",
                    answer.status(), after);
        }
        var wrong = refusal.apply(answer.headers().map());
        if (wrong.isPresent()) {
            throw new FetchException(Reason.NOT_WANTED, url + " is not fetched: " + wrong.get());
        }
        if (answer.length().orElse(0) > limits.maxBytes()) {
            throw tooLarge(url);
        }
        var bytes = answer.body().readNBytes((int) limits.maxBytes());
        if (bytes.length == limits.maxBytes() && answer.body().read() >= 0) {
            throw tooLarge(url);
        }
        return bytes;
    }

    private FetchException tooLarge(String url) {
        return new FetchException(Reason.TOO_LARGE, url + " has more than the " + limits.maxBytes()
                + " bytes that are allowed; download it by other means");
    }

    private static URI target(URI from, String location, String url) {
        try {
            return parse(from.resolve(location).toString(), url);
        } catch (IllegalArgumentException e) {
            throw new FetchException(Reason.REFUSED, url + " redirects to \"" + location + "\", which is no address; "
                    + "check the address", e);
        }
    }

    private static URI parse(String text, String url) {
        try {
            var uri = URI.create(text);
            boolean isHttp = "https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme());
            if (isHttp && uri.getHost() != null && uri.getUserInfo() == null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw new FetchException(Reason.REFUSED, url + (text.equals(url) ? " is" : " leads to " + text + ", which is")
                + " no http or https address of a host, without a user's name; correct it");
    }

    private boolean isPublic(URI uri, String url) {
        if (isProxied(uri)) {
            return true;
        }
        try {
            return Arrays.stream(InetAddress.getAllByName(uri.getHost())).allMatch(PublicAddress::isPublic);
        } catch (UnknownHostException e) {
            throw new FetchException(Reason.UNREACHABLE, url + " can't be fetched: there is no network, or no host "
                    + uri.getHost() + "; check the address and the network", e);
        }
    }

    /** A proxy may know names that this machine can't resolve; an address is judged all the same. */
    private boolean isProxied(URI uri) {
        boolean isAddress = uri.getHost().startsWith("[") || uri.getHost().matches("[0-9.]+");
        return !isAddress && http.proxy(uri).isPresent();
    }
}
