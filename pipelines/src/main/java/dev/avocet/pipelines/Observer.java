// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

/** Who is told of one model's calls: its listener, and Flight Recorder where it records. */
record Observer(String model, String device, ModelListener listener) {
    private static final System.Logger LOG = System.getLogger(ModelListener.class.getName());

    /** Begins a call; where nobody listens, that costs nothing and the clock is not asked. */
    @SuppressWarnings("ReferenceEquality") // NONE is the one that is meant
    CallTimer begin(String operation, int items) {
        var event = new InferenceEvent();
        boolean recorded = event.isEnabled();
        if (listener == ModelListener.NONE && !recorded) {
            return CallTimer.OFF;
        }
        if (recorded) {
            event.begin();
        }
        return new CallTimer(this, event, operation, items);
    }

    void ended(InferenceEvent event, ModelCall call) {
        if (event.shouldCommit()) {
            event.fill(call);
            event.commit();
        }
        tell(() -> listener.onCall(call));
    }

    void loaded(long nanos) {
        tell(() -> listener.onLoad(model, device, nanos));
    }

    private void tell(Runnable news) {
        try {
            news.run();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "a listener of " + model + " failed; the call goes on", e);
        }
    }
}
