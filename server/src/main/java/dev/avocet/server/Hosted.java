// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

/**
 * A model that the server answers with.
 *
 * @param name as clients see it
 * @param description in a sentence, for people
 * @param demonstration whether it is one of the bundled ones, which only show how it works
 */
public record Hosted<M>(M model, String name, String description, boolean demonstration) {}
