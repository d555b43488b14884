// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.coyo.eval.Confidence;
import dev.avocet.coyo.eval.Evaluation;
import dev.avocet.coyo.eval.Metric;
import dev.avocet.coyo.eval.PublishedResults;
import dev.avocet.coyo.eval.RealLabels;
import dev.avocet.pipelines.ImageClassifier;
import dev.avocet.pipelines.Prediction;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/** How often a classifier is right, by ImageNet's labels and by ReaL's. */
final class Classification {
    private static final int TOP = 5;

    private final Terminal terminal;
    private final CommonOptions common;
    private long cases;
    private long first;
    private long amongTop;
    private long realCases;
    private long realFirst;

    Classification(Terminal terminal, CommonOptions common) {
        this.terminal = terminal;
        this.common = common;
    }

    /** Classifies all pictures and shows the result; returns the exit code. */
    int run(EvalPictures data, Optional<Path> real, String model, EvalOptions options, boolean isRealAlone) {
        options.check();
        var pictures = isRealAlone ? null : data.read();
        var paths = isRealAlone ? AllPictures.below(data.folder()) : pictures.pictures();
        var realLabels = real.map(RealLabels::read);
        realLabels.ifPresent(labels -> paths.forEach(labels::of));
        var chosen = ModelReference.of(model, Demo.TINY_VIT, terminal, common);
        try (var device = common.open(terminal, () -> Work.of(chosen));
                var classifier = ImageClassifier.load(chosen.folder(), device, common.loadOptions())) {
            var places = isRealAlone ? new int[0] : pictures.amongLabels(classifier.labels());
            int code = new PictureBatches(terminal, paths).forEach((numbers, images) -> {
                var answers = classifier.classify(images, TOP);
                for (int i = 0; i < answers.size(); i++) {
                    var answer = answers.get(i);
                    var path = paths.get(numbers.get(i));
                    if (!isRealAlone) {
                        count(answer, places[pictures.labels()[numbers.get(i)]]);
                    }
                    realLabels.flatMap(labels -> labels.of(path)).ifPresent(some -> {
                        realCases++;
                        realFirst += some.contains(answer.getFirst().index()) ? 1 : 0;
                    });
                }
            });
            int labels = classifier.labels().size();
            options.show(result(chosen.name(), labels, real.isPresent(), isRealAlone), terminal);
            return code;
        }
    }

    private void count(List<Prediction> answer, int right) {
        cases++;
        first += answer.getFirst().index() == right ? 1 : 0;
        amongTop += IntStream.range(0, answer.size()).anyMatch(i -> answer.get(i).index() == right) ? 1 : 0;
    }

    private Evaluation result(String model, int labels, boolean hasReal, boolean isRealAlone) {
        var metrics = new ArrayList<Metric>();
        if (!isRealAlone) {
            metrics.add(Confidence.share("top-1", first, cases));
            metrics.add(Confidence.share("top-5", amongTop, cases));
        }
        if (hasReal) {
            metrics.add(Confidence.share("ReaL top-1", realFirst, realCases));
        }
        var data = labels == 1000 ? "imagenet" : "classes";
        var protocol = String.format(Locale.ROOT,
                "%,d classes, one view of each picture by the checkpoint's own preprocessing, F32%s",
                labels, hasReal ? "; ReaL without the pictures for which it has no label" : "");
        return new Evaluation(data, model, protocol, metrics.stream()
                .map(each -> each.beside(PublishedResults.of(model, data, each.name()))).toList());
    }
}
