// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

/**
 * A call of a model that has ended.
 *
 * @param model the model's name, that of its folder or on the hub
 * @param operation what was asked for: {@code classify}, {@code zero-shot}, {@code embed-image}, {@code embed-text},
 *     {@code image-features} or {@code text-features}
 * @param device the name of its device, such as {@code cpu}
 * @param items how many pictures or texts were given
 * @param batch how many were computed at once at most, those of other calls included; 0 where none was
 * @param tokens the tokens of all texts, 0 for pictures
 * @param stages where the time went
 * @param failure null, or what the call threw
 */
public record ModelCall(
        String model, String operation, String device, int items, int batch, int tokens, Stages stages,
        Throwable failure) {

    /**
     * Where a call's time went, in nanoseconds.
     *
     * @param queue waiting for a batch and for a slot of the device
     * @param preprocess resizing pictures, splitting texts into tokens, and writing them into the model's input
     * @param compute the network; for a call in a {@link Batcher} that of the whole batch
     * @param postprocess from the network's output to results
     */
    public record Stages(long queue, long preprocess, long compute, long postprocess) {
        /** No time at all. */
        public static final Stages ZERO = new Stages(0, 0, 0, 0);

        /** All four together. */
        public long total() {
            return queue + preprocess + compute + postprocess;
        }

        Stages plus(Stages other) {
            return new Stages(queue + other.queue, preprocess + other.preprocess, compute + other.compute,
                    postprocess + other.postprocess);
        }
    }
}
