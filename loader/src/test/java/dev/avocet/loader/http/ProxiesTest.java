// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.avocet.core.AvocetException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The environment's proxies are used as by curl and Python. */
class ProxiesTest {
    @ParameterizedTest(name = "{0} with {1}: {2}")
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            https://huggingface.co      | -                                                     | -
            https://huggingface.co      | HTTPS_PROXY=http://proxy:3128                         | proxy:3128
            https://huggingface.co      | https_proxy=proxy:3128                                | proxy:3128
            https://huggingface.co      | https_proxy=small:1 HTTPS_PROXY=large:2               | small:1
            https://huggingface.co      | HTTPS_PROXY=proxy                                     | proxy:80
            https://huggingface.co      | HTTPS_PROXY=http://[::1]:8/                           | [::1]:8
            https://huggingface.co      | HTTP_PROXY=proxy:1                                    | -
            http://mirror.example       | HTTP_PROXY=proxy:1 HTTPS_PROXY=other:2                | proxy:1
            https://huggingface.co      | ALL_PROXY=proxy:1                                     | proxy:1
            https://huggingface.co      | HTTPS_PROXY=proxy:1 ALL_PROXY=other:2                 | proxy:1
            https://huggingface.co      | HTTPS_PROXY=proxy:1 NO_PROXY=*                        | -
            https://huggingface.co      | HTTPS_PROXY=proxy:1 NO_PROXY=example.org,huggingface.co | -
            https://Huggingface.CO      | HTTPS_PROXY=proxy:1 no_proxy=HUGGINGFACE.co           | -
            https://a.b.example.org     | HTTPS_PROXY=proxy:1 NO_PROXY=.example.org             | -
            https://a.b.example.org     | HTTPS_PROXY=proxy:1 NO_PROXY=example.org              | -
            https://an-example.org      | HTTPS_PROXY=proxy:1 NO_PROXY=example.org              | proxy:1
            https://example.org:8443    | HTTPS_PROXY=proxy:1 NO_PROXY=example.org:8443         | -
            https://example.org         | HTTPS_PROXY=proxy:1 NO_PROXY=example.org:8443         | proxy:1
            http://127.0.0.1:8000       | HTTP_PROXY=proxy:1                                    | -
            http://localhost            | HTTP_PROXY=proxy:1                                    | -
            http://[::1]:8000           | HTTP_PROXY=proxy:1                                    | -
            """)
    void theVariablesMeanWhatTheyMeanToOthers(String uri, String variables, String proxy) {
        var found = new Proxies(environment(variables)).of(URI.create(uri));
        assertEquals(proxy == null ? "" : proxy, found.orElse(""));
    }

    private static Map<String, String> environment(String variables) {
        return variables == null
                ? Map.of()
                : Arrays.stream(variables.split(" ")).map(each -> each.split("=", 2))
                        .collect(Collectors.toMap(each -> each[0], each -> each[1]));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://me:secret@proxy:3128", "socks5://proxy:1080", "https://proxy", "http://", "a b",
        "http://:3"})
    void aProxyThatCanNotBeUsedIsOneLineWithoutItsPassword(String value) {
        var proxies = new Proxies(Map.of("HTTPS_PROXY", value));
        var message = assertThrows(AvocetException.class, () -> proxies.of(URI.create("https://huggingface.co")))
                .getMessage();
        assertTrue(message.startsWith("the variable HTTPS_PROXY (or https_proxy) names no proxy"), message);
        assertFalse(message.contains("secret"), message);
    }

    @Test
    void thePropertiesOfTheJvmComeFirst() {
        var proxies = new Proxies(Map.of("HTTP_PROXY", "environment:1"));
        System.setProperty("http.proxyHost", "jvm");
        System.setProperty("http.nonProxyHosts", "*.example.org");
        try {
            assertEquals("jvm:80", proxies.of(URI.create("http://hub.invalid")).orElseThrow());
            assertTrue(proxies.of(URI.create("http://a.example.org")).isEmpty());
        } finally {
            System.clearProperty("http.proxyHost");
            System.clearProperty("http.nonProxyHosts");
        }
        assertEquals("environment:1", proxies.of(URI.create("http://hub.invalid")).orElseThrow());
    }

    @Test
    void requestsGoThroughTheProxy() throws IOException {
        var proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        proxy.createContext("/", exchange -> {
            try (exchange) {
                var asked = exchange.getRequestURI().toString().getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, asked.length);
                exchange.getResponseBody().write(asked);
            }
        });
        proxy.start();
        var second = Duration.ofSeconds(10);
        var http = new Http(Map.of("http_proxy", "127.0.0.1:" + proxy.getAddress().getPort()));
        try (var answer =
                http.get(URI.create("http://hub.invalid/x"), Map.of(), new Timeouts(second, second, second))) {
            assertEquals("http://hub.invalid/x", new String(answer.body().readAllBytes(), StandardCharsets.UTF_8));
        } finally {
            proxy.stop(0);
        }
    }
}
