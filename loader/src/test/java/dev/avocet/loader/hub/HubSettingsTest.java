// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.loader.hub.HubException.Reason;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The environment variables mean what they mean for huggingface_hub. */
class HubSettingsTest {
    @TempDir
    private Path home;

    private HubSettings of(String... variables) {
        Map<String, String> env = new HashMap<>();
        for (int i = 0; i < variables.length; i += 2) {
            env.put(variables[i], variables[i + 1]);
        }
        return HubSettings.of(env, home);
    }

    @Test
    void withoutVariablesItIsTheHubAndTheUsualCache() {
        var settings = of();
        assertEquals(URI.create("https://huggingface.co"), settings.endpoint());
        assertEquals(home.resolve(".cache/huggingface/hub"), settings.cache());
        assertEquals("", settings.token());
        assertFalse(settings.offline());
        assertTrue(settings.symlinks());
        assertEquals(Duration.ofSeconds(10), settings.answerTimeout());
    }

    @Test
    void theCacheIsWhereTheMoreExactVariableSays() {
        assertEquals(Path.of("/x/huggingface/hub"), of("XDG_CACHE_HOME", "/x").cache());
        assertEquals(Path.of("/h/hub"), of("XDG_CACHE_HOME", "/x", "HF_HOME", "/h").cache());
        assertEquals(Path.of("/o"), of("HF_HOME", "/h", "HUGGINGFACE_HUB_CACHE", "/o").cache());
        assertEquals(Path.of("/c"), of("HUGGINGFACE_HUB_CACHE", "/o", "HF_HUB_CACHE", "/c").cache());
        assertEquals(home.resolve("c"), of("HF_HUB_CACHE", "~/c").cache());
        assertEquals(Path.of("/d/c"), of("HF_HUB_CACHE", "$DISK/c", "DISK", "/d").cache());
        assertEquals(Path.of("/d/c"), of("HF_HUB_CACHE", "${DISK}/c", "DISK", "/d").cache());
        assertEquals(Path.of("/$NONE/c"), of("HF_HUB_CACHE", "/$NONE/c").cache());
    }

    @Test
    void theTokenComesFromTheVariableElseFromTheFile() throws IOException {
        var file = home.resolve("token");
        Files.writeString(file, "  hf_file\n");
        assertEquals("hf_file", of("HF_TOKEN_PATH", file.toString()).token());
        assertEquals("hf_file", of("HF_HOME", home.toString()).token());
        assertEquals("hf_env", of("HF_HOME", home.toString(), "HF_TOKEN", " hf_env\n").token());
        assertEquals("hf_old", of("HUGGING_FACE_HUB_TOKEN", "hf_old").token());
        assertEquals("", of("HF_TOKEN", "hf_env", "HF_HUB_DISABLE_IMPLICIT_TOKEN", "1").token());
        assertFalse(of("HF_TOKEN", "hf_env").toString().contains("hf_env"));
    }

    @Test
    void yesIsWrittenInFourWays() {
        for (var yes : new String[] {"1", "on", "YES", "True"}) {
            assertTrue(of("HF_HUB_OFFLINE", yes).offline());
            assertTrue(of("TRANSFORMERS_OFFLINE", yes).offline());
            assertFalse(of("HF_HUB_DISABLE_SYMLINKS", yes).symlinks());
        }
        assertFalse(of("HF_HUB_OFFLINE", "0").offline());
        assertFalse(of("HF_HUB_OFFLINE", "0", "TRANSFORMERS_OFFLINE", "1").offline());
    }

    @Test
    void aMirrorAndTimeoutsAreTaken() {
        var settings = of("HF_ENDPOINT", "https://mirror.example/hf/", "HF_HUB_ETAG_TIMEOUT", "3",
                "HF_HUB_DOWNLOAD_TIMEOUT", "4");
        assertEquals(URI.create("https://mirror.example/hf"), settings.endpoint());
        assertEquals(Duration.ofSeconds(3), settings.answerTimeout());
        assertEquals(Duration.ofSeconds(4), settings.idleTimeout());
    }

    @Test
    void whatMakesNoSenseIsSaid() {
        Fixture.fails(Reason.BAD_SETTING, "HF_ENDPOINT", () -> of("HF_ENDPOINT", "mirror"));
        Fixture.fails(Reason.BAD_SETTING, "HF_ENDPOINT", () -> of("HF_ENDPOINT", "ftp://mirror"));
        Fixture.fails(Reason.BAD_SETTING, "HF_ENDPOINT", () -> of("HF_ENDPOINT", "http://a b"));
        Fixture.fails(Reason.BAD_SETTING, "HF_HUB_ETAG_TIMEOUT", () -> of("HF_HUB_ETAG_TIMEOUT", "soon"));
        Fixture.fails(Reason.BAD_SETTING, "HF_TOKEN", () -> of("HF_TOKEN", "hf_a\nb"));
    }
}
