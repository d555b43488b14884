// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import java.util.Map;

/** What a path and a method lead to. */
sealed interface Route {
    String method();

    String path();

    Dialect dialect();

    /** In whose words an error is told. */
    enum Dialect {
        AVOCET,
        OPEN_AI,
        TEXT_EMBEDDINGS_INFERENCE
    }

    /** Answered at once on the thread that read the request's head. */
    record Direct(String path, Dialect dialect, boolean open, Source source) implements Route {
        @Override
        public String method() {
            return "GET";
        }
    }

    /** What is there without computing. */
    interface Source {
        Answer get();
    }

    /**
     * Read whole, queued and computed.
     *
     * @param bodies what a body may be, and who computes it then
     */
    record Computed(String path, Dialect dialect, Map<Body, Lane> bodies, Handler handler) implements Route {
        @Override
        public String method() {
            return "POST";
        }
    }

    /** Who computes: pictures take long alone, texts are computed together. */
    enum Lane {
        PICTURES,
        TEXTS
    }

    /** What a body may be. */
    enum Body {
        IMAGE("a picture (Content-Type: image/jpeg, image/png ...)"),
        JSON("JSON (Content-Type: application/json)");

        private final String words;

        Body(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    /** Computes the answer to a request, on a thread of its own. */
    interface Handler {
        Object answer(Call call) throws InterruptedException;
    }
}
