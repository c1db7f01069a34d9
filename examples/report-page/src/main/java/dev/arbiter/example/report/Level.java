/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.report;

/**
 * A line at one height, to hold others against.
 *
 * @param name what it is called
 * @param role what it stands for
 * @param value its height
 */
public record Level(String name, Role role, double value) {}
