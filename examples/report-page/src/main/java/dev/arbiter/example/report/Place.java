/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.report;

/**
 * Something that lies beside the page.
 *
 * @param path from the page's folder, with forward slashes
 * @param what is there
 */
public record Place(String path, String what) {}
