// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.fetch;

import dev.avocet.loader.fetch.FetchException;
import dev.avocet.loader.fetch.Fetcher;
import dev.avocet.loader.image.Image;
import dev.avocet.loader.image.ImageException;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** Fetches pictures one by one, from any number of threads; whatever goes wrong is an {@link Outcome}. */
final class PictureFetcher {
    private final FetchSettings settings;
    private final Fetcher fetcher;
    private final Map<String, Semaphore> hosts = new ConcurrentHashMap<>();
    /** A decoded picture is many times its file: no more at once than can be computed. */
    private final Semaphore decoding = new Semaphore(Runtime.getRuntime().availableProcessors());

    private volatile boolean isReached;

    PictureFetcher(FetchSettings settings) {
        this.settings = settings;
        this.fetcher = new Fetcher(settings.limits());
    }

    Outcome fetch(String url) throws InterruptedException {
        if (url == null || url.isBlank()) {
            return Outcome.failed(Outcome.NO_DOWNLOAD, "there is no address");
        }
        var host = hosts.computeIfAbsent(host(url), _ -> new Semaphore(settings.perHost()));
        byte[] bytes;
        host.acquire();
        try {
            bytes = download(url);
            isReached = true;
        } catch (FetchException e) {
            if (e.reason() != FetchException.Reason.UNREACHABLE) {
                isReached = true;
            }
            return Outcome.failed(Outcome.NO_DOWNLOAD, e.getMessage());
        } finally {
            host.release();
        }
        decoding.acquire();
        try {
            return picture(bytes);
        } finally {
            decoding.release();
        }
    }

    private byte[] download(String url) throws InterruptedException {
        var pause = settings.retryDelay();
        for (int left = settings.retries(); true; left--) {
            try {
                return fetcher.fetch(url, Robots::refusal);
            } catch (FetchException e) {
                if (Thread.interrupted()) {
                    throw (InterruptedException) new InterruptedException().initCause(e);
                }
                if (left == 0 || !e.isTransient()) {
                    throw e;
                }
                Thread.sleep(shorter(e.retryAfter().orElse(pause), settings.longestDelay()));
                pause = pause.multipliedBy(2);
            }
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private Outcome picture(byte[] bytes) {
        try {
            var picture = Image.read(bytes, settings.pictures());
            return new Outcome(Outcome.SUCCESS, null, bytes, ending(bytes), picture.width(), picture.height(),
                    PerceptualHash.of(picture), sha256(bytes));
        } catch (ImageException e) {
            return Outcome.failed(Outcome.NO_PICTURE, e.getMessage());
        }
    }

    /** By the first bytes, which {@link Image#read} has accepted. */
    private static String ending(byte[] bytes) {
        return switch (bytes[0] & 0xFF) {
            case 0xFF -> "jpg";
            case 0x89 -> "png";
            case 'G' -> "gif";
            case 'B' -> "bmp";
            case 'R' -> "webp";
            default -> "tif";
        };
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static String host(String url) {
        try {
            return String.valueOf(URI.create(url).getHost()).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /** Of how many hosts none could be reached; 0 where one could. */
    int unreachableHosts() {
        return isReached ? 0 : hosts.size();
    }

    /** Forgets the hosts, of which a large data set has millions; nothing may be in flight. */
    void forgetHosts() {
        hosts.clear();
        isReached = false;
    }
}
