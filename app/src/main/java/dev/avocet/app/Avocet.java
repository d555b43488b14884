// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The program itself, with no command named. */
@Command(
        name = "avocet",
        header = "ViT and ALIGN on this machine, straight from Hugging Face checkpoints.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Avocet.Version.class,
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {Avocet.CLASSIFY, Avocet.ZERO_SHOT, Avocet.EMBED, "",
            "\"avocet COMMAND --help\" tells more of a command."},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:all went well", "1:something failed; one line on stderr says what",
            "2:the command line is wrong"})
final class Avocet implements Executable {
    static final String CLASSIFY = "  avocet classify models/samples/cat.jpg";
    static final String ZERO_SHOT = "  avocet zero-shot models/samples/cat.jpg --labels \"cat,dog,airplane\"";
    static final String EMBED = "  avocet embed --text \"a photo of a cat\" --image models/samples/cat.jpg";

    private final Terminal terminal;

    Avocet(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public int run() {
        var out = terminal.out();
        out.println("Avocet says what pictures show, with ViT and ALIGN. Three things to try:");
        out.println();
        out.println(CLASSIFY);
        out.println(ZERO_SHOT);
        out.println(EMBED);
        out.println();
        out.println("\"avocet --help\" lists all commands.");
        return OK;
    }

    /** The version that the build wrote down. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"avocet " + number()};
        }

        static String number() {
            var properties = new Properties();
            try (var file = Avocet.class.getResourceAsStream("version.properties")) {
                properties.load(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return properties.getProperty("version");
        }
    }
}
