/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.report;

/**
 * One number to remember.
 *
 * @param value the number
 * @param unit its unit
 * @param name what it is
 * @param note what else there is to say of it; may be empty
 */
public record Fact(double value, Unit unit, String name, String note) {}
