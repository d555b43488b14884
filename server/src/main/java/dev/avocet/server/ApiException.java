// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import dev.avocet.core.DeadlineExceededException;
import dev.avocet.core.OverloadedException;
import dev.avocet.core.backend.DeviceOutOfMemory;
import dev.avocet.loader.image.ImageException;

/** A request that gets no result, with its status; the message is for the client and names nothing of the server. */
final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Status status;

    /** Why, as a status, a code that programs read, and OpenAI's and text-embeddings-inference's words for it. */
    enum Status {
        BAD_REQUEST(400, "bad_request", "invalid_request_error", "validation"),
        BAD_IMAGE(400, "bad_image", "invalid_request_error", "validation"),
        UNAUTHORIZED(401, "unauthorized", "authentication_error", "unauthorized"),
        NOT_FOUND(404, "not_found", "invalid_request_error", "not_found"),
        METHOD_NOT_ALLOWED(405, "method_not_allowed", "invalid_request_error", "validation"),
        SLOW_REQUEST(408, "request_too_slow", "invalid_request_error", "validation"),
        TOO_LARGE(413, "too_large", "invalid_request_error", "validation"),
        UNSUPPORTED_TYPE(415, "unsupported_type", "invalid_request_error", "validation"),
        WRONG_HOST(421, "wrong_host", "invalid_request_error", "validation"),
        INVALID(422, "invalid", "invalid_request_error", "validation"),
        OVERLOADED(429, "overloaded", "rate_limit_error", "overloaded"),
        INTERNAL(500, "internal", "server_error", "backend"),
        UNAVAILABLE(503, "unavailable", "server_error", "unhealthy"),
        TIMED_OUT(504, "timed_out", "server_error", "timeout"),
        OUT_OF_MEMORY(507, "out_of_memory", "server_error", "backend");

        private final int http;
        private final String code;
        private final String openAiType;
        private final String teiType;

        Status(int http, String code, String openAiType, String teiType) {
            this.http = http;
            this.code = code;
            this.openAiType = openAiType;
            this.teiType = teiType;
        }

        int http() {
            return http;
        }

        String code() {
            return code;
        }

        String openAiType() {
            return openAiType;
        }

        String teiType() {
            return teiType;
        }
    }

    ApiException(Status status, String message) {
        this(status, message, null);
    }

    /** Without a stack trace: under load most requests are refused, and that must cost next to nothing. */
    private ApiException(Status status, String message, Throwable cause) {
        super(message, cause, false, false);
        this.status = status;
    }

    Status status() {
        return status;
    }

    /** What a client is told of a failure inside; what it had better not know stays in the cause, for the log. */
    static ApiException of(Throwable failure) {
        return switch (failure) {
            case ApiException known -> known;
            case ImageException image -> of(image);
            case OverloadedException e ->
                new ApiException(Status.OVERLOADED, "too many requests at once; try again", e);
            case DeadlineExceededException e -> new ApiException(Status.TIMED_OUT, "the time was over", e);
            case DeviceOutOfMemory e -> new ApiException(Status.OUT_OF_MEMORY, "not enough memory for this request", e);
            case OutOfMemoryError e -> new ApiException(Status.OUT_OF_MEMORY, "not enough memory for this request", e);
            default ->
                new ApiException(Status.INTERNAL, "an unexpected failure, which the server's log explains", failure);
        };
    }

    private static ApiException of(ImageException e) {
        var why = e.getCause() == null ? "" : ": " + e.getCause().getMessage();
        return switch (e.reason()) {
            case NOT_A_PICTURE -> new ApiException(Status.UNSUPPORTED_TYPE, e.getMessage(), e);
            case UNSUPPORTED -> new ApiException(Status.UNSUPPORTED_TYPE,
                    "the picture is of a kind that is not decoded" + why + ". Save it as a usual JPEG or PNG", e);
            case TOO_LARGE -> new ApiException(Status.TOO_LARGE, "the picture is too large" + why + ". Shrink it", e);
            case INCOMPLETE -> new ApiException(Status.BAD_IMAGE, "the picture is incomplete" + why, e);
            case DAMAGED -> new ApiException(Status.BAD_IMAGE, "the picture is damaged" + why, e);
            case UNREADABLE -> new ApiException(Status.BAD_IMAGE, "the picture cannot be read", e);
        };
    }
}
