// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.net.Socket;
import java.net.URLConnection;
import org.junit.jupiter.api.Test;

/** The arrows between modules, and between the packages of core; this module sees all of them. */
class ArchitectureTest {
    private static final JavaClasses AVOCET = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.avocet");

    @Test
    void allModulesAreSeen() {
        for (var module : new String[] {"core", "kernels.cpu", "loader", "models", "pipelines", "coyo", "search",
            "server", "app"}) {
            var root = "dev.avocet." + module + "..";
            assertTrue(AVOCET.stream().anyMatch(resideInAPackage(root)), "no class in " + root);
        }
    }

    @Test
    void modulesDependOnlyOnTheOnesBelow() {
        holds(layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("dev.avocet..")
                .layer("core").definedBy("dev.avocet.core..")
                .layer("kernels").definedBy("dev.avocet.kernels..")
                .layer("loader").definedBy("dev.avocet.loader..")
                .layer("models").definedBy("dev.avocet.models..")
                .layer("pipelines").definedBy("dev.avocet.pipelines..")
                .layer("server").definedBy("dev.avocet.server..")
                .optionalLayer("integrations").definedBy("dev.avocet.integrations..")
                .layer("coyo").definedBy("dev.avocet.coyo..")
                .layer("search").definedBy("dev.avocet.search..")
                .layer("app").definedBy("dev.avocet.app..")
                .whereLayer("core").mayNotAccessAnyLayer()
                .whereLayer("kernels").mayOnlyAccessLayers("core")
                .whereLayer("loader").mayOnlyAccessLayers("core")
                .whereLayer("models").mayOnlyAccessLayers("core")
                .whereLayer("pipelines").mayOnlyAccessLayers("loader", "core")
                .whereLayer("server").mayOnlyAccessLayers("integrations", "pipelines", "loader", "core")
                .whereLayer("integrations").mayOnlyAccessLayers("pipelines", "loader", "core")
                .whereLayer("coyo").mayOnlyAccessLayers("pipelines", "loader", "core")
                .whereLayer("search").mayOnlyAccessLayers("coyo", "pipelines", "loader", "core")
                .whereLayer("app")
                .mayOnlyAccessLayers("server", "search", "coyo", "integrations", "pipelines", "loader", "models",
                        "core"));
    }

    @Test
    void packagesOfCoreDependOnlyOnTheOnesBelow() {
        holds(layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("dev.avocet.core..")
                .layer("errors").definedBy("dev.avocet.core")
                .layer("tensor").definedBy("dev.avocet.core.tensor..")
                .layer("graph").definedBy("dev.avocet.core.graph..")
                .layer("backend").definedBy("dev.avocet.core.backend..")
                .layer("nn").definedBy("dev.avocet.core.nn..")
                .layer("model").definedBy("dev.avocet.core.model..")
                .whereLayer("errors").mayNotAccessAnyLayer()
                .whereLayer("tensor").mayOnlyAccessLayers("errors")
                .whereLayer("graph").mayOnlyAccessLayers("tensor", "errors")
                .whereLayer("backend").mayOnlyAccessLayers("graph", "tensor", "errors")
                .whereLayer("nn").mayOnlyAccessLayers("graph", "tensor", "errors")
                .whereLayer("model").mayOnlyAccessLayers("nn", "graph", "tensor", "errors"));
    }

    @Test
    void theReferenceBackendIsReachedOnlyThroughItsProvider() {
        holds(noClasses()
                .that(resideOutsideOfPackage("dev.avocet.core.backend.reference.."))
                .should()
                .dependOnClassesThat(resideInAPackage("dev.avocet.core.backend.reference..")));
    }

    @Test
    void coreUsesNothingButTheJdk() {
        holds(classes()
                .that(resideInAPackage("dev.avocet.core.."))
                .should()
                .onlyDependOnClassesThat(resideInAPackage("dev.avocet.core..").or(resideInAPackage("java.."))));
    }

    @Test
    void layersAndModelsKnowNoFilesAndNoNativeCode() {
        holds(noClasses()
                .that(resideInAPackage("dev.avocet.core.graph..")
                        .or(resideInAPackage("dev.avocet.core.nn.."))
                        .or(resideInAPackage("dev.avocet.core.model..")))
                .should()
                .dependOnClassesThat(resideInAPackage("java.nio.file..").or(resideInAPackage("java.lang.foreign.."))));
    }

    @Test
    void onlyTheHubAndTheFetcherUseTheNetwork() {
        holds(noClasses()
                .that(resideOutsideOfPackage("dev.avocet.loader.http..")
                        .and(resideOutsideOfPackage("dev.avocet.loader.hub.."))
                        .and(resideOutsideOfPackage("dev.avocet.loader.fetch..")))
                .should()
                .dependOnClassesThat(
                        resideInAPackage("java.net.http..").or(belongToAnyOf(Socket.class, URLConnection.class))));
    }

    @Test
    void onlyTheCommandLineTalksToTheTerminal() {
        holds(noClasses().that(resideOutsideOfPackage("dev.avocet.app..")).should(ACCESS_STANDARD_STREAMS));
    }

    private static void holds(ArchRule rule) {
        rule.check(AVOCET);
    }
}
