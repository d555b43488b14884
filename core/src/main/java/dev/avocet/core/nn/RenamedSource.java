// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.nn;

import dev.avocet.core.tensor.HostTensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Tensors under other names than their source has for them. */
record RenamedSource(TensorSource source, Map<String, String> stored) implements TensorSource {
    /** A tensor whose new name another one has already keeps its own, so that none is lost. */
    static TensorSource of(TensorSource source, UnaryOperator<String> rename) {
        var stored = new LinkedHashMap<String, String>();
        for (var name : source.names()) {
            var renamed = rename.apply(name);
            boolean isTaken = !renamed.equals(name) && source.names().contains(renamed) || stored.containsKey(renamed);
            stored.put(isTaken ? name : renamed, name);
        }
        return new RenamedSource(source, Collections.unmodifiableMap(stored));
    }

    @Override
    public Set<String> names() {
        return stored.keySet();
    }

    @Override
    public HostTensor tensor(String name) {
        return source.tensor(storedName(name));
    }

    @Override
    public String origin(String name) {
        return source.origin(storedName(name));
    }

    @Override
    public void release(String name) {
        source.release(storedName(name));
    }

    private String storedName(String name) {
        return stored.getOrDefault(name, name);
    }
}
