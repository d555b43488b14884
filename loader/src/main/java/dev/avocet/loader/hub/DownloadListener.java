// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import java.time.Duration;

/** Learns of downloads, in the thread that asked for them; what it throws ends the download. */
public interface DownloadListener {
    /** Hears nothing. */
    DownloadListener SILENT = new DownloadListener() {};

    /** A download is about to begin; not called when all is in the cache. */
    default void begins(DownloadPlan plan) {}

    /** So many bytes of the plan are there; fewer than before where a server makes us begin a file again. */
    default void progresses(DownloadPlan plan, long bytes) {}

    /** All of the plan is in the cache. */
    default void ends(DownloadPlan plan) {}

    /** A request failed and is tried again after a pause. */
    default void waits(String failure, Duration pause) {}

    /** The hub can't be asked, and what the cache has is used. */
    default void fallsBack(String failure) {}
}
