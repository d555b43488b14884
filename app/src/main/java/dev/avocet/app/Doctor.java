// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.avocet.core.AvocetException;
import dev.avocet.core.backend.BackendUnavailable;
import dev.avocet.core.backend.Device;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code avocet doctor}. */
@Command(
        name = "doctor",
        header = "Show what Avocet finds on this machine, and what it can't use and why.",
        description = "")
final class Doctor implements Executable {
    private static final List<String> DEVICES = List.of("cpu", "cpu:baseline", "cpu:v3", "cpu:v4", "reference", "cuda");

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    private final Terminal terminal;
    private final CommonOptions common;

    Doctor(Terminal terminal, CommonOptions common) {
        this.terminal = terminal;
        this.common = common;
    }

    @Override
    public int run() {
        var report = report();
        if (json) {
            new JsonLines(terminal.out()).line(each -> write(each, report));
        } else {
            report.forEach((topic, facts) -> show(topic, facts, ""));
        }
        return OK;
    }

    /** Facts by topic: text, numbers, true or false, or facts again. */
    private SequencedMap<String, Object> report() {
        var report = new LinkedHashMap<String, Object>();
        report.put("avocet", Avocet.Version.number());
        var java = Machine.java();
        var kernels = ModuleLayer.boot().findModule("dev.avocet.kernels.cpu").orElse(Doctor.class.getModule());
        java.put("native_access", kernels.isNativeAccessEnabled());
        report.put("java", java);
        report.put("platform", Machine.platform());
        report.put("memory", Machine.memory());
        report.put("compiler", Machine.compiler());
        report.put("threads", common.deviceOptions().threads());
        report.put("devices", devices());
        report.put("models", models());
        report.put("hub", hub());
        report.put("packed_cache", packedCache());
        return report;
    }

    private SequencedMap<String, Object> devices() {
        var devices = new LinkedHashMap<String, Object>();
        for (var name : DEVICES) {
            try (var device = Device.firstOf(common.deviceOptions(), name)) {
                devices.put(name, facts("usable", true, "description", device.description()));
            } catch (BackendUnavailable refusal) {
                devices.put(name, facts("usable", false, "reason", refusal.getMessage()));
            }
        }
        return devices;
    }

    private static SequencedMap<String, Object> facts(String first, Object value, String second, Object other) {
        var facts = new LinkedHashMap<String, Object>();
        facts.put(first, value);
        facts.put(second, other);
        return facts;
    }

    private static SequencedMap<String, Object> models() {
        var models = new LinkedHashMap<String, Object>();
        for (var demo : Demo.values()) {
            try {
                models.put(demo.id(), demo.folder().toString());
            } catch (AvocetException e) {
                models.put(demo.id(), "unusable: " + e.getMessage());
            }
        }
        return models;
    }

    private Object hub() {
        try {
            var settings = common.hub().settings();
            var facts = facts("endpoint", settings.endpoint(), "cache", settings.cache());
            facts.put("token", !settings.token().isEmpty());
            facts.put("offline", settings.offline());
            return facts;
        } catch (AvocetException e) {
            return "unusable: " + e.getMessage();
        }
    }

    private Object packedCache() {
        var cache = common.loadOptions().packedCache();
        if (cache.isEmpty()) {
            return "none; --packed-cache or AVOCET_PACKED_CACHE names a folder for one";
        }
        var usage = cache.get().usage();
        var facts = facts("folder", cache.get().folder().toString(), "files", usage.files());
        facts.put("used_bytes", usage.bytes());
        facts.put("most_bytes", cache.get().maxBytes());
        return facts;
    }

    private void show(String name, Object value, String indent) {
        if (value instanceof Map<?, ?> facts) {
            terminal.out().println(indent + name);
            facts.forEach((key, each) -> show(key.toString(), each, indent + "  "));
        } else {
            var text = name.endsWith("_bytes") ? Sizes.bytes((Long) value) : value.toString();
            terminal.out().printf("%-18s %s%n", indent + name, DisplayText.clean(text));
        }
    }

    private static void write(JsonGenerator json, Map<?, ?> facts) throws IOException {
        for (var fact : facts.entrySet()) {
            json.writeFieldName(fact.getKey().toString());
            switch (fact.getValue()) {
                case Map<?, ?> inner -> {
                    json.writeStartObject();
                    write(json, inner);
                    json.writeEndObject();
                }
                case Boolean flag -> json.writeBoolean(flag);
                case Integer number -> json.writeNumber(number);
                case Long number -> json.writeNumber(number);
                case Object text -> json.writeString(text.toString());
            }
        }
    }
}
