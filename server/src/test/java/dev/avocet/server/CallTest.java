// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.avocet.server.ApiException.Status;
import dev.avocet.server.Route.Body;
import java.time.Duration;
import java.util.Map;
import org.eclipse.jetty.util.Fields;
import org.junit.jupiter.api.Test;

/** Memory for a picture is there before it is decoded, or it is not decoded. */
class CallTest {
    private static final byte[] CAT = Serving.sample("cat.jpg");

    @Test
    void aPictureThatCanNeverFitIsRefused() {
        try (var call = call(new ByteBudget(1 << 20), Duration.ofSeconds(1))) {
            assertEquals(Status.OUT_OF_MEMORY, assertThrows(ApiException.class, call::image).status());
        }
    }

    @Test
    void aPictureWaitsForMemoryForAsLongAsItsTimeLasts() {
        var budget = new ByteBudget(2 << 20);
        try (var first = call(budget, Duration.ofSeconds(1)); var second = call(budget, Duration.ofMillis(1))) {
            assertEquals(451, assertDecoded(first));
            assertEquals(Status.TIMED_OUT, assertThrows(ApiException.class, second::image).status());
        }
        assertEquals(0, budget.taken());
    }

    private static int assertDecoded(Call call) {
        try {
            return call.image().width();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Call call(ByteBudget pictures, Duration left) {
        var telemetry = new Telemetry();
        var services =
                new Services(Limits.DEFAULT, new Json(Limits.DEFAULT), Map.of(), new ByteBudget(1 << 20), pictures,
                        telemetry, new Meters(telemetry.registry()));
        return new Call(Body.IMAGE, CAT, Fields.EMPTY, services, () -> left, telemetry.begin());
    }
}
