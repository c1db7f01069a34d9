/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

/**
 * Where in a text something sensitive stands; does not hold the thing.
 *
 * @param kind what it is taken for
 * @param start its first character
 * @param end the character after its last
 */
public record SensitiveSpan(SensitiveKind kind, int start, int end) {}
