// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The web page and its parts: an exact list of names, read once. */
final class Page {
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml",
            "json", "application/json",
            "jpg", "image/jpeg");
    static final List<String> SAMPLES =
            List.of("cat", "airplane", "boats", "flower", "astronaut", "coffee", "mountains", "rocket");
    private static final List<String> FILES =
            List.of("style.css", "app.js", "api.js", "scores.js", "view.js", "search.js", "camera.js", "icon.svg");

    private Page() {}

    static List<Route> routes() {
        var routes = new ArrayList<Route>();
        routes.add(route("/", "index.html"));
        routes.add(route("/openapi.json", "openapi.json"));
        FILES.forEach(file -> routes.add(route("/" + file, file)));
        SAMPLES.forEach(sample -> routes.add(route("/samples/" + sample + ".jpg", "samples/" + sample + ".jpg")));
        return routes;
    }

    private static Route route(String path, String file) {
        var type = TYPES.get(file.substring(file.lastIndexOf('.') + 1));
        var answer = new Answer(200, type, read(file), "no-cache");
        return Gate.open(path, () -> answer);
    }

    private static byte[] read(String file) {
        try (var in = Page.class.getResourceAsStream("page/" + file)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks " + file);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
