// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.fetch;

import java.net.Inet4Address;
import java.net.InetAddress;

/** Whether an address is one of the internet's, by IANA's registries of special-purpose addresses. */
final class PublicAddress {
    private PublicAddress() {}

    static boolean isPublic(InetAddress address) {
        if (address.isAnyLocalAddress() || address.isLoopbackAddress() || address.isLinkLocalAddress()
                || address.isSiteLocalAddress() || address.isMulticastAddress()) {
            return false;
        }
        var bytes = address.getAddress();
        int first = bytes[0] & 0xFF;
        int second = bytes[1] & 0xFF;
        if (address instanceof Inet4Address) {
            boolean isShared = first == 100 && second >= 64 && second < 128;
            boolean isProtocol = first == 192 && second == 0 && (bytes[2] == 0 || bytes[2] == 2);
            boolean isBenchmark = first == 198 && (second == 18 || second == 19);
            boolean isExample = first == 198 && second == 51 && bytes[2] == 100
                    || first == 203 && second == 0 && bytes[2] == 113;
            return first != 0 && first < 240 && !isShared && !isProtocol && !isBenchmark && !isExample;
        }
        // Global unicast is 2000::/3; of it 2001::/23 is for protocols, 2001:db8::/32 for examples, and 2002::/16 holds
        // any IPv4 address.
        boolean isGlobal = (first & 0xE0) == 0x20;
        boolean isProtocol = first == 0x20 && second == 0x01 && (bytes[2] & 0xFE) == 0;
        boolean isExample = first == 0x20 && second == 0x01 && bytes[2] == 0x0D && (bytes[3] & 0xFF) == 0xB8;
        boolean isSixToFour = first == 0x20 && second == 0x02;
        return isGlobal && !isProtocol && !isExample && !isSixToFour;
    }
}
