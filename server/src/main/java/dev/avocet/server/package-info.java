// SPDX-License-Identifier: Apache-2.0
/** The models over HTTP: a JSON API, the endpoints that clients of other servers expect, and a page. */
package dev.avocet.server;
