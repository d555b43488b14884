// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.avocet.loader.image.Image;
import dev.avocet.server.ApiException.Status;
import dev.avocet.server.Route.Body;
import java.time.Duration;
import java.util.Base64;
import java.util.Set;
import java.util.function.Supplier;
import org.eclipse.jetty.util.Fields;

/** A request that is being computed. */
final class Call implements AutoCloseable {
    /** Bytes that decoding takes for a pixel at most: the pixels, and the coefficients of a progressive JPEG. */
    private static final int BYTES_PER_PIXEL = 12;

    private final Body type;
    private final byte[] body;
    private final Fields query;
    private final Json json;
    private final Limits limits;
    private final ByteBudget pictures;
    private final Supplier<Duration> left;
    private final Telemetry.Stages stages;
    private final Meters meters;
    private int taken;

    Call(Body type, byte[] body, Fields query, Services services, Supplier<Duration> left, Telemetry.Stages stages) {
        this.type = type;
        this.body = body;
        this.query = query;
        this.json = services.json();
        this.limits = services.limits();
        this.pictures = services.pictures();
        this.meters = services.meters();
        this.left = left;
        this.stages = stages;
    }

    Body type() {
        return type;
    }

    Duration left() {
        return left.get();
    }

    /** What batches, which other calls had a part in, have cost of a time; the rest of it was waiting. */
    void took(Set<Telemetry.Stages> batches, long nanos) {
        long waiting = nanos;
        for (var batch : batches) {
            stages.add(batch);
            waiting -= batch.total();
        }
        stages.addQueue(Math.max(0, waiting));
    }

    /** A query parameter, or null. */
    String parameter(String name) {
        return query.getValue(name);
    }

    int parameter(String name, int otherwise, int most) {
        var text = parameter(name);
        if (text == null) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= 1 && number <= most) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // the same answer
        }
        throw Json.invalid(name + " must be a whole number from 1 to " + most);
    }

    JsonNode object(Set<String> known) {
        return json.object(body, known);
    }

    Image image() throws InterruptedException {
        return decode(body);
    }

    Image image(JsonNode base64) throws InterruptedException {
        if (!base64.isTextual()) {
            throw Json.invalid("image must be a picture in base64");
        }
        try {
            return decode(Base64.getDecoder().decode(base64.textValue()));
        } catch (IllegalArgumentException e) {
            throw Json.invalid("image is not base64: " + e.getMessage());
        }
    }

    /** Decodes once there is the memory for it, which is held until the call is over. */
    private Image decode(byte[] data) throws InterruptedException {
        long start = System.nanoTime();
        if (data.length == 0) {
            throw new ApiException(Status.BAD_IMAGE, "the body is empty; send the bytes of a picture");
        }
        var size = Image.sizeOf(data, limits.image());
        int wanted = ByteBudget.units(size.pixels() * BYTES_PER_PIXEL);
        if (!pictures.canEver(wanted)) {
            throw new ApiException(Status.OUT_OF_MEMORY,
                    "the server has not the memory for a picture of " + size.width() + " x " + size.height()
                            + " pixels");
        }
        if (!pictures.take(wanted, left.get())) {
            throw new ApiException(Status.TIMED_OUT, "the time was over before there was memory for the picture");
        }
        taken += wanted;
        long decoding = System.nanoTime();
        stages.addQueue(decoding - start);
        var image = Image.read(data, limits.image());
        long nanos = System.nanoTime() - decoding;
        stages.addPreprocess(nanos);
        meters.decoded(nanos, size.pixels());
        return image;
    }

    @Override
    public void close() {
        pictures.give(taken);
    }
}
