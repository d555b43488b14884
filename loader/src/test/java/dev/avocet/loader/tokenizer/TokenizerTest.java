// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.avocet.core.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTest {
    private static final Tokenizer BERT = Tokenizer.load(Goldens.BERT);
    private static final JsonNode GOLDENS = Goldens.read("/bert-vocab/golden.json");
    private static final int CLS = 101;
    private static final int SEP = 102;

    @Test
    void fixedAndRandomTextsGetHuggingFacesIds() {
        for (var golden : GOLDENS.get("cases")) {
            var text = golden.get("text").textValue();
            var ids = Goldens.ints(golden.get("ids"));
            assertArrayEquals(ids, BERT.encode(text), text);
            assertEquals(ids.length - 2, BERT.countTokens(text), text);
        }
    }

    @Test
    void textsArePaddedAndCutTo64AsAlignDoesIt() {
        for (var golden : GOLDENS.get("align_padded_64")) {
            var text = golden.get("text").textValue();
            var encoding = BERT.encodeToLength(List.of(text), 64);
            assertEquals(Shape.of(1, 64), encoding.inputIds().shape());
            assertArrayEquals(Goldens.ints(golden.get("input_ids")), encoding.inputIds().toInts(), text);
            assertArrayEquals(Goldens.ints(golden.get("attention_mask")), encoding.attentionMask().toInts(), text);
            assertArrayEquals(Goldens.ints(golden.get("token_type_ids")), encoding.tokenTypeIds().toInts(), text);
        }
    }

    @Test
    void aBatchIsPaddedToItsLongestText() {
        var encoding = BERT.encodeToLongest(List.of("a cat", "", "a cat and a dog"), 6);
        assertEquals(Shape.of(3, 6), encoding.inputIds().shape());
        assertArrayEquals(
                new int[] {CLS, 1037, 4937, SEP, 0, 0, CLS, SEP, 0, 0, 0, 0, CLS, 1037, 4937, 1998, 1037, SEP},
                encoding.inputIds().toInts());
        assertArrayEquals(new int[] {1, 1, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1},
                encoding.attentionMask().toInts());
        assertEquals(Shape.of(2, 4), BERT.encodeToLongest(List.of("a cat", "dog"), 512).inputIds().shape());
    }

    @Test
    void aBatchMayBeEmpty() {
        assertEquals(Shape.of(0, 64), BERT.encodeToLength(List.of(), 64).inputIds().shape());
        assertEquals(Shape.of(0, 0), BERT.encodeToLongest(List.of(), 64).inputIds().shape());
    }

    @Test
    void aTextIsCutToALength() {
        assertArrayEquals(new int[] {CLS, 1037, 4937, SEP}, BERT.encode("a cat and a dog", 4));
        assertArrayEquals(new int[] {CLS, SEP}, BERT.encode("a cat and a dog", 2));
        assertArrayEquals(BERT.encode("a cat"), BERT.encode("a cat", 64));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 0, -1, Integer.MIN_VALUE})
    void aLengthWithoutRoomForTheSpecialTokensIsRefused(int length) {
        assertThrows(IllegalArgumentException.class, () -> BERT.encode("a cat", length));
        assertThrows(IllegalArgumentException.class, () -> BERT.encodeToLength(List.of("a cat"), length));
        assertThrows(IllegalArgumentException.class, () -> BERT.encodeToLongest(List.of("a cat"), length));
    }

    @Test
    void aBatchBeyondWhatAnArrayHoldsIsRefused() {
        var error = assertThrows(IllegalArgumentException.class,
                () -> BERT.encodeToLength(List.of("a", "b", "c"), Integer.MAX_VALUE - 8));
        assertTrue(error.getMessage().contains("3 texts"), error.getMessage());
    }

    @Test
    void aLongTextIsWhatItsSentencesAreTogether() {
        // The sentences change at every position of the portions in which a long text is looked at.
        var sentences =
                List.of("A photo of\ta Café, naïve! ", "漢字 и Й \u0130 e\u0323\u0301 ", "한국어 \u0915\u302e\u302f\u0300 ",
                        "[SEP] x\u200by \ud83d\ude00\ud835\udd18 ");
        var text = new StringBuilder();
        var ids = new ArrayList<Integer>();
        for (int i = 0; text.length() < 20_000; i++) {
            var sentence = sentences.get(i % sentences.size()).substring(0, i % 7 == 0 ? 3 : 9).strip() + " ";
            text.append(sentence);
            var encoded = BERT.encode(sentence);
            IntStream.range(1, encoded.length - 1).forEach(j -> ids.add(encoded[j]));
        }
        var whole = BERT.encode(text.toString());
        assertEquals(ids, Arrays.stream(whole, 1, whole.length - 1).boxed().toList());
        assertArrayEquals(Arrays.copyOf(whole, 500), Arrays.copyOf(BERT.encode(text.toString(), 501), 500));
    }

    @Test
    void aWordWithoutAnEndIsOneUnknownToken() {
        int unknown = 100;
        assertArrayEquals(new int[] {CLS, unknown, SEP}, BERT.encode("e\u0301".repeat(1_000_000)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\ud800", "\udc00", "\udc00\ud800"})
    void aSurrogateWithoutItsPartnerVanishesLikeAReplacementCharacter(String broken) {
        assertArrayEquals(BERT.encode("a cat and a dog"), BERT.encode("a ca" + broken + "t and a dog" + broken));
        assertArrayEquals(BERT.encode("\ufffd"), BERT.encode(broken));
    }

    @Test
    void tokensHaveTheirTexts() {
        assertEquals(30522, BERT.vocabularySize());
        assertEquals("[CLS]", BERT.token(CLS));
        assertEquals("##s", BERT.token(2015));
        assertEquals(0, BERT.padId());
        assertEquals(512, BERT.maxLength());
        assertThrows(IllegalArgumentException.class, () -> BERT.token(30522));
        assertThrows(IllegalArgumentException.class, () -> BERT.token(-1));
    }

    @Test
    void manyThreadsMayUseOneTokenizer() throws Exception {
        var texts = GOLDENS.get("cases").valueStream().map(golden -> golden.get("text").textValue()).toList();
        var alone = texts.stream().map(BERT::encode).toList();
        try (var threads = Executors.newFixedThreadPool(8)) {
            Callable<List<int[]>> all = () -> texts.stream().map(BERT::encode).toList();
            for (var result : threads.invokeAll(Collections.nCopies(8, all))) {
                for (int i = 0; i < texts.size(); i++) {
                    assertArrayEquals(alone.get(i), result.get().get(i), texts.get(i));
                }
            }
        }
    }
}
