// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.AvocetException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders that are no WordPiece tokenizer, or a damaged or hostile one: one clear error each. */
class RefusalsTest {
    private static final String VOCAB = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n";
    private static final String TOKENIZER = """
            {"added_tokens": [], "normalizer": {"type": "BertNormalizer"},
             "pre_tokenizer": {"type": "BertPreTokenizer"},
             "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
             "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                       "max_input_chars_per_word": 100,
                       "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "a": 4}}}""";

    @TempDir
    Path folder;

    @Test
    void theFilesThatTheseTestsDamageAreGood() throws IOException {
        write("tokenizer.json", TOKENIZER);
        assertEquals(3, Tokenizer.load(folder).encode("a").length);
        Files.delete(folder.resolve("tokenizer.json"));
        write("vocab.txt", VOCAB);
        assertEquals(3, Tokenizer.load(folder).encode("a").length);
    }

    @Test
    void aFolderWithoutATokenizerIsRefused() {
        assertRefused("neither tokenizer.json nor vocab.txt");
    }

    @Test
    void aFolderThatIsNotThereIsRefused() {
        folder = folder.resolve("missing");
        assertRefused("there is no such folder");
    }

    @Test
    void aFileInsteadOfAFolderIsRefused() throws IOException {
        write("vocab.txt", VOCAB);
        folder = folder.resolve("vocab.txt");
        assertRefused("this is not a folder");
    }

    @Test
    void aFolderInsteadOfAFileIsRefused() throws IOException {
        Files.createDirectory(folder.resolve("vocab.txt"));
        assertRefused("vocab.txt: this is not a regular file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[PAD]", "[UNK]", "[CLS]", "[SEP]"})
    void aVocabularyThatLacksASpecialTokenIsRefused(String token) throws IOException {
        write("vocab.txt", VOCAB.replace(token, "b"));
        assertRefused("vocab.txt: the vocabulary lacks the special token " + token);
    }

    @ParameterizedTest
    @ValueSource(strings = {"BPE", "Unigram", "WordLevel", "Nonsense"})
    void anotherModelIsRefused(String type) throws IOException {
        write("tokenizer.json", TOKENIZER.replace("\"WordPiece\"", "\"" + type + "\""));
        assertRefused("the tokenizer is of type " + type + "; only WordPiece is supported");
    }

    @Test
    void anotherModelIsRefusedEvenWithAVocabularyBesideIt() throws IOException {
        write("vocab.txt", VOCAB);
        write("tokenizer.json", """
                {"model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0], ["a", -1.5]]}}""");
        assertRefused("Unigram");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "BertNormalizer | NFKC | the normalizer NFKC is not supported; BertNormalizer is",
        "BertPreTokenizer | ByteLevel | the pre_tokenizer ByteLevel is not supported; BertPreTokenizer is",
        "BertProcessing | ByteLevel | the post-processor ByteLevel is not supported"})
    void anotherComponentIsRefused(String component, String other, String error) throws IOException {
        write("tokenizer.json", TOKENIZER.replace(component, other));
        assertRefused(error);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "\"a\": 4 | \"a\": -1",
        "\"a\": 4 | \"a\": 4294967296",
        "\"a\": 4 | \"a\": 2097152",
        "\"a\": 4 | \"a\": 1e300",
        "\"a\": 4 | \"a\": 4.5",
        "\"a\": 4 | \"a\": \"4\"",
        "\"a\": 4 | \"a\": null",
        "\"a\": 4 | \"a\": 3",
        "\"[CLS]\", 2 | \"[CLS]\", 5",
        "\"[CLS]\", 2 | \"[CLS]\", -2"})
    void anIdOutsideTheVocabularyIsRefused(String good, String bad) throws IOException {
        write("tokenizer.json", TOKENIZER.replace(good, bad));
        assertRefused("should be");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{\"do_lower_case\": \"yes\"} | \"do_lower_case\" should be true or false, found yes",
        "{\"cls_token\": 5, \"padding_side\": 3} | \"padding_side\" should be text, found 3",
        "{\"padding_side\": \"top\"} | \"padding_side\" should be \"left\" or \"right\", found top",
        "{\"model_max_length\": 0} | \"model_max_length\" should be a number from 1 on, found 0",
        "{\"model_max_length\": \"512\"} | \"model_max_length\" should be a number from 1 on",
        "{\"added_tokens_decoder\": {\"x\": {\"content\": \"a\"}}} | \"added_tokens_decoder.x\" should be an id",
        "{\"added_tokens_decoder\": {\"7\": \"a\"}, \"extra_special_tokens\": 1} | should be a list",
        "{\"tokenizer_class\": \"BertJapaneseTokenizer\"} | a tokenizer of class BertJapaneseTokenizer",
        "{\"do_lower_case\": true | ends too early",
        "[] | is not one JSON object"})
    void aWrongConfigurationIsRefused(String config, String error) throws IOException {
        write("vocab.txt", VOCAB);
        write("tokenizer_config.json", config);
        assertRefused(error);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{}", "{\"model\": []}", "{\"model\": {\"type\": \"WordPiece\"}}",
        "{\"model\": {\"type\": \"WordPiece\", \"vocab\": []}}",
        "null", "", "{\"model\": {\"type\": {}}}"})
    void aTokenizerWithoutItsPartsIsRefused(String json) throws IOException {
        write("tokenizer.json", json);
        assertRefused("tokenizer.json");
    }

    @Test
    void everyTruncatedFileIsRefused() throws IOException {
        for (int end = 0; end < TOKENIZER.stripTrailing().length(); end++) {
            write("tokenizer.json", TOKENIZER.substring(0, end));
            assertRefused("tokenizer.json");
        }
    }

    @Test
    void everySingleDamagedByteGivesATokenizerOrOurError() throws IOException {
        var good = TOKENIZER.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < good.length; i++) {
            for (byte damage : new byte[] {'"', '9', (byte) 0xff}) {
                var bad = good.clone();
                bad[i] = damage;
                Files.write(folder.resolve("tokenizer.json"), bad);
                try {
                    assertTrue(Tokenizer.load(folder).encode("a b").length >= 2);
                } catch (AvocetException expected) {
                    assertTrue(expected instanceof TokenizerException, expected::toString);
                }
            }
        }
    }

    @Test
    void aTemplateIsWhatATemplateCanBe() throws IOException {
        var template = """
                {"type": "TemplateProcessing", "single": %s, "pair": [], "special_tokens": {"[CLS]": {"ids": %s}}}""";
        var a = "{\"Sequence\": {\"id\": \"A\", \"type_id\": 0}}";
        var cls = "{\"SpecialToken\": {\"id\": \"[CLS]\", \"type_id\": 0}}";
        for (var bad : List.of(template.formatted("[]", "[2]"), template.formatted("[" + a + "," + a + "]", "[2]"),
                template.formatted("[" + cls + "]", "[2]"), template.formatted("[" + a + "," + cls + "]", "[99]"),
                template.formatted("[" + a + "," + cls.replace("CLS", "X") + "]", "[2]"),
                template.formatted("[" + a.replace("A", "B") + "]", "[2]"))) {
            write("tokenizer.json", TOKENIZER.replaceAll("\\{\"type\": \"BertProcessing\".*?\\}", bad));
            assertRefused("should be");
        }
    }

    @Test
    void aVocabularyThatIsNotUtf8IsRefused() throws IOException {
        Files.write(folder.resolve("vocab.txt"), new byte[] {'a', '\n', (byte) 0xc3, '\n'});
        assertRefused("vocab.txt: the file is not UTF-8");
    }

    @Test
    void aVocabularyWithAGiantTokenIsRefused() throws IOException {
        write("vocab.txt", VOCAB + "x".repeat(10_001));
        assertRefused("vocab.txt: line 7 is beyond the limits");
    }

    @Test
    void aVocabularyWithTooManyTokensIsRefused() throws IOException {
        write("vocab.txt", VOCAB + "\n".repeat(1 << 21));
        assertRefused("vocab.txt: line 2097153 is beyond the limits");
    }

    @Test
    void aVocabularyWithTooManyCharactersIsRefused() throws IOException {
        var vocab = new StringBuilder(VOCAB);
        for (int i = 0; i < 1700; i++) {
            vocab.append(i).append("x".repeat(9_990)).append('\n');
        }
        write("vocab.txt", vocab.toString());
        assertRefused("the vocabulary has more than 16777214 characters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"vocab.txt", "tokenizer.json"})
    void aGiantFileIsRefusedUnread(String name) throws IOException {
        try (var file = new RandomAccessFile(folder.resolve(name).toFile(), "rw")) {
            file.setLength(1L << 36);
        }
        assertRefused("bytes");
    }

    @Test
    void aTokenizerWithoutAPaddingTokenEncodesButDoesNotPad() throws IOException {
        write("tokenizer.json", TOKENIZER.replace("[PAD]", "b"));
        var tokenizer = Tokenizer.load(folder);
        assertEquals(3, tokenizer.encode("a").length);
        assertThrows(AvocetException.class, tokenizer::padId);
        assertThrows(AvocetException.class, () -> tokenizer.encodeToLength(List.of("a"), 8));
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(folder.resolve(name), content);
    }

    private void assertRefused(String message) {
        var error = assertThrows(TokenizerException.class, () -> Tokenizer.load(folder));
        assertTrue(error.getMessage().contains(message), error.getMessage());
        assertTrue(error.getMessage().contains(folder.toString()), error.getMessage());
    }
}
