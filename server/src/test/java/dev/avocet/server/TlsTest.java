// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.AvocetException;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS from the files that authorities and openssl write. */
class TlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519"})
    void clientsThatTrustTheCertificateAreAnswered(String algorithm) throws Exception {
        var store = generate(algorithm);
        try (var serving = new Serving(options -> options.withPem(pem(store, algorithm)));
                var client = HttpClient.newBuilder().sslContext(trusting(store)).build()) {
            assertEquals("https", serving.server.address().getScheme());
            var response = client.send(HttpRequest.newBuilder(serving.at("/livez")).build(), BodyHandlers.ofString());
            assertEquals("{\"status\":\"alive\"}", response.body());
        }
    }

    @Test
    void filesThatAreNotWhatIsWantedAreNamed() throws Exception {
        var good = pem(generate("EC"), "good");
        var other = pem(generate("EC"), "other");
        var otherKind = pem(generate("Ed25519"), "kind");
        var nothing = Files.writeString(folder.resolve("nothing.pem"), "nothing");
        assertMessage(new Pem(good.certificates(), other.key()), "does not belong to the certificate");
        assertMessage(new Pem(good.certificates(), otherKind.key()), "does not belong to the certificate");
        assertMessage(new Pem(good.certificates(), nothing), "openssl pkcs8 -topk8 -nocrypt");
        assertMessage(new Pem(nothing, good.key()), "nothing.pem");
        assertMessage(new Pem(good.certificates(), folder.resolve("missing.pem")), "missing.pem cannot be read");
    }

    private static void assertMessage(Pem pem, String part) {
        var message = assertThrows(AvocetException.class, pem::keyStore).getMessage();
        assertTrue(message.contains(part), message);
    }

    private KeyStore generate(String algorithm) throws IOException, InterruptedException, GeneralSecurityException {
        var file = Files.createTempFile(folder, algorithm, ".p12");
        Files.delete(file);
        var keytool = new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair", "-keyalg", algorithm, "-alias", "server", "-dname", "CN=localhost", "-ext",
                "SAN=dns:localhost,ip:127.0.0.1", "-storetype", "PKCS12", "-keystore", file.toString(), "-storepass",
                new String(PASSWORD))).redirectErrorStream(true).start();
        var said = new String(keytool.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertEquals(0, keytool.waitFor(), said);
        var store = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        return store;
    }

    private Pem pem(KeyStore store, String name) {
        try {
            var certificate = write(name + ".crt", "CERTIFICATE", store.getCertificate("server").getEncoded());
            return new Pem(certificate,
                    write(name + ".key", "PRIVATE KEY", store.getKey("server", PASSWORD).getEncoded()));
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private Path write(String name, String type, byte[] der) throws IOException {
        return Files.writeString(folder.resolve(name), "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + type + "-----\n");
    }

    private static SSLContext trusting(KeyStore store) throws GeneralSecurityException, IOException {
        var trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", store.getCertificate("server"));
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        var context = SSLContext.getInstance("TLS");
        context.init(null, factory.getTrustManagers(), null);
        return context;
    }
}
