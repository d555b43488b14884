// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import java.time.Duration;

/** How often a request is tried again: five times in a row without progress, after longer and longer pauses. */
final class Patience {
    private static final int MOST = 5;
    private static final int LONGEST_FACTOR = 8;
    /** Who is told to wait longer than this would rather be told why. */
    private static final Duration LONGEST_WANTED = Duration.ofMinutes(5);

    private final Duration first;
    private final DownloadListener listener;
    private int tried;

    Patience(Duration first, DownloadListener listener) {
        this.first = first;
        this.listener = listener;
    }

    /** Something arrived: the next failure is the first again. */
    void renew() {
        tried = 0;
    }

    /** Waits before the next try; throws the failure's error where that has no more sense. */
    void pause(TransientFailure failure) {
        var pause = failure.wanted().orElse(first.multipliedBy(Math.min(1L << tried, LONGEST_FACTOR)));
        if (++tried > MOST || pause.compareTo(LONGEST_WANTED) > 0) {
            throw failure.error();
        }
        listener.waits(failure.error().what(), pause);
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** The error for an interrupted thread, which stays marked as such. */
    static HubException interrupted(Exception cause) {
        Thread.currentThread().interrupt();
        return new HubException(HubException.Reason.INTERRUPTED, "the download was interrupted", cause);
    }
}
