// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code avocet download}. */
@Command(
        name = "download",
        header = "Bring a model from the Hugging Face hub into the cache.",
        description = {
            "",
            "Downloads what Avocet reads of a model: configuration, weights, preprocessor and tokenizer, checks",
            "every file's hash, and prints the folder. The cache is the one that Python's huggingface_hub uses.",
            ""},
        footer = {"", "Example: avocet download kakaobrain/align-base"})
final class Download implements Executable {
    @Parameters(paramLabel = "MODEL", description = "A name on the hub: owner/name or owner/name@revision.")
    private String model;

    @Option(names = "--revision", paramLabel = "REVISION",
            description = "A branch, a tag, a pull request such as refs/pr/2, or a commit. Default: main.")
    private String revision;

    private final Terminal terminal;
    private final CommonOptions common;

    Download(Terminal terminal, CommonOptions common) {
        this.terminal = terminal;
        this.common = common;
    }

    @Override
    public int run() {
        if (revision != null && model.contains("@")) {
            throw new UsageException("the revision is given twice: behind the @ and as --revision");
        }
        if (Demo.named(model).isPresent()) {
            throw new UsageException(model + " comes with Avocet and needs no download");
        }
        var folder = ModelReference.download(revision == null ? model : model + "@" + revision, terminal, common);
        terminal.out().println(folder);
        return OK;
    }
}
