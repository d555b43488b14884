// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import dev.avocet.core.AvocetException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A certificate and its private key, as authorities and {@code openssl} write them.
 *
 * @param certificates PEM: the server's certificate first, then those between it and the authority
 * @param key PEM: PKCS #8, not encrypted
 */
public record Pem(Path certificates, Path key) {
    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    private static final byte[] PROBE = {1, 2, 3};

    /** Reads both and checks that they belong together; throws {@link AvocetException} with the file that is wrong. */
    KeyStore keyStore() {
        var chain = chain();
        var secret = secret();
        try {
            if (!belong(secret, chain[0].getPublicKey())) {
                throw new AvocetException("the key in " + key + " does not belong to the certificate in " + certificates
                        + "; pass the key that it was made for");
            }
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("server", secret, new char[0], chain);
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new AvocetException(certificates + " and " + key + " cannot be used: " + e.getMessage(), e);
        }
    }

    /** Whether what the one signs is accepted by the other. */
    private static boolean belong(PrivateKey secret, PublicKey open) throws GeneralSecurityException {
        var signature = Signature.getInstance(switch (secret.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> "EdDSA";
        });
        signature.initSign(secret);
        signature.update(PROBE);
        var signed = signature.sign();
        try {
            signature.initVerify(open);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (InvalidKeyException | SignatureException otherKind) {
            return false;
        }
    }

    private Certificate[] chain() {
        try (var in = new ByteArrayInputStream(read(certificates))) {
            var chain = CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (chain.isEmpty()) {
                throw new AvocetException(certificates + " holds no certificate; pass the PEM file with the chain");
            }
            return chain.toArray(Certificate[]::new);
        } catch (GeneralSecurityException | IOException e) {
            throw new AvocetException(certificates + " is not a PEM file of certificates: " + e.getMessage(), e);
        }
    }

    private PrivateKey secret() {
        var pem = PKCS8.matcher(new String(read(key), StandardCharsets.ISO_8859_1));
        if (!pem.find()) {
            throw new AvocetException(
                    key + " holds no unencrypted PKCS #8 key (\"BEGIN PRIVATE KEY\"); convert it with: "
                            + "openssl pkcs8 -topk8 -nocrypt -in " + key + " -out key.pem");
        }
        try {
            var spec = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1)));
            return Stream.of("RSA", "EC", "EdDSA")
                    .flatMap(algorithm -> generate(algorithm, spec).stream())
                    .findFirst()
                    .orElseThrow(() -> new AvocetException(key + " holds a key that is neither RSA nor EC nor EdDSA"));
        } catch (IllegalArgumentException damaged) {
            throw new AvocetException(key + " is damaged: " + damaged.getMessage(), damaged);
        }
    }

    private static Optional<PrivateKey> generate(String algorithm, PKCS8EncodedKeySpec spec) {
        try {
            return Optional.of(KeyFactory.getInstance(algorithm).generatePrivate(spec));
        } catch (GeneralSecurityException otherAlgorithm) {
            return Optional.empty();
        }
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new AvocetException(file + " cannot be read; check the path and its permissions", e);
        }
    }
}
