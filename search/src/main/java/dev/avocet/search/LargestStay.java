// SPDX-License-Identifier: Apache-2.0
package dev.avocet.search;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.lucene.index.FilterMergePolicy;
import org.apache.lucene.index.SegmentCommitInfo;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.TieredMergePolicy;

/**
 * Which segments are merged: while pictures are added only small ones, of which no graph is built; at the end all those
 * that are smaller than all the still smaller ones together. So a graph is built once for what a long run has added, and few
 * pictures more don't cost a new graph for all.
 */
final class LargestStay extends FilterMergePolicy {
    private static final double SMALL_MB = 64;

    LargestStay() {
        super(small());
    }

    private static TieredMergePolicy small() {
        var policy = new TieredMergePolicy();
        policy.setMaxMergedSegmentMB(SMALL_MB);
        return policy;
    }

    @Override
    public MergeSpecification findForcedMerges(SegmentInfos infos, int most,
            Map<SegmentCommitInfo, Boolean> candidates, MergeContext context) throws IOException {
        var segments = new ArrayList<SegmentCommitInfo>();
        for (var segment : infos) {
            if (candidates.containsKey(segment) && !context.getMergingSegments().contains(segment)) {
                segments.add(segment);
            }
        }
        segments.sort(Comparator.comparingInt(LargestStay::living));
        int merged = smaller(segments);
        if (merged < 2) {
            return null;
        }
        var specification = new MergeSpecification();
        specification.add(new OneMerge(segments.subList(0, merged)));
        return specification;
    }

    /** How many of the segments, smallest first, are to become one. */
    private static int smaller(List<SegmentCommitInfo> segments) {
        int merged = 0;
        long sum = 0;
        for (int i = 0; i < segments.size(); i++) {
            int living = living(segments.get(i));
            if (living <= sum) {
                merged = i + 1;
            }
            sum += living;
        }
        return merged;
    }

    private static int living(SegmentCommitInfo segment) {
        return segment.info.maxDoc() - segment.getDelCount();
    }
}
