// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong before a server serves; the rest is held where the server is. */
class ServeTest {
    @Test
    void aPortThatIsTakenIsSaidInALine() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            assertFails(
                    "port " + port + " of 127.0.0.1 cannot be had: Address already in use; stop what listens there or "
                            + "pass another --port",
                    "--port", port);
        }
    }

    @Test
    void aPrecisionThatTheDeviceDoesNotHaveIsRefusedAsElsewhere() {
        var elsewhere = Cli.run("classify", "../models/samples/cat.jpg", "--device", Cli.DEVICE, "--precision", "f16");
        assertFails(elsewhere.errLines().getLast().substring("avocet: ".length()), "--precision", "f16");
    }

    @Test
    void keysThatAreNoneAreNamed(@TempDir Path folder) throws IOException {
        var missing = folder.resolve("missing");
        assertFails(missing + " cannot be read; check the path of the API key and its permissions",
                "--api-key-file", missing);
        var words = Files.writeString(folder.resolve("words"), "two words");
        assertFails(words + ": an API key is one word of printable ASCII characters", "--api-key-file", words);
    }

    private static void assertFails(String complaint, String option, Object value) {
        var result = Cli.run("serve", "--device", Cli.DEVICE, option, value);
        assertEquals(1, result.code());
        assertEquals("avocet: " + complaint, result.errLines().getLast());
    }
}
