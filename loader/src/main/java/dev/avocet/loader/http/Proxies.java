// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.http;

import dev.avocet.core.AvocetException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which proxy to use: the JVM's, or where its properties name none, the environment's, as curl and Python have it:
 * HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, also in small letters. This machine itself is never asked through
 * the environment's.
 */
final class Proxies extends ProxySelector {
    private static final List<String> PROPERTIES = List.of("http.proxyHost", "https.proxyHost", "socksProxyHost",
            "java.net.useSystemProxies");
    private static final List<Proxy> DIRECT = List.of(Proxy.NO_PROXY);
    private static final Pattern HERE = Pattern.compile("localhost|127\\.[0-9.]+|\\[::1]");

    private final Map<String, String> variables;

    Proxies(Map<String, String> variables) {
        this.variables = variables;
    }

    @Override
    public List<Proxy> select(URI uri) {
        var jvm = Optional.ofNullable(getDefault()).map(selector -> selector.select(uri)).orElse(DIRECT);
        boolean isJvms = isProxied(jvm) || PROPERTIES.stream().anyMatch(name -> System.getProperty(name) != null);
        return isJvms ? jvm : ofEnvironment(uri);
    }

    /** The proxy's address, where there is one. */
    Optional<String> of(URI uri) {
        return select(uri).stream().filter(proxy -> proxy.address() != null).findFirst()
                .map(proxy -> proxy.address() instanceof InetSocketAddress address
                        ? address.getHostString() + ":" + address.getPort()
                        : proxy.address().toString());
    }

    private static boolean isProxied(List<Proxy> proxies) {
        return proxies.stream().anyMatch(proxy -> proxy.type() != Proxy.Type.DIRECT);
    }

    private List<Proxy> ofEnvironment(URI uri) {
        var host = uri.getHost().toLowerCase(Locale.ROOT);
        if (HERE.matcher(host).matches() || isExcepted(host, uri.getPort())) {
            return DIRECT;
        }
        return Stream.of(uri.getScheme().toLowerCase(Locale.ROOT) + "_proxy", "all_proxy")
                .filter(name -> !value(name).isEmpty())
                .findFirst()
                .map(name -> List.of(proxy(name, value(name))))
                .orElse(DIRECT);
    }

    /** NO_PROXY names hosts, each with all below it, or * for every host. */
    private boolean isExcepted(String host, int port) {
        return Arrays.stream(value("no_proxy").toLowerCase(Locale.ROOT).split("[, ]+"))
                .map(each -> each.startsWith(".") ? each.substring(1) : each)
                .filter(each -> !each.isEmpty())
                .anyMatch(each -> each.equals("*") || Stream.of(host, host + ":" + port)
                        .anyMatch(name -> name.equals(each) || name.endsWith("." + each)));
    }

    private String value(String name) {
        var small = variables.getOrDefault(name, "").strip();
        return small.isEmpty() ? variables.getOrDefault(name.toUpperCase(Locale.ROOT), "").strip() : small;
    }

    private static Proxy proxy(String name, String value) {
        try {
            var uri = URI.create(value.contains("://") ? value : "http://" + value);
            if ("http".equalsIgnoreCase(uri.getScheme()) && uri.getHost() != null && uri.getUserInfo() == null) {
                int port = uri.getPort() < 0 ? 80 : uri.getPort();
                return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(uri.getHost(), port));
            }
        } catch (IllegalArgumentException e) {
            // Said below, without the value, which may have a password in it.
        }
        throw new AvocetException("the variable " + name.toUpperCase(Locale.ROOT) + " (or " + name + ") names no proxy "
                + "that can be used; write http://HOST:PORT, without a user's name, or unset it");
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        // There is no second one to try.
    }
}
