/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.report;

/**
 * The words above a figure.
 *
 * @param finding what it shows, as a sentence without full stop
 * @param about how to read it, and what it was made from
 * @param axis what the values are
 */
public record Caption(String finding, String about, String axis) {}
