// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.loader.hub.HubException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data sets are listed, read in parts, and downloaded file by file. */
class DatasetTest {
    private static final String PART = "data/part-0.parquet";
    private static final byte[] BYTES = Fixture.bytes(3, 200_000);

    private Fixture fixture;
    private StubHub stub;

    @BeforeEach
    void start(@TempDir Path folder) {
        fixture = new Fixture(folder);
        stub = fixture.stub;
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void allPagesOfTheListingAreThere() {
        stub.pageSize(1);
        var data = fixture.hub().dataset("org/data");
        assertEquals(Fixture.DATA, data.commit());
        assertEquals(List.of("README.md", PART, "data/part-1.parquet",
                "subfolder/to?/awful?filename%you:should,never.give"),
                data.files().stream().map(RepoFile::path).toList());
        assertEquals(200_000, data.files().get(1).bytes());
    }

    @Test
    void aPartIsReadWithoutTheRest() {
        var file = fixture.hub().dataset("org/data").open(PART);
        assertEquals(200_000, file.length());
        assertArrayEquals(Arrays.copyOfRange(BYTES, 199_000, 200_000), file.read(199_000, 1000));
        assertArrayEquals(Arrays.copyOfRange(BYTES, 5, 6), file.read(5, 1));
        assertArrayEquals(new byte[0], file.read(200_000, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> file.read(199_999, 2));
        assertThrows(IndexOutOfBoundsException.class, () -> file.read(-1, 2));
        var storage = stub.requests().stream().filter(each -> each.host().equals("storage")).toList();
        assertEquals(List.of(Optional.of("bytes=199000-199999"), Optional.of("bytes=5-5")),
                storage.stream().map(StubHub.Request::range).toList());
        assertTrue(storage.stream().allMatch(each -> each.token().isEmpty()));
        assertFalse(Files.exists(fixture.cache));
    }

    @Test
    void theNextPartNeedsNoRedirectUntilTheSignatureExpires() {
        var file = fixture.hub().dataset("org/data").open(PART);
        file.read(0, 10);
        file.read(10, 10);
        assertEquals(1, stub.requests(PART).size());
        stub.fault("storage", StubHub.status(403));
        assertArrayEquals(Arrays.copyOfRange(BYTES, 20, 30), file.read(20, 10));
        assertEquals(2, stub.requests(PART).size());
    }

    @Test
    void aPartIsAskedForAgainWhenTheConnectionBreaks() {
        var file = fixture.hub().dataset("org/data").open(PART);
        stub.fault("storage", StubHub.status(503), (_, exchange, _) -> {
            exchange.getResponseHeaders().set("Content-Range", "bytes 0-99/200000");
            exchange.sendResponseHeaders(206, 100);
            exchange.getResponseBody().write(new byte[50]);
            exchange.getResponseBody().flush();
            exchange.close();
            return true;
        });
        assertArrayEquals(Arrays.copyOf(BYTES, 100), file.read(0, 100));
    }

    @Test
    void aServerThatGivesNoPartsIsSaidToBeOne() {
        stub.fault("storage", StubHub.wholeInsteadOfPart());
        var file = fixture.hub().dataset("org/data").open(PART);
        Fixture.fails(Reason.BAD_ANSWER, "does not give bytes 100-199/200000 of " + PART + " but the whole file",
                () -> file.read(100, 100));
    }

    @Test
    void aPartOfAnotherFileIsRefused() {
        stub.fault("storage", (_, exchange, _) -> {
            exchange.getResponseHeaders().set("Content-Range", "bytes 0-9/777");
            exchange.sendResponseHeaders(206, 10);
            exchange.getResponseBody().write(new byte[10]);
            return true;
        });
        var file = fixture.hub().dataset("org/data").open(PART);
        Fixture.fails(Reason.BAD_ANSWER, "but bytes 0-9/777", () -> file.read(0, 10));
    }

    @Test
    void aDownloadedFileIsReadFromTheCache() throws IOException {
        var data = fixture.hub().dataset("org/data");
        var local = data.download(PART);
        assertArrayEquals(BYTES, Files.readAllBytes(local));
        stub.forgetRequests();
        assertArrayEquals(Arrays.copyOfRange(BYTES, 7, 107), data.open(PART).read(7, 100));
        assertEquals(List.of(), stub.requests());
    }

    @Test
    void aFileWithAnAwfulNameArrives() throws IOException {
        var path = "subfolder/to?/awful?filename%you:should,never.give";
        assertEquals("awful\n", Files.readString(fixture.hub().dataset("org/data").download(path)));
        assertEquals("../../../../blobs/" + StubRepo.gitSha1("awful\n".getBytes(StandardCharsets.UTF_8)),
                Files.readSymbolicLink(
                        fixture.cache.resolve("datasets--org--data/snapshots/" + Fixture.DATA + "/" + path))
                        .toString());
    }

    @Test
    void aFileThatIsNotThereIsNotedForOthers() throws IOException {
        var data = fixture.hub().dataset("org/data");
        Fixture.fails(Reason.NO_FILE, "org/data has no file \"folder/none.txt\"",
                () -> data.download("folder/none.txt"));
        Fixture.fails(Reason.NO_FILE, "no file", () -> data.open("folder/none.txt"));
        assertEquals(0, Files.size(
                fixture.cache.resolve("datasets--org--data/.no_exist/" + Fixture.DATA + "/folder/none.txt")));
    }
}
