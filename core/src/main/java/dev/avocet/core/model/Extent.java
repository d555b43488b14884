// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.model;

/** The height and width of a picture or a patch, in pixels. */
public record Extent(int height, int width) {
    @Override
    public String toString() {
        return height + " x " + width;
    }
}
