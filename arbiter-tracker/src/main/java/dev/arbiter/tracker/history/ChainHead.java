/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.history;

/**
 * The last record of a history at some time. Kept elsewhere, such as in a signed log, it shows
 * later that nothing up to there was changed and nothing was cut off.
 *
 * @param seq its place, 0 for a history without records
 * @param hash its SHA-256, 64 hexadecimal digits
 */
public record ChainHead(long seq, String hash) {}
