// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.search.Hit;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** A contact sheet as a page that loads nothing from elsewhere and runs nothing. */
final class SheetPage implements ContactSheet.Format {
    private static final String HEAD =
            """
                    <!DOCTYPE html>
                    <html lang="en">
                    <head>
                    <meta charset="utf-8">
                    <meta name="viewport" content="width=device-width, initial-scale=1">
                    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
                    <title>%s</title>
                    <style>
                    :root { color-scheme: light dark; }
                    body { font: 15px/1.4 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem; }
                    h1 { font-size: 1.4rem; margin: 0 0 1.2rem; overflow-wrap: anywhere; }
                    ol { display: grid; gap: 1.2rem; grid-template-columns: repeat(auto-fill, minmax(12rem, 1fr)); list-style: none;
                         margin: 0; padding: 0; }
                    li { min-width: 0; }
                    .frame { align-items: center; aspect-ratio: 1; background: color-mix(in srgb, currentColor 7%%, transparent);
                             border-radius: .5rem; display: flex; justify-content: center; overflow: hidden; }
                    img { max-height: 100%%; max-width: 100%%; object-fit: contain; }
                    p { margin: .3rem 0 0; overflow-wrap: anywhere; }
                    .rank { display: flex; font-variant-numeric: tabular-nums; justify-content: space-between; }
                    .rank b { font-weight: 600; }
                    .name { font-size: .85rem; opacity: .75; }
                    .text { display: -webkit-box; font-size: .85rem; overflow: hidden; -webkit-box-orient: vertical;
                            -webkit-line-clamp: 3; }
                    </style>
                    </head>
                    <body>
                    <h1>%s</h1>
                    <ol>
                    """;

    @Override
    public byte[] sheet(String title, List<Hit> hits, Terminal terminal) {
        var page = new StringBuilder(HEAD.formatted(escape(title), escape(title)));
        for (int i = 0; i < hits.size(); i++) {
            add(page, i + 1, hits.get(i));
        }
        page.append("</ol>\n</body>\n</html>\n");
        return page.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void add(StringBuilder page, int rank, Hit hit) {
        var entry = hit.entry();
        var name = escape(ContactSheet.name(entry));
        page.append("<li title=\"").append(escape(entry.place())).append("\"><div class=\"frame\">");
        if (entry.thumbnail().length > 0) {
            page.append("<img alt=\"").append(name).append("\" src=\"data:image/jpeg;base64,")
                    .append(Base64.getEncoder().encodeToString(entry.thumbnail())).append("\">");
        }
        page.append("</div><p class=\"rank\"><b>").append(rank).append("</b><span>").append(ContactSheet.score(hit))
                .append("</span></p><p class=\"name\">").append(name).append("</p>");
        ContactSheet.caption(entry)
                .ifPresent(text -> page.append("<p class=\"text\">").append(escape(text)).append("</p>"));
        page.append("</li>\n");
    }

    /** Names and captions come from strangers. */
    static String escape(String text) {
        return DisplayText.clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
                .replace("\"", "&quot;").replace("'", "&#39;");
    }
}
