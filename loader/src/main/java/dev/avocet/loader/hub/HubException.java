// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import dev.avocet.core.AvocetException;

/** The hub or its cache can't give what was wanted; says what that was, why not, and what to do. */
public final class HubException extends AvocetException {
    private static final long serialVersionUID = 1;

    private static final String ACCESS = "ask for access on the model's page, then set HF_TOKEN to a token of that "
            + "account (from https://huggingface.co/settings/tokens)";

    /** Why not; each with what a user can do about it. */
    public enum Reason {
        /** A name that no repository can have. */
        BAD_NAME("write owner/name, or owner/name@revision"),
        /** No such repository, or a private one that is not told of to strangers. */
        NO_REPOSITORY("check the name; for a private one set HF_TOKEN to a token that may read it"),
        /** No such branch, tag, pull request or commit. */
        NO_REVISION("check the revision behind the @; without one it is main"),
        /** No such file in the repository. */
        NO_FILE("check the file's name"),
        /** A repository whose owner gives access only to those who ask. */
        GATED(ACCESS),
        /** A token that the hub does not know. */
        BAD_TOKEN("renew HF_TOKEN, or the file at HF_TOKEN_PATH, from https://huggingface.co/settings/tokens"),
        /** The hub refuses this user. */
        FORBIDDEN(ACCESS),
        /** No answer: no network, a wrong address, a proxy or a firewall in between. */
        UNREACHABLE("check the network, the proxy (HTTPS_PROXY or the JVM's) and HF_ENDPOINT"),
        /** The hub, or what is in front of it, is out of order or overloaded. */
        SERVER_FAILED("try again later"),
        /** An answer that a hub would not give. */
        BAD_ANSWER("check HF_ENDPOINT, and whether a proxy answers in the hub's place"),
        /** Not in the cache, and the network is not to be used. */
        OFFLINE("run once without --offline and HF_HUB_OFFLINE, or copy the cache from a machine that has it"),
        /** Bytes other than the hub promised; none of them were kept. */
        DAMAGED("try again; if it stays so, a proxy or mirror changes files"),
        /** No room on the disk. */
        NO_SPACE("free some space, or set HF_HUB_CACHE to a folder on a larger disk"),
        /** The cache can't be written. */
        NOT_WRITABLE("change its permissions, or set HF_HUB_CACHE to a folder of your own"),
        /** A repository without a model that Avocet can read. */
        NOT_A_MODEL("name a repository with config.json and model.safetensors or pytorch_model.bin"),
        /** An environment variable that makes no sense. */
        BAD_SETTING("correct or unset it"),
        /** The thread was interrupted. */
        INTERRUPTED("ask again: what was downloaded is kept");

        private final String remedy;

        Reason(String remedy) {
            this.remedy = remedy;
        }
    }

    private final Reason reason;
    private final String what;

    HubException(Reason reason, String what) {
        this(reason, what, null);
    }

    HubException(Reason reason, String what, Throwable cause) {
        super(what + "; " + reason.remedy, cause);
        this.reason = reason;
        this.what = what;
    }

    /** What happened, without what to do. */
    String what() {
        return what;
    }

    /** Why not. */
    public Reason reason() {
        return reason;
    }
}
