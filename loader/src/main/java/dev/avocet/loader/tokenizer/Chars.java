// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.tokenizer;

import java.util.Arrays;

/** UTF-16 units that grow at the end; plain fields, since the loops over them are what tokenizing costs. */
final class Chars {
    char[] units;
    int length;

    Chars(int capacity) {
        units = new char[capacity];
    }

    void add(char unit) {
        require(1);
        units[length++] = unit;
    }

    void addCodePoint(int codePoint) {
        require(2);
        length += Character.toChars(codePoint, units, length);
    }

    /** Puts a code point in front of the units from a position on. */
    void insertCodePoint(int position, int codePoint) {
        require(2);
        int size = Character.charCount(codePoint);
        System.arraycopy(units, position, units, position + size, length - position);
        Character.toChars(codePoint, units, position);
        length += size;
    }

    /** Makes room for so many more units. */
    void require(int more) {
        if (units.length - length < more) {
            units = Arrays.copyOf(units,
                    Math.max(Math.addExact(length, more), (int) Math.min(Ids.MOST, units.length * 2L)));
        }
    }

    @Override
    public String toString() {
        return new String(units, 0, length);
    }
}
