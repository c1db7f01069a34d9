/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.history;

/**
 * The last record of a history at some time. Stored elsewhere, such as in a signed log, it later
 * proves that no record up to it was changed or cut off.
 *
 * @param seq its number, 0 for a history without records
 * @param hash its SHA-256, 64 hexadecimal digits
 */
public record ChainHead(long seq, String hash) {}
