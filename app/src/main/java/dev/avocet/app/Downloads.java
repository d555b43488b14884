// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.loader.hub.DownloadListener;
import dev.avocet.loader.hub.DownloadPlan;
import java.time.Duration;
import java.util.Locale;

/** Tells the user of downloads: first how large they are, then how far, and after Ctrl-C what becomes of them. */
final class Downloads implements DownloadListener, AutoCloseable {
    private static final int BAR = 24;
    private static final Duration BETWEEN = Duration.ofMillis(100);
    private static final Duration WORTH_TELLING = Duration.ofSeconds(1);

    private final Terminal terminal;
    private final Thread atExit = Thread.ofPlatform().unstarted(this::stop);
    private boolean isUnderWay;
    private volatile boolean isStopped;
    private long begun;
    private long shown;
    private long found = -1;

    Downloads(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void begins(DownloadPlan plan) {
        int count = plan.files().size();
        terminal.say("downloading " + plan.repository() + ": " + Sizes.bytes(plan.bytes()) + " in " + count
                + (count == 1 ? " file" : " files") + " to " + plan.folder() + ", where " + Sizes.bytes(plan.free())
                + " are free");
        Runtime.getRuntime().addShutdownHook(atExit);
        isUnderWay = true;
        begun = System.nanoTime();
    }

    @Override
    public void progresses(DownloadPlan plan, long bytes) {
        found = found < 0 ? bytes : found;
        long now = System.nanoTime();
        if (!isStopped && now - shown >= BETWEEN.toNanos()) {
            shown = now;
            terminal.status(line(plan.bytes(), bytes, bytes - found, Duration.ofNanos(now - begun)));
        }
    }

    /** How far it is; {@code fetched} of the bytes came in the time since the beginning. */
    String line(long all, long bytes, long fetched, Duration time) {
        double done = all == 0 ? 1 : (double) bytes / all;
        int full = (int) (BAR * done);
        boolean unicode = terminal.traits().unicode();
        var line = (unicode ? "█" : "#").repeat(full) + (unicode ? "░" : ".").repeat(BAR - full)
                + String.format(Locale.ROOT, " %3d %%  ", (int) (100 * done)) + Sizes.bytes(bytes) + " of "
                + Sizes.bytes(all);
        double seconds = time.toNanos() / 1e9;
        if (fetched <= 0 || seconds <= 0) {
            return line;
        }
        double perSecond = fetched / seconds;
        return line + "  " + Sizes.bytes((long) perSecond) + "/s  "
                + Sizes.about(Duration.ofMillis((long) (1000 * (all - bytes) / perSecond))) + " left";
    }

    @Override
    public void ends(DownloadPlan plan) {
        var time = Duration.ofNanos(System.nanoTime() - begun);
        close();
        terminal.say("downloaded " + plan.repository() + " in " + Sizes.about(time) + ", every hash is right");
    }

    @Override
    public void waits(String failure, Duration pause) {
        terminal.say(pause.compareTo(WORTH_TELLING) < 0
                ? failure
                : failure + "; trying again in " + Sizes.about(pause));
    }

    @Override
    public void fallsBack(String failure) {
        terminal.say(failure + "; using what the cache has");
    }

    private void stop() {
        isStopped = true;
        terminal.say("stopped; what was downloaded is kept, and the same command goes on from there");
    }

    /** Ends the telling, however the download ended. */
    @Override
    public void close() {
        if (isUnderWay && !isStopped) {
            isUnderWay = false;
            terminal.clearProgress();
            try {
                Runtime.getRuntime().removeShutdownHook(atExit);
            } catch (IllegalStateException e) {
                // The process is ending this very moment.
            }
        }
    }
}
