// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.fetch;

/**
 * What became of an address. img2dataset's words stand for the status.
 *
 * @param status {@code success}, {@code failed_to_download}, or {@code failed_to_resize} for what came and is no picture
 * @param error what went wrong; null where nothing did
 * @param bytes the file as it came, and null where it is not kept
 * @param ending of the file's name, by its content
 * @param phash as {@link PerceptualHash} has it
 * @param sha256 of the bytes
 */
record Outcome(String status, String error, byte[] bytes, String ending, Integer width, Integer height, String phash,
        String sha256) {
    static final String SUCCESS = "success";
    static final String NO_DOWNLOAD = "failed_to_download";
    static final String NO_PICTURE = "failed_to_resize";

    static Outcome failed(String status, String error) {
        return new Outcome(status, error, null, null, null, null, null, null);
    }

    boolean isSuccess() {
        return status.equals(SUCCESS);
    }
}
