// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

/** Finds the restart markers of a scan, and back into step when they are not where they belong, as libjpeg does. */
final class JpegRestarts {
    private static final int SOF0 = 0xc0;
    private static final int RST0 = 0xd0;
    private static final int RST7 = 0xd7;

    private final byte[] data;
    private final JpegBits bits;
    private int expected;

    JpegRestarts(JpegBits bits) {
        this.data = bits.data();
        this.bits = bits;
    }

    /** Goes behind the next restart marker; false when another marker comes first, which is then where the bits end. */
    boolean next() throws CodecException {
        int at = find(bits.position());
        int one = RST0 + (expected + 1 & 7);
        int two = RST0 + (expected + 2 & 7);
        int minusOne = RST0 + (expected - 1 & 7);
        int minusTwo = RST0 + (expected - 2 & 7);
        expected = expected + 1 & 7;
        while (true) {
            int marker = data[at] & 0xff;
            if (marker < SOF0 || marker == minusOne || marker == minusTwo) {
                // No marker at all, or one that was due before: what is due now is still to come.
                at = find(at + 1);
            } else if (marker < RST0 || marker > RST7 || marker == one || marker == two) {
                // The scan has ended, or this restart has been lost: the blocks until the next have no data.
                bits.restart(at - 1);
                return false;
            } else {
                // The one that is due, or one so far off that it may as well be.
                bits.restart(at + 1);
                return true;
            }
        }
    }

    /** The index of the next marker's code, behind its 0xff. */
    private int find(int from) throws CodecException {
        for (int at = from; at + 1 < data.length; at++) {
            if (data[at] == (byte) 0xff && data[at + 1] != 0 && data[at + 1] != (byte) 0xff) {
                return at + 1;
            }
        }
        throw CodecException.truncated("its pixel data end too early");
    }
}
