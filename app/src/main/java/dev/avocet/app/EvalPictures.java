// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.coyo.eval.LabelledPictures;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Labelled pictures, in either of the two layouts. */
final class EvalPictures {
    @Parameters(paramLabel = "FOLDER",
            description = "Pictures: a folder for each class, or one folder of all and --annotations.")
    private Path folder;

    @Option(names = "--annotations", paramLabel = "FILE",
            description = "Who is what: lines of NAME,LABEL or NAME NUMBER (Caffe's val.txt), or ILSVRC's "
                    + "LOC_val_solution.csv.")
    private Path annotations;

    Path folder() {
        return folder;
    }

    boolean hasAnnotations() {
        return annotations != null;
    }

    LabelledPictures read() {
        return annotations == null ? LabelledPictures.ofFolders(folder) : LabelledPictures.ofFile(folder, annotations);
    }
}
