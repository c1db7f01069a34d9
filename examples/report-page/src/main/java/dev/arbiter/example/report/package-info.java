/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The shared parts of the two larger examples: a page of findings in one file, and common options.
 *
 * <p>Start at {@link dev.arbiter.example.report.ReportPage}. A {@link
 * dev.arbiter.example.report.Figure} is one chart with the finding it shows.
 */
@NullMarked
package dev.arbiter.example.report;

import org.jspecify.annotations.NullMarked;
