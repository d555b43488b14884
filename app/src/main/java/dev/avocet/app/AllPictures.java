// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.coyo.eval.LabelledPictures;
import java.nio.file.Path;
import java.util.List;

/** The pictures of a folder, or of the folders in it. */
final class AllPictures {
    private AllPictures() {}

    static List<Path> below(Path folder) {
        var all = LabelledPictures.pictures(folder);
        return all.isEmpty() ? LabelledPictures.ofFolders(folder).pictures() : all;
    }
}
