// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

/**
 * Is told of what models do, for metrics and traces; given to a model by {@link LoadOptions#withListener}.
 *
 * <p>Called on the threads that compute, by many at once: it has to be quick and safe for that. What it throws is logged
 * and changes nothing for the call.
 */
@FunctionalInterface
public interface ModelListener {
    /** Nobody listens; then no call asks the clock. */
    ModelListener NONE = new ModelListener() {
        @Override
        public void onCall(ModelCall call) {}

        @Override
        public String toString() {
            return "NONE";
        }
    };

    /** A call ended, well or not. */
    void onCall(ModelCall call);

    /**
     * A model was loaded.
     *
     * @param model its name, that of its folder or on the hub
     * @param device the name of its device
     */
    default void onLoad(String model, String device, long nanos) {}
}
